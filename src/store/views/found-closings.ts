import { spelledNumber } from '../../domain/eligibility/addresses.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import { toClosing } from '../closings/rows.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** Finds closings by closing id, survey id, or conversation id, newest first; each closing of a conversation once. */
export async function findClosings(ledger: Ledger, anyId: string): Promise<Closing[]> {
  return ledger.read(async (db) => {
    const rows = await db
      .selectFrom('closings')
      .selectAll()
      .where((eb) =>
        eb.or([eb('id', '=', anyId), eb('survey_id', '=', anyId), eb('conversation_id', '=', anyId)]),
      )
      .orderBy('closed_at', 'desc')
      .execute();
    const closings = rows.map(toClosing);
    return closings.filter(
      (closing) => closing.conversationId !== anyId || !isSupersededBy(closing, closings),
    );
  });
}

/**
 * All closings of the customer with this id or address, newest first, including those that were decided before the
 * customer was read.
 *
 * @param customerId as it was typed
 * @param address the same text, normalized
 */
export async function findClosingsOfCustomer(
  ledger: Ledger,
  customerId: string,
  address: string,
): Promise<Closing[]> {
  return ledger.read(async (db) => {
    const named = (column: 'email_key' | 'phone_key', keys: string[]) =>
      db.selectFrom('closings').select(['id', 'customer_id']).where(column, 'in', keys);
    const known = await db
      .selectFrom('closings')
      .select(['id', 'customer_id'])
      .where('customer_id', '=', customerId)
      .union(db.selectFrom('closings').select(['id', 'customer_id']).where('address', '=', address))
      .union(named('email_key', [address]))
      .union(named('phone_key', [address, spelledNumber(customerId)]))
      .execute();
    if (known.length === 0) return [];
    const ids = known.map(({ id }) => id);
    const customers = known.flatMap(({ customer_id: id }) => id ?? []);
    const rows = await db
      .selectFrom('closings')
      .selectAll()
      .where((eb) =>
        eb.or([eb('id', 'in', ids), ...(customers.length === 0 ? [] : [eb('customer_id', 'in', customers)])]),
      )
      .orderBy('closed_at', 'desc')
      .execute();
    const closings = rows.map(toClosing);
    return closings.filter((closing) => !isSupersededBy(closing, closings));
  });
}

/** A trial whose closing the live lane knows. */
function isSupersededBy({ lane, conversationId, closedAt }: Closing, others: readonly Closing[]): boolean {
  return (
    lane !== 'live' &&
    others.some(
      (other) =>
        other.lane === 'live' && other.conversationId === conversationId && other.closedAt === closedAt,
    )
  );
}
