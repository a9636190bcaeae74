import { keptOrganization, type KnownOrganization } from '../context/organization.ts';
import type { Services } from '../context/services.ts';

/** How long a customer waits for Gladly while nothing at all is known yet. */
const patienceMilliseconds = 300;
const refreshMilliseconds = 15 * 60_000;

/**
 * What is known about the organization without waiting for Gladly: a page must not fail or be slow because Gladly does.
 * Older knowledge is used at once and refreshed in the background.
 */
export function knownOrganization(
  services: Pick<Services, 'ledger' | 'directory' | 'clock' | 'signal'>,
): () => Promise<KnownOrganization> {
  const { ledger, directory, clock, signal } = services;
  let known: KnownOrganization | null = null;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | null = null;

  const ask = (): Promise<void> =>
    (asking ??= directory
      .organization()
      .then(({ name, timezone }) => {
        known = { name, timezone };
      })
      .catch(() => undefined)
      .finally(() => {
        asking = null;
      }));

  return async () => {
    known ??= await keptOrganization(ledger);
    if (clock() - askedAt >= refreshMilliseconds && !signal.aborted) {
      askedAt = clock();
      void ask();
    }
    if (known === null && asking !== null) await atMost(patienceMilliseconds, asking);
    return known ?? { name: null, timezone: null };
  };
}

async function atMost(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, over]);
  clearTimeout(timer);
}
