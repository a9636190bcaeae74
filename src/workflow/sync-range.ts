import type { TimeRange } from '../domain/time-range.ts';
import { readMark, setMarkOnce } from '../ledger/marks.ts';
import type { Ledger } from '../ledger/open.ts';

/** Sources lag and clocks differ: the newest stretch is read again by the next tick. */
const overlapMilliseconds = 10 * 60_000;

/** When surveying began: at the first tick of `sync` or the first start of `serve`, which is now if there was none. */
export async function surveyingSince(ledger: Ledger, at: string, dryRun: boolean): Promise<string> {
  if (dryRun) return (await readMark(ledger, 'sync_started')) ?? at;
  return setMarkOnce(ledger, 'sync_started', at);
}

/** The stretch whose closings have not been looked for yet, from the last tick on. */
export async function unseenRange(ledger: Ledger, startedAt: string, nowMs: number): Promise<TimeRange> {
  const until = (await readMark(ledger, 'sync_until')) ?? startedAt;
  const overlapped = new Date(Date.parse(until) - overlapMilliseconds).toISOString();
  const since = overlapped < startedAt ? startedAt : overlapped;
  return { since, until: new Date(Math.max(nowMs, Date.parse(since) + 1)).toISOString() };
}
