import { timeNow } from '../../domain/values/instant.ts';
import { Failure, isContention } from '../../failure.ts';
import { advanceCheckpoint } from '../../store/checkpoints.ts';
import { keepMedalliaRows, medalliaCursor } from '../../store/medallia/rows.ts';
import { withLock } from '../context/claim.ts';
import { readsMedallia } from '../context/open-medallia.ts';
import type { Services } from '../context/services.ts';
import { workMedalliaRows, type PullCounts } from './medallia-rows.ts';

/** Agent Connect's default page size. */
const rowsAtOnce = 1000;

/**
 * Reads what changed at Agent Connect since the last time, and takes the answers. It also runs with another delivery,
 * because surveys sent before a switch are answered after it. In the trial lane it does nothing.
 *
 * @returns null when the keys are not set, in the trial lane, or when another process is already pulling
 * @throws Failure of Agent Connect or the ledger; everything read before it is on disk
 */
export async function pullMedallia(services: Services): Promise<PullCounts | null> {
  if (!readsMedallia(services.settings) || services.lane === 'trial') return null;
  try {
    return await withLock(services, 'medallia pull', () => pull(services));
  } catch (error) {
    if (services.signal.aborted || !(error instanceof Failure) || !isContention(error)) throw error;
    return null;
  }
}

async function pull(services: Services): Promise<PullCounts> {
  const { ledger, settings, clock, signal } = services;
  const { origin } = settings.medallia;
  const client = await services.medallia();
  const counts: PullCounts = { rows: 0, answers: 0, settled: 0, unmatched: 0 };
  // Rows that an earlier run read and did not finish.
  await workMedalliaRows(services, counts);
  for (;;) {
    signal.throwIfAborted();
    const began = timeNow(clock);
    const cursor = await medalliaCursor(ledger, origin);
    const rows = await client.readFeedback(cursor, rowsAtOnce);
    if (rows.length === 0) {
      await advanceCheckpoint(ledger, { lane: 'live', name: 'medallia' }, began);
      return counts;
    }
    if (rows.every(({ sequence }) => sequence <= cursor)) throw goesInCircles(origin, cursor);
    counts.rows += rows.length;
    await keepMedalliaRows(ledger, origin, rows, timeNow(clock));
    await workMedalliaRows(services, counts);
  }
}

function goesInCircles(origin: string, cursor: number): Failure {
  const message = `${new URL(origin).host} returns rows that were already read, up to sequence id ${cursor}`;
  return new Failure('contract', 'medallia_unreadable', message, {
    hint: 'Check GCSAT_MEDALLIA_URL and any proxy in between; if both are right, report this.',
  });
}
