import type { Closing } from '../../domain/closing/closing.ts';
import type { Ledger, Reading, Writing } from '../ledger/ledger.ts';
import { suppress } from '../medallia/suppress.ts';
import { formsOf } from './hashes.ts';

export interface Unsubscribe {
  /** Normalized email address or phone number; a keyed hash of it if its customer was forgotten. */
  address: string;
  at: string;
  /** How the customer unsubscribed, e.g. `page`. */
  source: string;
}

/**
 * Records that an address (normalized) gets no more surveys; the first time counts. Surveys that are scheduled for it
 * are suppressed in the same transaction.
 * @param source how the customer unsubscribed, e.g. `page`
 * @param countsUnasked whether the suppressed closings still count in Agent Connect
 * @returns whether the address was not unsubscribed before, and the closings that this suppressed
 */
export async function unsubscribe(
  ledger: Ledger,
  address: string,
  at: string,
  source: string,
  countsUnasked = false,
): Promise<{ isNew: boolean; suppressed: Closing[] }> {
  return ledger.write({ addresses: [address] }, (trx) =>
    unsubscribeIn(trx, address, at, source, countsUnasked),
  );
}

/** The same as a part of a transaction that holds the address exclusively. */
export async function unsubscribeIn(
  trx: Writing,
  address: string,
  at: string,
  source: string,
  countsUnasked = false,
): Promise<{ isNew: boolean; suppressed: Closing[] }> {
  const isNew = !(await hasUnsubscribed(trx, address));
  if (isNew) await trx.insertInto('unsubscribes').values({ address, at, source }).execute();
  const scheduled = await trx
    .selectFrom('closings')
    .select('id')
    .where('address', '=', address)
    .where('state', '=', 'scheduled')
    .forUpdate()
    .execute();
  const reason = { code: 'unsubscribed', detail: `unsubscribed at ${at}` } as const;
  const suppressed: Closing[] = [];
  for (const { id } of scheduled) {
    suppressed.push(await suppress(trx, id, [reason], { at, countsUnasked }));
  }
  return { isNew, suppressed };
}

export async function isUnsubscribed(ledger: Ledger, address: string): Promise<boolean> {
  return ledger.read((db) => hasUnsubscribed(db, address));
}

/** Newest first. */
export async function listUnsubscribes(ledger: Ledger): Promise<Unsubscribe[]> {
  return ledger.read((db) =>
    db
      .selectFrom('unsubscribes')
      .select(['address', 'at', 'source'])
      .orderBy('at', 'desc')
      .orderBy('address')
      .execute(),
  );
}

/** @returns whether the address was unsubscribed */
export async function resubscribe(ledger: Ledger, address: string): Promise<boolean> {
  return ledger.write({ addresses: [address] }, async (trx) => {
    const { numDeletedRows } = await trx
      .deleteFrom('unsubscribes')
      .where('address', 'in', await formsOf(trx, address))
      .executeTakeFirst();
    return numDeletedRows > 0n;
  });
}

export async function hasUnsubscribed(db: Reading, address: string): Promise<boolean> {
  const row = await db
    .selectFrom('unsubscribes')
    .select('address')
    .where('address', 'in', await formsOf(db, address))
    .executeTakeFirst();
  return row !== undefined;
}
