import { hashedAddress } from '../../domain/eligibility/hashed-address.ts';
import type { Reading } from '../ledger/ledger.ts';

/** The key that this ledger hashes addresses with. */
export async function addressKeyOf(db: Reading): Promise<string> {
  const { key } = await db
    .selectFrom('address_keys')
    .select('key')
    .where('id', '=', 1)
    .executeTakeFirstOrThrow();
  return key;
}

/** Both forms in which the ledger may know an address: as it is, and forgotten. */
export async function formsOf(db: Reading, address: string): Promise<[clear: string, hashed: string]> {
  return [address, hashedAddress(await addressKeyOf(db), address)];
}
