import { timeAt } from '../domain/values/instant.ts';
import { utcDays, type TimeRange } from '../domain/values/time-range.ts';
import { Failure } from '../failure.ts';
import type { ClosingSource, SourceName } from '../ports/closing-source.ts';
import { eventLagMs, eventReachMs, exportReachMs, reportEndMs, reportLagMs, seamMs } from './lags.ts';
import { daysAtOnce } from './report-days.ts';

/** The part of a range that one source covers. */
export interface Cover {
  source: ClosingSource;
  range: TimeRange;
}

/** What a source covers of a part that another source could not give; null when it does not reach that part. */
export type Fallback = (part: TimeRange) => Cover | null;

/**
 * The sources that cover a range, in order of time, without a gap and with the fewest requests. They may be read in any
 * order, but the events soon: their oldest part passes out of reach. The future is left out, so there may be no covers.
 * `explanation`: sentences for people, including what may be missing.
 *
 * @throws Failure `events_out_of_reach` or `export_out_of_reach` when that source is wanted for a range that begins
 *   before its reach
 */
export function chooseSources(
  range: TimeRange,
  wanted: 'auto' | SourceName,
  nowMs: number,
  sources: Readonly<Record<SourceName, ClosingSource>>,
): { covers: Cover[]; explanation: string[] } {
  const until = Math.min(Date.parse(range.until), nowMs);
  const since = Date.parse(range.since);
  if (until <= since) return { covers: [], explanation: ['The whole range is in the future.'] };

  const cover = (source: ClosingSource, from: number, to: number): Cover => ({
    source,
    range: { since: timeAt(from), until: timeAt(to) },
  });
  const isReached = since >= nowMs - eventReachMs;
  if (wanted === 'events' && !isReached) throw eventsOutOfReach(range, nowMs);
  if (wanted === 'export' && since < nowMs - exportReachMs) throw exportOutOfReach(range, nowMs);
  const covers = ((): Cover[] => {
    if (wanted === 'events' || (wanted === 'auto' && isReached)) return [cover(sources.events, since, until)];
    if (wanted === 'export') return [cover(sources.export, since, until)];
    if (wanted === 'report' || until <= nowMs - reportLagMs) return [cover(sources.report, since, until)];
    const seamAt = nowMs - reportEndMs;
    return [cover(sources.report, since, seamAt), cover(sources.events, seamAt - seamMs, until)];
  })();
  return { covers, explanation: [...covers.map(described), ...missingOf(covers, nowMs)] };
}

/**
 * The sources to ask, one after the other, for a part that a source could not give. Export files come last: they cost
 * the most, and run up to a day behind.
 */
export function fallbacks(
  failed: SourceName,
  nowMs: number,
  sources: Readonly<Record<SourceName, ClosingSource>>,
): Fallback[] {
  const within =
    (source: ClosingSource, from: number, to: number) =>
    ({ since, until }: TimeRange): Cover | null => {
      const [begins, ends] = [Math.max(Date.parse(since), from), Math.min(Date.parse(until), to)];
      return begins < ends ? { source, range: { since: timeAt(begins), until: timeAt(ends) } } : null;
    };
  const events = within(sources.events, nowMs - eventReachMs + seamMs, nowMs);
  const report = within(sources.report, 0, nowMs - reportLagMs);
  const files = within(sources.export, nowMs - exportReachMs, nowMs);
  if (failed === 'export') return [];
  return failed === 'report' ? [events, files] : [report, files];
}

function described({ source, range }: Cover): string {
  if (source.name === 'events') return `Events from ${range.since} until ${range.until} (1 request).`;
  if (source.name === 'export') {
    return `Export files from ${range.since} until ${range.until} (1 request for their jobs, and 2 for each job).`;
  }
  const days = utcDays(range);
  const requests = Math.ceil(days.length / daysAtOnce);
  const dates = days.length === 1 ? range.since.slice(0, 10) : `${days[0] ?? ''} to ${days.at(-1) ?? ''}`;
  const count = `${requests} ${requests === 1 ? 'request' : 'requests'}`;
  return `The conversation timestamps report for ${dates}, in UTC days (${count}).`;
}

function missingOf(covers: readonly Cover[], nowMs: number): string[] {
  const last = covers.at(-1);
  // Where the files end is known only once their jobs are.
  if (last === undefined || last.source.name === 'export') return [];
  const isReport = last.source.name === 'report';
  const reportedUntil = nowMs - (isReport ? reportLagMs : eventLagMs);
  if (Date.parse(last.range.until) <= reportedUntil) return [];
  const why = isReport ? 'the report runs about an hour behind' : 'events run up to 15 seconds behind';
  return [`Closings after ${timeAt(reportedUntil)} may be missing: ${why}.`];
}

function eventsOutOfReach(range: TimeRange, nowMs: number): Failure {
  const message = `Events reach back only to ${timeAt(nowMs - eventReachMs)}, but the range begins at ${range.since}`;
  const hint = 'Start the range within the last 24 hours, or use the report, or auto for both.';
  return new Failure('usage', 'events_out_of_reach', message, { hint });
}

function exportOutOfReach(range: TimeRange, nowMs: number): Failure {
  const message = `Export files reach back only to ${timeAt(nowMs - exportReachMs)}, but the range begins at ${range.since}`;
  const hint = 'Start the range within the last 14 days, or use the report, or auto.';
  return new Failure('usage', 'export_out_of_reach', message, { hint });
}
