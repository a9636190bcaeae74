import { timeNow } from '../domain/instant.ts';
import { claimClosing, claimNextDue, releaseClaim, renewClaim } from '../ledger/claims.ts';
import type { Closing } from '../ledger/closing.ts';
import { newerWaiting } from '../ledger/waiting.ts';
import type { Services } from './services.ts';
import type { NextWork } from './work-queue.ts';

const askEveryMilliseconds = 100;

/**
 * The one queue: the rows of the ledger that are due. Of the closings of one customer the newest is decided first,
 * because it is the one to be asked about.
 *
 * @param onClaimed there was a closing, so there may be another; the newest of its customer may have to be waited for
 */
export function queueOf(services: Services, onClaimed: () => void = () => undefined): NextWork {
  const { ledger, worker, settings } = services;
  return async () => {
    for (;;) {
      const closing = await claimNextDue(ledger, worker, timeNow(services.clock), settings.delivery);
      if (closing === null) return null;
      onClaimed();
      const newest = await newestOf(services, closing).catch(async (error: unknown) => {
        await releaseClaim(ledger, closing.id, worker);
        throw error;
      });
      if (newest !== null) return { closing: newest, read: null };
    }
  };
}

/** Takes a newer closing instead, or waits until whoever has it is done; null when the claim was lost meanwhile. */
async function newestOf(services: Services, closing: Closing): Promise<Closing | null> {
  const { ledger, worker, settings } = services;
  for (;;) {
    const newer = await newerWaiting(ledger, closing, timeNow(services.clock), settings.delivery);
    if (newer === null) return closing;
    const claim = await claimClosing(ledger, newer, worker, timeNow(services.clock));
    if (claim.claimed) {
      // It may have been settled since it was found.
      const waits =
        (await newerWaiting(ledger, closing, timeNow(services.clock), settings.delivery)) === newer;
      await releaseClaim(ledger, waits ? closing.id : newer, worker);
      if (waits) return claim.closing;
    } else {
      await services.sleep(askEveryMilliseconds);
    }
    if (!(await renewClaim(ledger, closing.id, worker, timeNow(services.clock)))) return null;
  }
}
