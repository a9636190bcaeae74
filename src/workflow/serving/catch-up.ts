import { timeAt } from '../../domain/values/instant.ts';
import { releaseLock, renewLock, takeLock } from '../../store/queue/locks.ts';
import { enumerateClosings, planSources, type Enumeration } from '../runs/find-closings.ts';
import { mendTimes } from '../context/mend-times.ts';
import { keepRenewing } from '../context/keep-renewing.ts';
import type { Services } from '../context/services.ts';
import type { Log } from '../../ports/log.ts';
import { readCheckpoint } from '../../store/checkpoints.ts';
import { repeatEvery } from './keep-going.ts';
import { seenUntil, surveyingSince, unseenRange } from '../runs/sync-range.ts';

/** If no server has caught up for this long, something is wrong. */
const longestAgeMs = 15 * 60_000;

/** A report may need two tries of five minutes each before its first row. After longer without a find, others try. */
const longestStandstillMs = 15 * 60_000;

/**
 * Queues the closings since the last catch-up whose webhook never came, found the way `sync` finds them. If several
 * servers share a ledger, one does this at a time.
 *
 * @returns null while another process does it
 */
export async function catchUp(services: Services, onFound: () => void): Promise<Enumeration | null> {
  const { ledger, lane, worker, clock } = services;
  const lockName = `catch-up ${lane}`;
  const now = clock();
  const at = timeAt(now);
  const { locked } = await takeLock(ledger, lockName, worker, at);
  if (!locked) return null;
  let progressAt = performance.now();
  const onProgress = (): void => {
    progressAt = performance.now();
  };
  const endRenewal = keepRenewing(
    (time) => renewLock(ledger, lockName, worker, time),
    clock,
    () => performance.now() - progressAt < longestStandstillMs,
  );
  try {
    // Be certain which organization this is before writing anything.
    await services.organization();
    const mended = await mendTimes(services);
    const startedAt = await surveyingSince(services, at);
    const range = await unseenRange(services, startedAt, now);
    const found = await enumerateClosings(services, planSources(services, range, 'auto'), () => {
      onProgress();
      onFound();
    });
    await seenUntil(services, found.missing[0]?.range.since ?? at);
    return { ...found, warnings: [...mended, ...found.warnings] };
  } finally {
    endRenewal();
    await releaseLock(ledger, lockName, worker);
  }
}

/**
 * Looks for closings regularly until the services stop, and warns when no server gets through.
 *
 * @param everyMilliseconds null: never
 */
export async function keepCatchingUp(
  services: Services,
  log: Log,
  everyMilliseconds: number | null,
  openedAt: string,
  onFound: () => void,
): Promise<void> {
  if (everyMilliseconds === null) return;
  const latestMs = Math.max(3 * everyMilliseconds, longestAgeMs);
  await Promise.all([
    repeatEvery(services, log, everyMilliseconds, async () => {
      report(log, await catchUp(services, onFound));
      return null;
    }),
    // Runs beside the catch-up, which may be waiting for an answer all this time.
    repeatEvery(services, log, everyMilliseconds, async () => {
      await warnOfOldAge(services, log, openedAt, latestMs);
      return null;
    }),
  ]);
}

/** @throws Failure when the events could not be read, so that they are soon requested again */
function report(log: Log, found: Enumeration | null): void {
  if (found === null) return;
  for (const warning of found.warnings) log.warn({ sources: found.sources }, warning);
  for (const { source, range, failure } of found.missing) {
    const { kind, code, hint } = failure;
    log.warn({ source, ...range, kind, code, hint }, 'closings may be missing');
  }
  if (found.fresh > 0) {
    log.info({ closings: found.fresh, sources: found.sources }, 'found closings without a webhook');
  }
  // A report is requested again only after the usual time: Gladly makes few of them.
  const passing = found.missing.find(({ source }) => source === 'events');
  if (passing !== undefined) throw passing.failure;
}

async function warnOfOldAge(
  { ledger, lane, clock }: Services,
  log: Log,
  openedAt: string,
  latestMs: number,
): Promise<void> {
  const until = await readCheckpoint(ledger, { lane, name: 'until' });
  const ageMs = clock() - Date.parse(until ?? openedAt);
  if (ageMs <= latestMs) return;
  const hint = 'See the warnings before this one, and the logs of the other servers on this ledger.';
  log.warn({ until, seconds: Math.round(ageMs / 1000), hint }, 'closings were not looked for');
}
