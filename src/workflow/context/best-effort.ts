import { Failure } from '../../failure.ts';
import { memoryLimiterStore } from '../../gladly/http/pacing.ts';
import type { LimiterStore } from '../../ports/limiter.ts';

/** Skips a write while another process keeps the ledger busy. */
export async function unlessBusy(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isBusy(error)) throw error;
  }
}

/** Paces on its own once the ledger is first busy: no other process can use the shared budget then either. */
export function unlessBusyLimiter(shared: LimiterStore): LimiterStore {
  const own = memoryLimiterStore();
  let isShared = true;
  const either = async <Result>(work: (store: LimiterStore) => Promise<Result>): Promise<Result> => {
    if (!isShared) return work(own);
    try {
      return await work(shared);
    } catch (error) {
      if (!isBusy(error)) throw error;
      isShared = false;
      return work(own);
    }
  };
  return {
    reserve: (bucket, ask) => either((store) => store.reserve(bucket, ask)),
    pause: (bucket, untilMs) => either((store) => store.pause(bucket, untilMs)),
    pausedUntil: (bucket) => either((store) => store.pausedUntil(bucket)),
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Failure && error.code === 'ledger_busy';
}
