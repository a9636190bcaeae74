import { timeAt } from '../../domain/values/instant.ts';
import type { TimeRange } from '../../domain/values/time-range.ts';
import { advanceCheckpoint, readCheckpoint, setCheckpointOnce } from '../../store/checkpoints.ts';
import type { Services } from '../context/services.ts';

/** Sources lag and clocks differ, so the next tick reads the newest stretch again. */
const overlapMilliseconds = 10 * 60_000;

type OnLedger = Pick<Services, 'ledger' | 'lane'>;

/** When surveying began: at the first tick of `sync` or the first start of `serve`; that is now if there was none. */
export async function surveyingSince({ ledger, lane }: OnLedger, at: string): Promise<string> {
  return setCheckpointOnce(ledger, { lane, name: 'started' }, at);
}

/** The range since the last tick, in which closings have not been looked for yet. */
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

/** Records that all closings up to this time have been looked for. */
export async function seenUntil({ ledger, lane }: OnLedger, at: string): Promise<void> {
  await advanceCheckpoint(ledger, { lane, name: 'until' }, at);
}
