import { Failure } from '../failure.ts';
import type { Ledger, Reading } from './ledger/ledger.ts';

export interface BoundOrganization {
  /** Gladly's id, or the origin if Gladly gave none. */
  organizationId: string;
  hostKind: 'com' | 'qa' | 'loopback' | 'other';
  /** Where it was first reached, e.g. `https://acme.gladly.com`. */
  origin: string;
}

/**
 * Ties the ledger to the organization it is first used for, so that production and sandbox cannot mix.
 *
 * @throws Failure ledger_of_other_organization
 */
export async function bindOrganization(ledger: Ledger, who: BoundOrganization): Promise<void> {
  const bound = (await boundOrganization(ledger)) ?? who;
  if (!isSame(bound, who)) throw otherOrganization(ledger, bound, { ...who, name: who.organizationId });
  if (bound !== who && (bound.organizationId === who.organizationId || isIdMissing(who, bound))) return;
  const written = await ledger.write('ledger', async (trx) => {
    await trx
      .insertInto('organization')
      .values({ id: 1, organization_id: who.organizationId, host_kind: who.hostKind, origin: who.origin })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    const now = await organizationIn(trx);
    if (now === null || !isIdMissing(now, who)) return now ?? who;
    await trx.updateTable('organization').set({ organization_id: who.organizationId }).execute();
    return { ...now, organizationId: who.organizationId };
  });
  if (isSame(written, who)) return;
  throw otherOrganization(ledger, written, { ...who, name: who.organizationId });
}

/** Like `bindOrganization`, but writes nothing. @throws Failure ledger_of_other_organization */
export async function refuseOtherOrganization(ledger: Ledger, who: BoundOrganization): Promise<void> {
  const bound = await boundOrganization(ledger);
  if (bound === null || isSame(bound, who)) return;
  throw otherOrganization(ledger, bound, { ...who, name: who.organizationId });
}

/** Ids decide; if one side has none, the origin decides. */
function isSame(bound: BoundOrganization, who: BoundOrganization): boolean {
  if (bound.hostKind !== who.hostKind) return false;
  return bound.organizationId === who.organizationId || isIdMissing(bound, who) || isIdMissing(who, bound);
}

/** Whether `one` has its origin in place of an id, and both have the same origin. */
function isIdMissing(one: BoundOrganization, other: BoundOrganization): boolean {
  return one.organizationId === one.origin && one.origin === other.origin;
}

export function otherOrganization(
  ledger: Ledger,
  bound: Pick<BoundOrganization, 'organizationId' | 'origin'>,
  asked: { origin: string; name?: string },
): Failure {
  const whom = asked.name === undefined ? asked.origin : `${asked.name} at ${asked.origin}`;
  return new Failure(
    'configuration',
    'ledger_of_other_organization',
    `The ledger ${ledger.location} belongs to the organization ${bound.organizationId} at ${bound.origin}, not to ${whom}.`,
    { hint: 'Choose the profile of that organization, or another ledger (--database).' },
  );
}

export function boundOrganization(ledger: Pick<Ledger, 'read'>): Promise<BoundOrganization | null> {
  return ledger.read(organizationIn);
}

async function organizationIn(db: Reading): Promise<BoundOrganization | null> {
  const row = await db.selectFrom('organization').selectAll().executeTakeFirst();
  if (row === undefined) return null;
  return {
    organizationId: row.organization_id,
    hostKind: row.host_kind as BoundOrganization['hostKind'],
    origin: row.origin,
  };
}
