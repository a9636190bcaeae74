import type { HostKind } from '../../config/domain.ts';
import type { DeliveryName } from '../../domain/delivery.ts';
import { Failure } from '../../failure.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import { ledgerExists } from '../../store/open.ts';
import { boundOrganization, otherOrganization } from '../../store/organization.ts';
import { openSettingsLedger } from './open-settings-ledger.ts';

/** What is known of a ledger without an account. */
export interface LedgerPlace {
  database: string;
  /** What is remembered of the ledger lies here. */
  dataDir: string;
  /** Named by a flag or the environment, where a typo is possible. */
  isNamed: boolean;
  /** The chosen organization; null while none is. */
  account: { origin: string; hostKind: HostKind } | null;
  delivery: DeliveryName;
}

/**
 * Opens a ledger without a token and without the network. One that does not exist yet is empty, and is made only for a
 * command that writes; one that was named has to exist.
 *
 * @returns also whether the chosen account has another address than the ledger's, and may be another organization
 * @throws Failure ledger_not_found, ledger_of_other_organization, and those of `openSettingsLedger`
 */
export async function openLedgerAlone(
  place: LedgerPlace,
  writes: boolean,
): Promise<{ ledger: Ledger; isElsewhere: boolean }> {
  const { database, dataDir, isNamed, account } = place;
  const exists = ledgerExists(database);
  if (!exists && isNamed) throw ledgerNotFound();
  const ledger = await openSettingsLedger({ dataDir, database: exists || writes ? database : ':memory:' });
  try {
    const bound = await boundOrganization(ledger);
    if (bound === null || account === null) return { ledger, isElsewhere: false };
    if (bound.hostKind === account.hostKind) return { ledger, isElsewhere: bound.origin !== account.origin };
    throw otherOrganization(ledger, bound, account);
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

/** The place is not repeated: a URL may carry a password. */
function ledgerNotFound(): Failure {
  const message = 'there is no ledger at the location in --database or GCSAT_DATABASE_URL';
  return new Failure('configuration', 'ledger_not_found', message, {
    hint: 'Check it for a typo. A ledger is made by the first command that works on closings.',
  });
}
