import { spelledNumber } from '../../domain/eligibility/addresses.ts';
import { hashedAddress } from '../../domain/eligibility/hashed-address.ts';
import { addressKeyOf } from '../addresses/hashes.ts';
import type { Reading } from '../ledger/ledger.ts';

/** What the ledger has about one person, in both lanes. */
export interface Subject {
  customers: string[];
  /** Normalized. */
  addresses: string[];
  /** Ids of the closings that are not forgotten yet. */
  closings: string[];
  /** Includes surveys whose answers belong to no closing. */
  surveys: string[];
  /** The addresses that are unsubscribed. */
  unsubscribed: string[];
  /** Paths of the recordings that were fetched. */
  recordings: string[];
  /** Whether data of this address was forgotten before. */
  wasForgotten: boolean;
}

/** How many values one query gets at most. */
export const mostAtOnce = 500;

/**
 * Everything that an id or an address leads to. A customer may have several addresses, and a merged customer several
 * ids: each one found leads on to the rest.
 *
 * @param customerId as it was typed
 * @param address the same text, normalized
 */
export async function subjectIn(
  db: Reading,
  { customerId, address }: { customerId: string; address: string },
): Promise<Subject> {
  const customers = new Set<string>();
  const addresses = new Set<string>();
  const closings = new Set<string>();
  const surveys = new Set<string>();
  let ids = [customerId];
  let keys = [address];
  let numbers = [spelledNumber(customerId)];
  let isCustomer = false;
  while (ids.length + keys.length > 0) {
    ids.forEach((id) => customers.add(id));
    keys.forEach((key) => addresses.add(key));
    const found = await rowsOf(db, { ids, keys, numbers });
    numbers = [];
    const posted = await surveysOfCustomers(db, ids);
    isCustomer ||= ids.includes(customerId) && posted.length > 0;
    isCustomer ||= found.some(({ customer_id: id }) => id === customerId);
    for (const { id } of found) closings.add(id);
    for (const { survey_id: survey } of posted) surveys.add(survey);
    ids = fresh(
      found.flatMap(({ customer_id: id }) => id ?? []),
      customers,
    );
    keys = fresh(
      found.flatMap((row) => [row.address, row.email_key, row.phone_key].filter((key) => key !== null)),
      addresses,
    );
  }
  const ofClosings = await surveysOfClosings(db, [...closings]);
  const hashed = hashedAddress(await addressKeyOf(db), address);
  const recordings = [
    ...(await recordingsOf(db, 'closing_id', [...closings])),
    ...(await recordingsOf(db, 'customer_id', [...customers])),
  ];
  const unsubscribed = await inParts([...addresses], (part) =>
    db.selectFrom('unsubscribes').select('address').where('address', 'in', part).execute(),
  );
  return {
    // What was typed may be an address, not an id.
    customers: [...customers].filter((id) => id !== customerId || isCustomer),
    addresses: [...addresses],
    closings: [...closings],
    surveys: [...new Set([...surveys, ...ofClosings])],
    unsubscribed: unsubscribed.map((row) => row.address),
    recordings: [...new Set(recordings)],
    wasForgotten: await isKnown(db, hashed),
  };
}

function fresh(values: readonly string[], known: ReadonlySet<string>): string[] {
  return [...new Set(values)].filter((value) => !known.has(value));
}

async function rowsOf(
  db: Reading,
  { ids, keys, numbers }: Record<'ids' | 'keys' | 'numbers', readonly string[]>,
) {
  const by = (column: 'customer_id' | 'address' | 'email_key' | 'phone_key', values: readonly string[]) =>
    inParts(values, (part) =>
      db
        .selectFrom('closings')
        .select(['id', 'customer_id', 'address', 'email_key', 'phone_key'])
        .where(column, 'in', part)
        .where('forgotten_at', 'is', null)
        .execute(),
    );
  return [
    ...(await by('customer_id', ids)),
    ...(await by('address', keys)),
    ...(await by('email_key', keys)),
    ...(await by('phone_key', [...keys, ...numbers])),
  ];
}

function surveysOfCustomers(db: Reading, ids: readonly string[]) {
  return inParts(ids, (part) =>
    db.selectFrom('cards').select('survey_id').where('customer_id', 'in', part).execute(),
  );
}

/** Includes the surveys of messages and answers from before a closing was decided again. */
export async function surveysOfClosings(db: Reading, closings: readonly string[]): Promise<string[]> {
  const rows = await inParts(closings, async (part) => [
    ...(await db.selectFrom('closings').select('survey_id').where('id', 'in', part).execute()),
    ...(await db.selectFrom('messages').select('survey_id').where('closing_id', 'in', part).execute()),
    ...(await db.selectFrom('answers').select('survey_id').where('closing_id', 'in', part).execute()),
  ]);
  return [...new Set(rows.flatMap(({ survey_id: id }) => id ?? []))];
}

export async function recordingsOf(
  db: Reading,
  column: 'closing_id' | 'customer_id',
  values: readonly string[],
): Promise<string[]> {
  const rows = await inParts(values, (part) =>
    db.selectFrom('media_files').select('path').where(column, 'in', part).execute(),
  );
  return rows.map(({ path }) => path);
}

async function isKnown(db: Reading, hashed: string): Promise<boolean> {
  const row =
    (await db.selectFrom('closings').select('id').where('address', '=', hashed).executeTakeFirst()) ??
    (await db.selectFrom('unsubscribes').select('address').where('address', '=', hashed).executeTakeFirst());
  return row !== undefined;
}

export async function inParts<Value, Row>(
  values: readonly Value[],
  query: (part: readonly Value[]) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let from = 0; from < values.length; from += mostAtOnce) {
    rows.push(...(await query(values.slice(from, from + mostAtOnce))));
  }
  return rows;
}
