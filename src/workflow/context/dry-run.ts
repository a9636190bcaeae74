import type { DeliveryProvider } from '../../ports/delivery-provider.ts';
import type { Ledger } from '../../store/open.ts';
import { copyLedger } from '../../store/sqlite/ledger-copy.ts';
import type { Services } from './services.ts';

/**
 * The same services for a dry run: everything is read and decided as in the real run, on a copy of the ledger, and no
 * message leaves. The cache of directories and the pacing stay the real ones.
 */
export function dryRunServices(services: Services, scratch: Ledger): Services {
  const provider: DeliveryProvider = {
    name: services.settings.delivery,
    repeatable: true,
    async deliver(_message, leaving) {
      await leaving();
      return { status: 'sent', externalId: null };
    },
    close: () => Promise.resolve(),
  };
  return { ...services, ledger: scratch, provider: () => Promise.resolve(provider) };
}

/** Does the work itself, or rehearses it as a dry run: then with a copy of the ledger that is gone afterwards. */
export async function withDryRun<Result>(
  services: Services,
  dryRun: boolean,
  work: (services: Services) => Promise<Result>,
): Promise<Result> {
  if (!dryRun) return work(services);
  const scratch = await copyLedger(services.ledger);
  try {
    return await work(dryRunServices(services, scratch));
  } finally {
    await scratch.close();
  }
}
