import { timeAt } from '../../domain/values/instant.ts';
import type { TimeRange } from '../../domain/values/time-range.ts';
import { advanceCheckpoint, readCheckpoint, setCheckpointOnce } from '../../store/checkpoints.ts';
import type { Services } from '../context/services.ts';

/** Sources lag and clocks differ: the newest stretch is read again by the next tick. */
const overlapMilliseconds = 10 * 60_000;

type OnLedger = Pick<Services, 'ledger' | 'lane'>;

/** When surveying began: at the first tick of `sync` or the first start of `serve`, which is now if there was none. */
export async function surveyingSince({ ledger, lane }: OnLedger, at: string): Promise<string> {
  return setCheckpointOnce(ledger, { lane, name: 'started' }, at);
}

/** The stretch in which closings have not been looked for yet, from the last tick on. */
export async function unseenRange(
  { ledger, lane }: OnLedger,
  startedAt: string,
  nowMs: number,
): Promise<TimeRange> {
  const until = (await readCheckpoint(ledger, { lane, name: 'until' })) ?? startedAt;
  const overlapped = timeAt(Math.min(Date.parse(until), nowMs) - overlapMilliseconds);
  const since = overlapped < startedAt ? startedAt : overlapped;
  return { since, until: timeAt(Math.max(nowMs, Date.parse(since) + 1)) };
}

/** All closings up to this time have been looked for. */
export async function seenUntil({ ledger, lane }: OnLedger, at: string): Promise<void> {
  await advanceCheckpoint(ledger, { lane, name: 'until' }, at);
}
