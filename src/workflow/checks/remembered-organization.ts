import { Failure } from '../../failure.ts';
import { openExistingLedger } from '../../store/ledger-backup.ts';
import { keptOrganization, type KnownOrganization } from '../context/organization.ts';
import type { LedgerPlace } from '../context/open-ledger.ts';

/** What the ledger remembers about the organization; null if there is no ledger, or it cannot be read now. */
export async function rememberedOrganization(place: LedgerPlace | null): Promise<KnownOrganization | null> {
  if (place === null) return null;
  try {
    const ledger = await openExistingLedger(place.database);
    return await keptOrganization(ledger).finally(() => ledger.close());
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}
