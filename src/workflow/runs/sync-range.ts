import { isTrial } from '../../domain/delivery.ts';
import type { TimeRange } from '../../domain/values/time-range.ts';
import {
  advanceCheckpoint,
  readCheckpoint,
  setCheckpointOnce,
  type CheckpointName,
} from '../../store/checkpoints.ts';
import type { Services } from '../context/services.ts';

/** Sources lag and clocks differ: the newest stretch is read again by the next tick. */
const overlapMilliseconds = 10 * 60_000;

type Marked = Pick<Services, 'ledger' | 'settings'>;

/** What trials have looked through is still to be looked through for real. */
function marksOf({ settings }: Marked): { started: CheckpointName; until: CheckpointName } {
  return isTrial(settings.delivery)
    ? { started: 'trial_started', until: 'trial_until' }
    : { started: 'sync_started', until: 'sync_until' };
}

/** When surveying began: at the first tick of `sync` or the first start of `serve`, which is now if there was none. */
export async function surveyingSince(services: Marked, at: string, dryRun: boolean): Promise<string> {
  const { started } = marksOf(services);
  if (dryRun) return (await readCheckpoint(services.ledger, started)) ?? at;
  return setCheckpointOnce(services.ledger, started, at);
}

/** The stretch whose closings have not been looked for yet, from the last tick on. */
export async function unseenRange(services: Marked, startedAt: string, nowMs: number): Promise<TimeRange> {
  const until = (await readCheckpoint(services.ledger, marksOf(services).until)) ?? startedAt;
  const overlapped = new Date(Date.parse(until) - overlapMilliseconds).toISOString();
  const since = overlapped < startedAt ? startedAt : overlapped;
  return { since, until: new Date(Math.max(nowMs, Date.parse(since) + 1)).toISOString() };
}

/** All closings up to this time have been looked for. */
export async function seenUntil(services: Marked, at: string): Promise<void> {
  await advanceCheckpoint(services.ledger, marksOf(services).until, at);
}
