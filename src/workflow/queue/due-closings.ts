import { timeNow } from '../../domain/values/instant.ts';
import { claimClosing, releaseClaim } from '../../store/queue/claims.ts';
import { claimNextDue } from '../../store/queue/next-due.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import { newerWaiting } from '../../store/queue/waiting.ts';
import type { Services } from '../context/services.ts';
import type { NextWork } from './work-queue.ts';

/**
 * The one queue: the ledger's due rows. Among one customer's closings, the newest is decided first, because that is the
 * closing that gets the survey.
 *
 * @param onClaimed called for each closing found: there may be another
 */
export function queueOf(services: Services, onClaimed: () => void = () => undefined): NextWork {
  const { ledger, worker, lane } = services;
  const { maxPerHour } = services.settings.policy;
  return async () => {
    for (;;) {
      const closing = await claimNextDue(ledger, worker, timeNow(services.clock), lane, maxPerHour);
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

/** Takes a newer closing instead, if any. Null if another worker took that one first: the older one comes later. */
async function newestOf(services: Services, closing: Closing): Promise<Closing | null> {
  const { ledger, worker } = services;
  const { maxPerHour } = services.settings.policy;
  const findNewer = (): Promise<string | null> =>
    newerWaiting(ledger, closing, timeNow(services.clock), maxPerHour);
  const newer = await findNewer();
  if (newer === null) return closing;
  await releaseClaim(ledger, closing.id, worker);
  const claim = await claimClosing(ledger, newer, worker, timeNow(services.clock));
  if (!claim.claimed) return null;
  // It may have been settled since it was found.
  if ((await findNewer()) === newer) return claim.closing;
  await releaseClaim(ledger, newer, worker);
  return null;
}
