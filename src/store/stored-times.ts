import { sql } from 'kysely';
import { timeAt } from '../domain/values/instant.ts';
import { canHaveHappened, clockDifferenceMs, isAhead } from '../domain/values/stored-time.ts';
import { longestBackOffMs } from '../domain/closing/back-off.ts';
import { dueTimesIn, type Mending } from './due-times.ts';
import type { Ledger, Reading } from './ledger/ledger.ts';
import { claimMs } from './ledger/workers.ts';

/** How far back to look for closings again after an impossible checkpoint: one request for events reaches that far. */
const lookBackMs = 23 * 60 * 60_000;
/** When surveying began, if nobody knows: a little before now, because sources lag, and the past is not surveyed. */
const startedAgoMs = 10 * 60_000;

export interface MendedTimes {
  /** For people: what was impossible, and what was done about it. */
  sentences: string[];
}

interface StoredTimesPolicy {
  /** How long after its survey a reminder leaves; null: there are none. */
  reminderAfterMs: number | null;
}

/**
 * Corrects every impossible stored time: the clock was ahead when it was written, or has been set back since. Such a
 * time would keep closings from being looked for, or hold work up, until the clock has passed it. The time at which a
 * message left stays as it was recorded: if the clock is behind now, every customer could be asked again.
 */
export async function mendStoredTimes(
  ledger: Ledger,
  nowMs: number,
  policy: StoredTimesPolicy,
): Promise<MendedTimes> {
  const found = await ledger.read((db) => impossibleIn(db, nowMs, policy));
  if (found.length > 0) {
    await ledger.write('ledger', async (trx) => {
      for (const { write } of await impossibleIn(trx, nowMs, policy)) await write(trx);
    });
  }
  return { sentences: found.map(({ sentence }) => sentence) };
}

async function impossibleIn(db: Reading, nowMs: number, policy: StoredTimesPolicy): Promise<Mending[]> {
  return [
    ...(await checkpointsIn(db, nowMs)),
    ...(await locksIn(db, nowMs)),
    ...(await claimsIn(db, nowMs)),
    ...(await retriesIn(db, nowMs)),
    ...(await schedulesIn(db, nowMs)),
    ...(await pausesIn(db, nowMs)),
    ...(await dueTimesIn(db, nowMs, policy)),
  ];
}

async function checkpointsIn(db: Reading, nowMs: number): Promise<Mending[]> {
  const rows = await db.selectFrom('checkpoints').selectAll().execute();
  return rows
    .filter(({ at }) => !canHaveHappened(Date.parse(at), nowMs))
    .map(({ lane, name, at }) => {
      const mended = timeAt(nowMs - (name === 'started' ? startedAgoMs : lookBackMs));
      const what = name === 'started' ? 'When surveying began' : 'How far closings were looked for';
      return {
        sentence: `${what} is stored as ${at}, which is impossible: the clock was wrong. It is now ${mended}`,
        write: (trx) =>
          trx
            .updateTable('checkpoints')
            .set({ at: mended })
            .where('lane', '=', lane)
            .where('name', '=', name)
            .execute(),
      };
    });
}

/** The holder of a lock renews it within the time that is left. */
async function locksIn(db: Reading, nowMs: number): Promise<Mending[]> {
  const limit = timeAt(nowMs + claimMs + clockDifferenceMs);
  const locks = await db.selectFrom('locks').select('name').where('claim_until', '>', limit).execute();
  return locks.map(({ name }) => ({
    sentence: `The lock ${name} would last longer than any lock can: the clock was wrong. It ends in 30 s unless it is renewed`,
    write: (trx) =>
      trx
        .updateTable('locks')
        .set({ claim_until: timeAt(nowMs + claimMs) })
        .where('name', '=', name)
        .where('claim_until', '>', limit)
        .execute(),
  }));
}

async function claimsIn(db: Reading, nowMs: number): Promise<Mending[]> {
  const limit = timeAt(nowMs + claimMs + clockDifferenceMs);
  const claims = await db
    .selectFrom('closings')
    .select('id')
    .where('claimed_by', 'is not', null)
    .where('claim_until', '>', limit)
    .execute();
  if (claims.length === 0) return [];
  return [
    {
      sentence: `Claims would last impossibly long (closings: ${claims.length}): the clock was wrong. They end in 30 s unless they are renewed`,
      write: (trx) =>
        trx
          .updateTable('closings')
          .set({ claim_until: timeAt(nowMs + claimMs) })
          .where('claimed_by', 'is not', null)
          .where('claim_until', '>', limit)
          .execute(),
    },
  ];
}

/**
 * Closings that wait longer than the longest back-off. A pending closing was read again after its failure, and waits
 * for a time of its own.
 */
async function retriesIn(db: Reading, nowMs: number): Promise<Mending[]> {
  const limit = timeAt(nowMs + longestBackOffMs + clockDifferenceMs);
  return dueIn(
    db,
    nowMs,
    (query) =>
      query.where('error', 'is not', null).where('state', '<>', 'pending').where('due_at', '>', limit),
    'The next try was set impossibly late',
  );
}

/** Closings that were decided in the future are decided again. */
async function schedulesIn(db: Reading, nowMs: number): Promise<Mending[]> {
  const limit = timeAt(nowMs + clockDifferenceMs);
  return dueIn(
    db,
    nowMs,
    (query) =>
      query
        .where((eb) => eb.or([eb('error', 'is', null), eb('state', '=', 'pending')]))
        .where('due_at', '>', limit)
        .where('state_at', '>', limit),
    'Decisions were dated in the future',
  );
}

type Queued = ReturnType<typeof queuedIn>;

function queuedIn(db: Reading) {
  return db.selectFrom('closings').select('id').where('queued', '=', sql.lit(1));
}

async function dueIn(
  db: Reading,
  nowMs: number,
  narrow: (query: Queued) => Queued,
  what: string,
): Promise<Mending[]> {
  const ids = (await narrow(queuedIn(db)).execute()).map(({ id }) => id);
  if (ids.length === 0) return [];
  return [
    {
      sentence: `${what} (closings: ${ids.length}): the clock was wrong. They are worked on now`,
      write: async (trx) => {
        for (const id of ids)
          await trx
            .updateTable('closings')
            .set({ due_at: timeAt(nowMs) })
            .where('id', '=', id)
            .execute();
      },
    },
  ];
}

/** A pause lasts as long as it was meant to, but begins now. */
async function pausesIn(db: Reading, nowMs: number): Promise<Mending[]> {
  const pauses = await db.selectFrom('pauses').selectAll().execute();
  return pauses
    .filter(({ paused_at: at }) => isAhead(Date.parse(at), nowMs, clockDifferenceMs))
    .map(({ id, paused_at: at, until }) => {
      const aheadMs = Date.parse(at) - nowMs;
      const mended = until === null ? null : timeAt(Date.parse(until) - aheadMs);
      const lasts = mended === null ? 'until `gcsat resume`' : `until ${mended}`;
      return {
        sentence: `Sending was paused at ${at}, which is impossible: the clock was wrong. The pause lasts ${lasts}`,
        write: (trx) =>
          trx
            .updateTable('pauses')
            .set({ paused_at: timeAt(nowMs), until: mended })
            .where('id', '=', id)
            .where('paused_at', '=', at)
            .execute(),
      };
    });
}
