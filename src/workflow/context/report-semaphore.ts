import { timeNow } from '../../domain/values/instant.ts';
import type { ReportSlots } from '../../ports/report-slots.ts';
import { releaseLock, renewLock, takeLock } from '../../store/queue/locks.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import type { Worker } from '../../store/ledger/workers.ts';
import { keepRenewing } from './keep-renewing.ts';

/** Gladly runs this many reports at a time for one organization. */
const places = ['report-1', 'report-2'];
const askAgainMilliseconds = 500;

/** The slots are locks in the ledger: all its processes share them, and a dead process holds none. */
export function reportSlots(
  ledger: Ledger,
  worker: Worker,
  { clock, sleep }: { clock: () => number; sleep: (ms: number, signal?: AbortSignal) => Promise<void> },
): ReportSlots {
  const hold = (name: string): (() => Promise<void>) => {
    const endRenewal = keepRenewing((now) => renewLock(ledger, name, worker, now), clock);
    return async () => {
      endRenewal();
      // A lock that cannot be released expires by itself.
      await releaseLock(ledger, name, worker).catch(() => undefined);
    };
  };
  return {
    async take(signal) {
      for (;;) {
        for (const name of places) {
          signal?.throwIfAborted();
          if ((await takeLock(ledger, name, worker, timeNow(clock))).locked) return hold(name);
        }
        await sleep(askAgainMilliseconds, signal);
      }
    },
  };
}
