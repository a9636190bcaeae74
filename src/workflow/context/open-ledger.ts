import type { HostKind } from '../../config/domain.ts';
import type { DeliveryName } from '../../domain/delivery.ts';
import { Failure } from '../../failure.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import { ledgerExists } from '../../store/open.ts';
import { boundOrganization, otherOrganization } from '../../store/organization.ts';
import { openSettingsLedger } from './open-settings-ledger.ts';

/** What is known about a ledger before there is an account. */
export interface LedgerPlace {
  database: string;
  /** Where gcsat remembers things about the ledger. */
  dataDir: string;
  /** Named by a flag or the environment, where a typo is possible. */
  isNamed: boolean;
  /** The chosen organization; null while none is chosen. */
  account: { origin: string; hostKind: HostKind } | null;
  delivery: DeliveryName;
}

/**
 * Opens a ledger without a token or the network. A ledger that does not exist counts as empty and is created only for a
 * command that writes; a ledger that was named must exist.
 *
 * @returns `isElsewhere`: the account's address differs from the ledger's, so it may be another organization
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

/** The message does not repeat the location: a URL may carry a password. */
function ledgerNotFound(): Failure {
  const message = 'there is no ledger at the location in --database or GCSAT_DATABASE_URL';
  return new Failure('configuration', 'ledger_not_found', message, {
    hint: 'Check it for a typo. The first command that works on closings creates a ledger.',
  });
}
