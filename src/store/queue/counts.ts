import { sql } from 'kysely';
import type { ClosingState } from '../../domain/closing/transitions.ts';
import type { DeliveryName } from '../../domain/delivery.ts';
import type { Ledger } from '../open.ts';
import { inQueueOf } from './queues.ts';

export interface ClosedBetween {
  /** Closed at this time or later. */
  since: string;
  /** Closed before this time. */
  until: string;
}

/** How many closings of a stretch of time are in each state. */
export async function countClosings(
  ledger: Ledger,
  { since, until }: ClosedBetween,
): Promise<Partial<Record<ClosingState, number>>> {
  const rows = await ledger.db
    .selectFrom('closings')
    .select(({ fn }) => ['state', fn.countAll().as('count')])
    .where('closed_at', '>=', since)
    .where('closed_at', '<', until)
    .groupBy('state')
    .execute();
  return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]));
}

/** Closings that the queue still has to work on: undecided ones, and scheduled ones that are due. */
export async function countDue(ledger: Ledger, now: string, delivery: DeliveryName): Promise<number> {
  const row = await ledger.db
    .selectFrom('closings')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('queued', '=', sql.lit(1))
    .where((eb) => eb.or([eb('due_at', 'is', null), eb('due_at', '<=', now)]))
    .where(inQueueOf(delivery))
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}

/** States in which a closing is not settled: the queue or a person has still to do with it. */
const unsettledStates = [
  'pending',
  'scheduled',
  'sending',
  'uncertain',
  'failed',
] as const satisfies readonly ClosingState[];

export interface QueueFigures {
  /** Closings that the queue may take now. */
  due: number;
  /** Since when the one that waits longest has been due. */
  oldestDueAt: string | null;
  states: Record<(typeof unsettledStates)[number], number>;
  /** Surveys of known closings whose newest answer has no card in Gladly. */
  cardsMissing: number;
}

/** As of one moment. Costs by what is not settled, never by what is. */
export async function queueFigures(
  ledger: Ledger,
  now: string,
  delivery: DeliveryName,
): Promise<QueueFigures> {
  return {
    due: await countDue(ledger, now, delivery),
    oldestDueAt: await oldestDue(ledger, now, delivery),
    states: await countUnsettled(ledger),
    cardsMissing: await countCardsDue(ledger),
  };
}

async function oldestDue(ledger: Ledger, now: string, delivery: DeliveryName): Promise<string | null> {
  const queued = ledger.db
    .selectFrom('closings')
    .where('queued', '=', sql.lit(1))
    .where(inQueueOf(delivery))
    .limit(1);
  const timeless = await queued
    .select('first_seen_at')
    .where('due_at', 'is', null)
    .orderBy('first_seen_at')
    .executeTakeFirst();
  const timed = await queued.select('due_at').where('due_at', '<=', now).orderBy('due_at').executeTakeFirst();
  const times = [timeless?.first_seen_at, timed?.due_at].filter((time) => typeof time === 'string');
  return times.sort()[0] ?? null;
}

async function countUnsettled(ledger: Ledger): Promise<QueueFigures['states']> {
  const rows = await ledger.db
    .selectFrom('closings')
    .select(({ fn }) => ['state', fn.countAll().as('count')])
    // Literals: SQLite uses the partial index only if it can see them.
    .where(
      'state',
      'in',
      unsettledStates.map((state) => sql.lit(state)),
    )
    .groupBy('state')
    .execute();
  const counted = Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]));
  const none = { pending: 0, scheduled: 0, sending: 0, uncertain: 0, failed: 0 };
  return { ...none, ...counted };
}

/** Without those of a closing that the ledger knows nothing of: only a person's next post brings their cards. */
async function countCardsDue(ledger: Ledger): Promise<number> {
  const row = await ledger.db
    .selectFrom('cards_due')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('closing_id', 'is not', null)
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}
