import type { ClosingState } from '../domain/closing-states.ts';
import type { Ledger } from './open.ts';

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
export async function countDue(ledger: Ledger, now: string): Promise<number> {
  const row = await ledger.db
    .selectFrom('closings')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('queued', '=', 1)
    .where((eb) => eb.or([eb('due_at', 'is', null), eb('due_at', '<=', now)]))
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}
