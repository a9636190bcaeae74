import { isTrial } from '../domain/delivery.ts';
import type { TimeRange } from '../domain/time-range.ts';
import { advanceMark, readMark, setMarkOnce, type MarkName } from '../ledger/marks.ts';
import type { Services } from './services.ts';

/** Sources lag and clocks differ: the newest stretch is read again by the next tick. */
const overlapMilliseconds = 10 * 60_000;

type Marked = Pick<Services, 'ledger' | 'settings'>;

/** What trials have looked through is still to be looked through for real. */
function marksOf({ settings }: Marked): { started: MarkName; until: MarkName } {
  return isTrial(settings.delivery)
    ? { started: 'trial_started', until: 'trial_until' }
    : { started: 'sync_started', until: 'sync_until' };
}

/** When surveying began: at the first tick of `sync` or the first start of `serve`, which is now if there was none. */
export async function surveyingSince(services: Marked, at: string, dryRun: boolean): Promise<string> {
  const { started } = marksOf(services);
  if (dryRun) return (await readMark(services.ledger, started)) ?? at;
  return setMarkOnce(services.ledger, started, at);
}

/** The stretch whose closings have not been looked for yet, from the last tick on. */
export async function unseenRange(services: Marked, startedAt: string, nowMs: number): Promise<TimeRange> {
  const until = (await readMark(services.ledger, marksOf(services).until)) ?? startedAt;
  const overlapped = new Date(Date.parse(until) - overlapMilliseconds).toISOString();
  const since = overlapped < startedAt ? startedAt : overlapped;
  return { since, until: new Date(Math.max(nowMs, Date.parse(since) + 1)).toISOString() };
}

/** All closings up to this time have been looked for. */
export async function seenUntil(services: Marked, at: string): Promise<void> {
  await advanceMark(services.ledger, marksOf(services).until, at);
}
