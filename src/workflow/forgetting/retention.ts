import { timeNow, timeAt } from '../../domain/values/instant.ts';
import { forgetExpired } from '../../store/erase/retention.ts';
import type { Services } from '../context/services.ts';
import { finishErasures, type Finished } from './finish.ts';

/** Between two batches, so that other processes get a turn. */
const pauseMs = 20;

export interface Kept extends Finished {
  /** Closings, answers and addresses that were too old to keep. */
  expired: number;
}

/** Forgets what is older than the policy's retention, and finishes erasures that were begun. */
export async function keepRetention(
  services: Services,
  { largestLedger }: { largestLedger: number },
): Promise<Kept> {
  const { ledger, clock, signal, sleep, settings } = services;
  const { retention } = settings.policy;
  let expired = 0;
  while (retention !== null && !signal.aborted) {
    const before = timeAt(clock() - retention);
    const batch = await forgetExpired(ledger, before, timeNow(clock));
    if (batch === 0) break;
    expired += batch;
    await sleep(pauseMs);
  }
  return { expired, ...(await finishErasures(services, { all: false, largestLedger })) };
}
