import { sql } from 'kysely';
import { addressKey } from '../../domain/eligibility/addresses.ts';
import type { Writing } from '../ledger/ledger.ts';

/**
 * Version 6: addresses are stored in the one form that all spellings of a mailbox share. Before that, a domain was
 * stored as it was written, in Unicode or in punycode.
 */
export async function respellAddresses(trx: Writing): Promise<void> {
  const isSpelledOut = sql<boolean>`address GLOB '*[^ -~]*'`;
  const unsubscribed = await trx.selectFrom('unsubscribes').selectAll().where(isSpelledOut).execute();
  for (const { address, at, source } of unsubscribed) {
    const key = addressKey(address);
    await trx.deleteFrom('unsubscribes').where('address', '=', address).execute();
    await trx
      .insertInto('unsubscribes')
      .values({ address: key, at, source })
      .onConflict((conflict) =>
        // The earlier time counts, as when an address unsubscribes twice.
        conflict.column('address').doUpdateSet({ at, source }).where('unsubscribes.at', '>', at),
      )
      .execute();
  }
  const addresses = await trx
    .selectFrom('closings')
    .select('address')
    .where(isSpelledOut)
    .distinct()
    .$narrowType<{ address: string }>()
    .execute();
  for (const { address } of addresses) {
    const key = addressKey(address);
    await trx.updateTable('closings').set({ address: key }).where('address', '=', address).execute();
  }
}
