import { sql } from 'kysely';
import { isTrial, type DeliveryName } from '../domain/delivery.ts';
import type { Closing } from './closings.ts';
import type { Ledger } from './open.ts';

/**
 * The id of the newest closing of the same customer that waits for the queue and is due, if it is newer than the
 * given one. A trial delivery does not wait for closings that a real one scheduled.
 */
export async function newerWaiting(
  ledger: Ledger,
  { customerId, closedAt }: Pick<Closing, 'customerId' | 'closedAt'>,
  now: string,
  delivery: DeliveryName,
): Promise<string | null> {
  if (customerId === null) return null;
  const row = await ledger.db
    .selectFrom('closings')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('closed_at', '>', closedAt)
    .where('queued', '=', sql.lit(1))
    .where((eb) => eb.or([eb('due_at', 'is', null), eb('due_at', '<=', now)]))
    .$if(isTrial(delivery), (query) =>
      query.where((eb) =>
        eb.or([eb('state', '!=', 'scheduled'), eb('provider', 'is', null), eb('provider', '=', delivery)]),
      ),
    )
    .orderBy('closed_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}
