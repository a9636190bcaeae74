import type { ResolvedSettings } from '../../config/resolved-settings.ts';
import type { Settings } from '../../config/settings.ts';
import { Failure } from '../../failure.ts';
import type { LedgerPlace } from '../../workflow/context/open-ledger.ts';

/** @throws Failure not_configured if no ledger is selected */
export function placeOf(settings: Settings | ResolvedSettings): LedgerPlace {
  const { database, dataDir, delivery, origins } = settings;
  if (database === null) {
    throw new Failure('configuration', 'not_configured', 'no ledger is selected', {
      hint: 'Run `gcsat configure`, or give --domain or GCSAT_DOMAIN, or --database. To try without an account, add --sandbox.',
    });
  }
  const domain = 'domain' in settings ? settings.domain : settings;
  const account = domain === null ? null : { origin: domain.origin, hostKind: domain.hostKind };
  const isNamed = ['flag', 'environment'].includes(origins['database'] ?? 'default');
  return { database, dataDir, delivery, account, isNamed };
}
