import { sql } from 'kysely';
import { canHaveHappened, clockDifferenceMs } from '../domain/values/stored-time.ts';
import { longestBackOffMs } from '../domain/closing/back-off.ts';
import type { Ledger, Reading, Writing } from './ledger.ts';
import { claimMs } from './workers.ts';

/** How far back closings are looked for again after a checkpoint that cannot be: one request for events reaches as far. */
const lookBackMs = 23 * 60 * 60_000;
/** Surveying began a little before now, where nobody knows when: sources lag, and the past is not surveyed. */
const startedAgoMs = 10 * 60_000;

export interface MendedTimes {
  /** For people: what could not be, and what was done about it. */
  sentences: string[];
}

interface Mending {
  sentence: string;
  write: (trx: Writing) => Promise<unknown>;
}

/**
 * Corrects every impossible stored time: the clock was ahead when it was written, or has been set back since. Such a time
 * would keep closings from being looked for, or hold work up, until the clock has passed it.
 */
export async function mendStoredTimes(ledger: Ledger, nowMs: number): Promise<MendedTimes> {
  const found = await ledger.read((db) => impossibleIn(db, nowMs));
  if (found.length > 0) {
    await ledger.write('ledger', async (trx) => {
      for (const { write } of await impossibleIn(trx, nowMs)) await write(trx);
    });
  }
  return { sentences: found.map(({ sentence }) => sentence) };
}

async function impossibleIn(db: Reading, nowMs: number): Promise<Mending[]> {
  return [
    ...(await checkpointsIn(db, nowMs)),
    ...(await locksIn(db, nowMs)),
    ...(await claimsIn(db, nowMs)),
    ...(await retriesIn(db, nowMs)),
    ...(await schedulesIn(db, nowMs)),
    ...(await cardsIn(db, nowMs)),
  ];
}

async function checkpointsIn(db: Reading, nowMs: number): Promise<Mending[]> {
  const rows = await db.selectFrom('checkpoints').selectAll().execute();
  return rows
    .filter(({ at }) => !canHaveHappened(Date.parse(at), nowMs))
    .map(({ lane, name, at }) => {
      const mended = iso(nowMs - (name === 'started' ? startedAgoMs : lookBackMs));
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

/** Its holder renews it within the time that it has now. */
async function locksIn(db: Reading, nowMs: number): Promise<Mending[]> {
  const limit = iso(nowMs + claimMs + clockDifferenceMs);
  const locks = await db.selectFrom('locks').select('name').where('claim_until', '>', limit).execute();
  return locks.map(({ name }) => ({
    sentence: `The lock ${name} would hold for longer than a lock can: the clock was wrong. It ends in 30 s unless it is renewed`,
    write: (trx) =>
      trx
        .updateTable('locks')
        .set({ claim_until: iso(nowMs + claimMs) })
        .where('name', '=', name)
        .where('claim_until', '>', limit)
        .execute(),
  }));
}

async function claimsIn(db: Reading, nowMs: number): Promise<Mending[]> {
  const limit = iso(nowMs + claimMs + clockDifferenceMs);
  const claims = await db
    .selectFrom('closings')
    .select('id')
    .where('claimed_by', 'is not', null)
    .where('claim_until', '>', limit)
    .execute();
  if (claims.length === 0) return [];
  return [
    {
      sentence: `${claims.length} closings are claimed for longer than they can be: the clock was wrong. The claims end in 30 s unless they are renewed`,
      write: (trx) =>
        trx
          .updateTable('closings')
          .set({ claim_until: iso(nowMs + claimMs) })
          .where('claimed_by', 'is not', null)
          .where('claim_until', '>', limit)
          .execute(),
    },
  ];
}

/** The longest pause after a failure. */
async function retriesIn(db: Reading, nowMs: number): Promise<Mending[]> {
  const limit = iso(nowMs + longestBackOffMs + clockDifferenceMs);
  return dueIn(db, nowMs, (query) => query.where('error', 'is not', null).where('due_at', '>', limit), {
    waits: 'wait for their next try for longer than they can',
  });
}

/** What was decided in the future is decided again. */
async function schedulesIn(db: Reading, nowMs: number): Promise<Mending[]> {
  const limit = iso(nowMs + clockDifferenceMs);
  return dueIn(
    db,
    nowMs,
    (query) => query.where('error', 'is', null).where('due_at', '>', limit).where('state_at', '>', limit),
    { waits: 'were scheduled in the future' },
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
  { waits }: { waits: string },
): Promise<Mending[]> {
  const ids = (await narrow(queuedIn(db)).execute()).map(({ id }) => id);
  if (ids.length === 0) return [];
  return [
    {
      sentence: `${ids.length} closings ${waits}: the clock was wrong. They are worked on now`,
      write: async (trx) => {
        for (const id of ids)
          await trx
            .updateTable('closings')
            .set({ due_at: iso(nowMs) })
            .where('id', '=', id)
            .execute();
      },
    },
  ];
}

async function cardsIn(db: Reading, nowMs: number): Promise<Mending[]> {
  const limit = iso(nowMs + longestBackOffMs + clockDifferenceMs);
  const cards = await db.selectFrom('cards_due').select('survey_id').where('retry_at', '>', limit).execute();
  if (cards.length === 0) return [];
  return [
    {
      sentence: `${cards.length} cards wait for their next try for longer than they can: the clock was wrong. They are tried now`,
      write: (trx) =>
        trx
          .updateTable('cards_due')
          .set({ retry_at: iso(nowMs) })
          .where('retry_at', '>', limit)
          .execute(),
    },
  ];
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
