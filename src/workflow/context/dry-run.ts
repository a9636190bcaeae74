import type { DeliveryProvider } from '../../ports/delivery-provider.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import { copyLedger } from '../../store/ledger-copy.ts';
import type { Services } from './services.ts';

/**
 * Does the work, or does it as a dry run: everything is read and decided as in the real run, but on a temporary copy of
 * the ledger, and no message leaves. The directory cache and the pacing stay the real ones.
 */
export async function withDryRun<Result>(
  services: Services,
  dryRun: boolean,
  work: (services: Services) => Promise<Result>,
): Promise<Result> {
  return withLedgerCopy(services.ledger, dryRun, (ledger) =>
    work(dryRun ? { ...services, ledger, provider: () => Promise.resolve(accepting(services)) } : services),
  );
}

/** The same for work that needs only the ledger. */
export async function withLedgerCopy<Result>(
  ledger: Ledger,
  dryRun: boolean,
  work: (ledger: Ledger) => Promise<Result>,
): Promise<Result> {
  if (!dryRun) return work(ledger);
  const copy = await copyLedger(ledger);
  try {
    return await work(copy);
  } finally {
    await copy.close();
  }
}

/** Accepts every message and sends none. */
function accepting({ settings }: Services): DeliveryProvider {
  return {
    name: settings.delivery,
    repeatable: true,
    async deliver(_message, leaving) {
      await leaving();
      return { status: 'sent', externalId: null };
    },
    close: () => Promise.resolve(),
  };
}
