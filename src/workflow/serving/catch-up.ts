import { releaseLock, renewLock, takeLock } from '../../store/queue/locks.ts';
import { enumerateClosings, planSources, type Enumeration } from '../runs/find-closings.ts';
import { keepRenewing } from '../context/keep-renewing.ts';
import type { Services } from '../context/services.ts';
import { seenUntil, surveyingSince, unseenRange } from '../runs/sync-range.ts';

/**
 * Writes the closings since the last time into the queue, as `sync` finds them: those whose webhook never came. Of
 * several servers on one ledger one does it at a time.
 *
 * @returns null when another process is at it
 */
export async function catchUp(services: Services, onFound: () => void): Promise<Enumeration | null> {
  const { ledger, lane, worker, clock } = services;
  const lockName = `catch-up ${lane}`;
  const now = clock();
  const at = new Date(now).toISOString();
  const { locked } = await takeLock(ledger, lockName, worker, at);
  if (!locked) return null;
  const endRenewal = keepRenewing((time) => renewLock(ledger, lockName, worker, time), clock);
  try {
    // Which organization this is has to be certain before anything is written.
    await services.organization();
    const startedAt = await surveyingSince(services, at, false);
    const range = await unseenRange(services, startedAt, now);
    const found = await enumerateClosings(services, planSources(services, range, 'auto'), onFound);
    await seenUntil(services, at);
    return found;
  } finally {
    endRenewal();
    await releaseLock(ledger, lockName, worker);
  }
}
