import type { BackfillDocument } from '../domain/backfill-document.ts';
import type { Output } from './output.ts';
import { clean } from './text.ts';

/** Failures that are named; the ledger lists the others. */
const shownFailures = 10;
const shownRows = 12;

/** What `backfill` and `sync` tell a person. */
export function backfillView(document: BackfillDocument, { paint }: Pick<Output, 'paint'>): string {
  const { range, outcomes, thisRun, reasons, requests, failures, plan, end } = document;
  const line = (label: string, value: string): string => `${paint.dim(label.padEnd(13))} ${value}`;
  const lines = [
    ...(range === null ? [] : [line('Range', `${range.since} until ${range.until}`)]),
    line('Sources', document.sources.length === 0 ? '-' : document.sources.join(', ')),
    line('Closings', `${document.closings}: ${countsOf(outcomes)}`),
    line(document.dryRun ? 'Would do' : 'This run', countsOf(thisRun)),
    ...tableOf('Not asked', reasons, line),
  ];
  if (plan !== null) {
    lines.push(line('Would send', paint.bold(String(plan.wouldSend))));
    lines.push(...tableOf('By agent', plan.byAgent, line));
    lines.push(...tableOf('By inbox', plan.byInbox, line));
    lines.push(...tableOf('By day', plan.byDay, line));
    lines.push(line('Would take', `about ${plan.estimatedSeconds} s`));
  }
  const operations = Object.entries(requests.byOperation).map(
    ([operation, count]) => `${operation} ${count}`,
  );
  const troubles = requests.rateLimited > 0 ? `, ${requests.rateLimited} times too many` : '';
  lines.push(line('Requests', `${requests.gladly}${troubles}`), ...wrapped(operations, line));
  for (const { conversationId, error } of failures.slice(0, shownFailures)) {
    lines.push(line(paint.red('Failed'), `${clean(conversationId)}: ${clean(error.message)}`));
  }
  if (failures.length > shownFailures) {
    lines.push(line('', `and ${failures.length - shownFailures} more`));
  }
  if (end !== 'done') lines.push(line('Stopped', paint.yellow(endText(document))));
  lines.push(line('Time', `${document.seconds} s`));
  return lines.join('\n');
}

/** A tick of `sync`: what it began with, and the cards that it posted besides. */
export function syncView(
  document: BackfillDocument & { startedAt: string; cards: { posted: number; failed: number } },
  screen: Pick<Output, 'paint'>,
): string {
  const { startedAt, cards, range } = document;
  const line = (label: string, value: string): string => `${screen.paint.dim(label.padEnd(13))} ${value}`;
  const isFirst = range?.since === startedAt;
  const began = isFirst ? `${startedAt}; closings before that are surveyed by backfill alone` : startedAt;
  return [line('Counts from', began), backfillView(document, screen), line('Cards', countsOf(cards))].join(
    '\n',
  );
}

function countsOf(counts: object): string {
  const parts = (Object.entries(counts) as [string, number][]).filter(([, count]) => count > 0);
  return parts.length === 0 ? 'nothing' : parts.map(([name, count]) => `${count} ${name}`).join(', ');
}

type Line = (label: string, value: string) => string;

function tableOf(label: string, counts: Readonly<Record<string, number>>, line: Line): string[] {
  const rows = Object.entries(counts).toSorted(([, one], [, other]) => other - one);
  const shown = rows
    .slice(0, shownRows)
    .map(([name, count]) => `${String(count).padStart(6)}  ${clean(name)}`);
  if (rows.length > shownRows) shown.push(`        and ${rows.length - shownRows} more`);
  return shown.map((text, index) => line(index === 0 ? label : '', text));
}

/** Three to a line, which fits 80 columns. */
function wrapped(parts: readonly string[], line: Line): string[] {
  const rows = Math.ceil(parts.length / 3);
  return Array.from({ length: rows }, (_, row) => line('', parts.slice(row * 3, row * 3 + 3).join(', ')));
}

function endText({ end, left: waiting, error }: BackfillDocument): string {
  const left = `${waiting} closings are left in the queue; run it again to go on`;
  switch (end) {
    case 'max_sends':
      return `--max-sends is reached; ${left}`;
    case 'limit':
      return `--limit is reached; ${left}`;
    case 'duration':
      return `--max-duration is over; ${left}`;
    case 'stopped':
      return `${clean(error?.message ?? '')}; ${left}`;
    case 'declined':
      return 'declined: nothing was sent, and nothing was put into the queue';
    case 'done':
      return '';
  }
}
