import { releaseLock, renewLock, takeLock } from '../../store/queue/locks.ts';
import { enumerateClosings, planSources, type Enumeration } from '../runs/find-closings.ts';
import { mendStoredTimes } from '../../store/stored-times.ts';
import { keepRenewing } from '../context/keep-renewing.ts';
import type { Services } from '../context/services.ts';
import { seenUntil, surveyingSince, unseenRange } from '../runs/sync-range.ts';

/** A report may take twice five minutes until its first row. Who finds nothing for longer leaves it to others. */
const longestStandstillMs = 15 * 60_000;

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
  let progressAt = performance.now();
  const went = (): void => {
    progressAt = performance.now();
  };
  const endRenewal = keepRenewing(
    (time) => renewLock(ledger, lockName, worker, time),
    clock,
    () => performance.now() - progressAt < longestStandstillMs,
  );
  try {
    // Which organization this is has to be certain before anything is written.
    await services.organization();
    const mended = await mendStoredTimes(ledger, now);
    const startedAt = await surveyingSince(services, at, false);
    const range = await unseenRange(services, startedAt, now);
    const found = await enumerateClosings(services, planSources(services, range, 'auto'), () => {
      went();
      onFound();
    });
    await seenUntil(services, found.missing[0]?.range.since ?? at);
    return { ...found, warnings: [...mended.sentences, ...found.warnings] };
  } finally {
    endRenewal();
    await releaseLock(ledger, lockName, worker);
  }
}
