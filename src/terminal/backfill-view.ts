import type { BackfillDocument, SyncDocument } from '../documents/backfill.ts';
import { isNarrow, labelled, type Screen } from './narrow.ts';
import { fullHourText, pauseText } from './pause-view.ts';
import { cut } from './table.ts';
import { clean } from './text.ts';
import { localTime } from '../domain/values/local-time.ts';
import { readableTimes } from './readable-times.ts';

/** More failures than this are only counted; the ledger lists them. */
const shownFailures = 10;
const shownRows = 12;

/** The result of `backfill` and `sync`. */
export function backfillView(document: BackfillDocument, screen: Screen): string {
  const { outcomes, thisRun, reasons, requests, failures, plan, end, dryRun } = document;
  const { paint } = screen;
  const line = (label: string, value: string): string => labelled(label, value, screen);
  const lines = [
    line('Sources', document.sources.length === 0 ? '-' : document.sources.join(', ')),
    line('Closings', `${document.closings}${dryRun ? '; after the run' : ':'} ${countsOf(outcomes)}`),
    line(dryRun ? 'Would add' : 'This run', dryRun ? wouldText(thisRun) : countsOf(thisRun)),
    ...tableOf(dryRun ? 'Would skip' : 'Suppressed', reasons, screen),
  ];
  if (plan !== null) {
    lines.push(line('Would send', paint.bold(String(plan.wouldSend))));
    lines.push(...tableOf('By agent', plan.byAgent, screen));
    lines.push(...tableOf('By inbox', plan.byInbox, screen));
    lines.push(...tableOf('By day', plan.byDay, screen));
    lines.push(line('Would take', `about ${plan.estimatedSeconds} s`));
  }
  if (document.counted !== null && Object.values(document.counted).some((count) => count > 0))
    lines.push(line('Medallia', countedText(document.counted)));
  if (document.exports !== null) lines.push(...filesOf(document.exports, screen));
  const operations = Object.entries(requests.byOperation).map(
    ([operation, count]) => `${operation} ${count}`,
  );
  const limited = requests.rateLimited > 0 ? `, ${requests.rateLimited} refused by the rate limit` : '';
  lines.push(line('Requests', `${requests.gladly}${limited}`), ...wrapped(operations, screen));
  for (const { conversationId, error } of failures.slice(0, shownFailures)) {
    lines.push(line(paint.red('Failed'), `${clean(conversationId)}: ${clean(readableTimes(error.message))}`));
  }
  if (failures.length > shownFailures) {
    lines.push(line('', `and ${failures.length - shownFailures} more`));
  }
  if (end !== 'done') lines.push(line('Stopped', paint.yellow(endText(document))));
  if (document.pause !== null) lines.push(line('Paused', paint.yellow(pauseText(document.pause))));
  if (document.fullHour !== null) lines.push(line('Waits', paint.yellow(fullHourText(document.fullHour))));
  lines.push(line('Time', `${document.seconds} s`));
  return lines.join('\n');
}

function wouldText(thisRun: BackfillDocument['thisRun']): string {
  const isNothing = Object.values(thisRun).every((count) => count === 0);
  return isNothing ? 'nothing: the ledger already has every closing in the range' : countsOf(thisRun);
}

/** Counts of closings without a survey. */
function countedText({
  counted,
  uncertain,
  leftOut,
  failed,
}: NonNullable<BackfillDocument['counted']>): string {
  return `${counted} counted without a survey, ${uncertain} uncertain, ${leftOut} left out, ${failed} to be retried`;
}

/** The result of a tick, including its start and the cards that it posted. */
export function syncView(
  document: BackfillDocument &
    Pick<SyncDocument, 'startedAt' | 'cards' | 'alerts' | 'reminders' | 'medallia'>,
  screen: Screen,
): string {
  const { startedAt, cards, alerts, reminders, medallia, range, dryRun } = document;
  const { leftOut, ...reminded } = reminders;
  const line = (label: string, value: string): string => labelled(label, value, screen);
  const isFirst = range?.since === startedAt;
  const began = localTime(startedAt, range?.timezone ?? null);
  return [
    line('Starts from', isFirst ? `${began}; only backfill surveys earlier closings` : began),
    ...(range === null ? [] : [line('Range', rangeText(range))]),
    backfillView(document, screen),
    line('Cards', `${countsOf(cards)}${dryRun ? ', if this were not a dry run' : ''}`),
    ...(medallia === null || medallia.rows === 0 ? [] : [line('Medallia', countsOf(medallia))]),
    ...(Object.values(reminders).every((count) => count === 0)
      ? []
      : [
          line('Reminders', `${dryRun ? 'would be: ' : ''}${countsOf({ ...reminded, 'left out': leftOut })}`),
        ]),
    ...(alerts.sent + alerts.failed === 0 ? [] : [line('Alerts', countsOf(alerts))]),
  ].join('\n');
}

/** The range in the organization's time. */
export function rangeText({ since, until, timezone }: NonNullable<BackfillDocument['range']>): string {
  return `${localTime(since, timezone)} until ${localTime(until, timezone)}`;
}

/**
 * What a run says about its range. The range itself is printed once, with the other times in the organization's zone.
 */
export function explainedText(sentence: string, range: BackfillDocument['range']): string {
  if (range === null) return readableTimes(sentence);
  return readableTimes(sentence.replace(` from ${range.since} until ${range.until}`, ''), range.timezone);
}

function filesOf(exports: NonNullable<BackfillDocument['exports']>, screen: Screen): string[] {
  const { jobs, items, unreadable, until, customers, verdicts } = exports;
  const reach = until === null ? '' : ` until ${readableTimes(until)}`;
  const lost = unreadable === 0 ? '' : `, ${unreadable} lines unreadable`;
  return [
    labelled('Export files', `${jobs} jobs${reach}, ${items} items${lost}`, screen),
    labelled('', `${verdicts} verdicts and ${customers} customers are based only on these files`, screen),
  ];
}

function countsOf(counts: object): string {
  const parts = (Object.entries(counts) as [string, number][]).filter(([, count]) => count > 0);
  return parts.length === 0 ? 'nothing' : parts.map(([name, count]) => `${count} ${name}`).join(', ');
}

/** The width of the label, the count, and the gaps between them. */
const beforeName = 22;

function tableOf(label: string, counts: Readonly<Record<string, number>>, screen: Screen): string[] {
  const { columns } = screen;
  const named = (name: string): string =>
    isNarrow(columns) ? cut(clean(name), Math.max(1, columns - beforeName)) : clean(name);
  const rows = Object.entries(counts).toSorted(([, one], [, other]) => other - one);
  const shown = rows
    .slice(0, shownRows)
    .map(([name, count]) => `${String(count).padStart(6)}  ${named(name)}`);
  if (rows.length > shownRows) shown.push(`        and ${rows.length - shownRows} more`);
  return shown.map((text, index) => labelled(index === 0 ? label : '', text, screen));
}

/** Three per line, which fits into 80 columns; one per line on a narrow terminal. */
function wrapped(parts: readonly string[], screen: Screen): string[] {
  const inLine = isNarrow(screen.columns) ? 1 : 3;
  return Array.from({ length: Math.ceil(parts.length / inLine) }, (_, row) =>
    labelled('', parts.slice(row * inLine, (row + 1) * inLine).join(', '), screen),
  );
}

function endText({ end, left: waiting, error }: BackfillDocument): string {
  const left = `${waiting} ${waiting === 1 ? 'closing is' : 'closings are'} left in the queue`;
  switch (end) {
    case 'max_sends':
      return `reached --max-sends; ${left}`;
    case 'limit':
      return `reached --limit; ${left}`;
    case 'duration':
      return `--max-duration has passed; ${left}`;
    case 'stopped':
      return `${clean(readableTimes(error?.message ?? ''))}; ${left}`;
    case 'declined':
      return 'declined: nothing was sent or queued';
    case 'done':
      return '';
  }
}
