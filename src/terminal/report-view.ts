import type {
  ReportCredit,
  ReportDocument,
  ReportPrevious,
  ReportRange,
  ReportShare,
} from '../documents/report.ts';
import type { ReasonCode } from '../domain/closing/reason.ts';
import { reasonText } from '../domain/eligibility/reason-words.ts';
import { mayBeChance } from '../domain/scores/change.ts';
import { durationText } from '../domain/scores/follow-up.ts';
import { interval, percent } from '../domain/scores/percent.ts';
import { flow, isNarrow, labelled, type Screen } from './narrow.ts';
import { formText } from './report-form.ts';
import { counted, nameText, rowsText } from './report-rows.ts';
import { wrap } from './table.ts';
import { clean } from './text.ts';
import { localTime } from '../domain/values/local-time.ts';

/** A report for people: the headline, a line for each row, and why closings were not surveyed. */
export function reportView(report: ReportDocument, screen: Screen): string {
  return [
    headline(report, screen),
    ...rowsText(report, screen),
    ...formText(report, screen),
    ...reasonsText(report, screen),
    ...(report.credit === null ? [] : [creditText(report.credit, screen)]),
  ].join('\n\n');
}

function headline(report: ReportDocument, screen: Screen): string {
  const { overall, range, previous, satisfiedFrom } = report;
  const line = (label: string, value: string): string => labelledLines(label, clean(value), screen);
  const { csat, responseRate, mean } = overall;
  const satisfied = satisfiedFrom === 5 ? 'rated 5' : `rated ${satisfiedFrom} or more`;
  const { closed, asked, suppressed, waiting, unasked, opened, answered } = overall;
  const filters = filtersText(report);
  return [
    line('Closed', rangeText(range)),
    ...(filters === '' ? [] : [line('Only', filters)]),
    line(
      'Score',
      csat.of === 0
        ? 'no answers'
        : `${share(csat)}: ${csat.count} of ${csat.of} ${satisfied}, mean ${(mean ?? 0).toFixed(2)}`,
    ),
    ...(previous === null ? [] : [line('Change', changeText(report, previous))]),
    line(
      'Response',
      responseRate.of === 0
        ? 'nobody was asked'
        : `${share(responseRate)}: ${answered} of ${asked} asked, ${opened} opened`,
    ),
    line(
      'Closings',
      `${closed}: ${asked} asked, ${suppressed} suppressed, ${waiting} waiting` +
        (unasked === 0 ? '' : `, ${unasked} answered unasked`),
    ),
    ...remindedLine(report, line),
    ...followUpLine(report, line),
  ].join('\n');
}

/** Empty if nobody was reminded. */
function remindedLine(
  { overall: { reminded } }: ReportDocument,
  line: (label: string, value: string) => string,
): string[] {
  if (reminded.of === 0) return [];
  return [line('Reminded', `${share(reminded)}: ${reminded.count} of ${reminded.of} reminded answered`)];
}

/** The follow-up of low ratings; empty if there are none. */
function followUpLine(
  { followUp: { open, done, forgotten, medianSeconds, lowRating } }: ReportDocument,
  line: (label: string, value: string) => string,
): string[] {
  const all = open + done + forgotten;
  if (all === 0) return [];
  const median = medianSeconds === null ? '' : ` after ${durationText(medianSeconds)} (median)`;
  const low = lowRating === 1 ? 'rated 1' : `rated ${lowRating} or less`;
  const gone = forgotten === 0 ? '' : `, ${forgotten} of forgotten customers`;
  return [line('Follow-up', `${all} ${low}: ${open} open, ${done} done${median}${gone}`)];
}

/** Also wraps at the usual width, at which other views have no value that is too long. */
function labelledLines(label: string, value: string, screen: Screen): string {
  if (isNarrow(screen.columns)) return labelled(label, value, screen);
  return wrap(value, screen.columns - labelledWidth)
    .map((line, index) => labelled(index === 0 ? label : '', line, screen))
    .join('\n');
}

/** The width of a label and the space after it. */
const labelledWidth = 14;

function filtersText({ filters }: ReportDocument): string {
  const { agents, inboxes, topics, channels, brands, imported } = filters;
  const names = [...agents, ...inboxes, ...topics].map(nameText);
  const imports = { with: [], without: ['not imported'], only: ['imported'] }[imported];
  return [...names, ...channels, ...brands, ...imports].join(', ');
}

function rangeText({ since, until, timezone }: ReportRange): string {
  return `${localTime(since, timezone)} to ${localTime(until, timezone)}`;
}

/** Whether the score has changed, as a sentence. */
function changeText({ range }: ReportDocument, { change, overall }: ReportPrevious): string {
  const before = `the ${lengthText(range)} before`;
  const isChance = mayBeChance(change);
  if (isChance === null || change.value === null) return `no answers to compare with in ${before}`;
  const { csat } = overall;
  const points = (value: number | null): string => {
    const tenths = Math.round((value ?? 0) * 1000) / 10;
    return `${tenths > 0 ? '+' : ''}${tenths.toFixed(1)}`;
  };
  const verdict = isChance ? 'This may be chance' : 'This is more than chance';
  return (
    `${points(change.value)} points compared with ${before} (${percent(csat.value)} of ${counted(csat.of, 'answer')}). ` +
    `${verdict}: between ${points(change.low)} and ${points(change.high)}.`
  );
}

/** In whole units only: `7 days`, `36 hours`. */
function lengthText({ since, until }: ReportRange): string {
  const hours = (Date.parse(until) - Date.parse(since)) / 3_600_000;
  if (hours > 0 && hours % 24 === 0) return counted(hours / 24, 'day');
  return hours > 0 && Number.isInteger(hours) ? counted(hours, 'hour') : 'same time';
}

function share(of: ReportShare): string {
  return `${percent(of.value)} (${interval(of)})`;
}

function reasonsText({ reasons, overall }: ReportDocument, screen: Screen): string[] {
  const sorted = Object.entries(reasons).sort(([, one], [, other]) => other - one);
  if (sorted.length === 0) return [];
  const heading = `Why ${counted(overall.suppressed, 'closing')} ${overall.suppressed === 1 ? 'was' : 'were'} not surveyed (a closing may have several reasons)`;
  return [
    [
      ...wrap(heading, screen.columns).map(screen.paint.bold),
      ...sorted.flatMap(([code, count]) => {
        const lines = flow(reasonText(code as ReasonCode), screen.columns - 10);
        return lines.map((line, index) => `  ${(index === 0 ? String(count) : '').padStart(6)}  ${line}`);
      }),
    ].join('\n'),
  ];
}

const mostPairs = 20;

function creditText({ answers, moved, unassigned, pairs }: ReportCredit, { columns, paint }: Screen): string {
  const heading =
    `If the assignee got the rating, ${moved} of ${counted(answers, 'answer')} would go to another agent` +
    (unassigned === 0 ? '' : `, and ${unassigned} to nobody`);
  const more = pairs.length - mostPairs;
  return [
    ...wrap(heading, columns).map(paint.bold),
    ...pairs.slice(0, mostPairs).flatMap(({ responder, assignee, answers: count }) => {
      const who = `${responder === null ? 'no agent' : nameText(responder)} → ${nameText(assignee)}`;
      return wrap(clean(`${String(count)}  ${who}`), columns - 2).map((line) => `  ${line}`);
    }),
    ...(more > 0 ? [`  ${more} more pairs: --csv credit`] : []),
  ].join('\n');
}
