import { timeNow } from '../../domain/values/instant.ts';
import type { ReportSlots } from '../../ports/report-slots.ts';
import { releaseLock, renewLock, takeLock } from '../../store/queue/locks.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import type { Worker } from '../../store/ledger/workers.ts';
import { keepRenewing } from './keep-renewing.ts';

/** Gladly makes so many reports of one organization at a time. */
const places = ['report-1', 'report-2'];
const askAgainMilliseconds = 500;

/** The places are locks of the ledger: all processes on it share them, and one that has died holds none. */
export function reportSlots(
  ledger: Ledger,
  worker: Worker,
  { clock, sleep }: { clock: () => number; sleep: (ms: number, signal?: AbortSignal) => Promise<void> },
): ReportSlots {
  const hold = (name: string): (() => Promise<void>) => {
    const endRenewal = keepRenewing((now) => renewLock(ledger, name, worker, now), clock);
    return async () => {
      endRenewal();
      // What cannot be given back expires by itself.
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
