import type { DeliveryProvider } from '../delivery/provider.ts';
import type { Ledger } from '../ledger/open.ts';
import type { Services } from './services.ts';

/**
 * The same services for a dry run: everything is read and decided as in the real run, on a copy of the ledger, and no
 * message leaves. The cache of directories and the pacing stay the real ones.
 */
export function rehearsal(services: Services, scratch: Ledger): Services {
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
