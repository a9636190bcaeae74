import { timeNow } from '../../domain/values/instant.ts';

const everyMilliseconds = 10_000;

/**
 * Keeps renewing a claim or a lock while its holder works. If it is not renewed in time, others may take it, unless it
 * is the claim of a live process on this host.
 *
 * @param goesOn whether the holder still makes progress
 * @returns ends the renewal
 */
export function keepRenewing(
  renew: (now: string) => Promise<unknown>,
  clock: () => number,
  goesOn: () => boolean = () => true,
): () => void {
  const renewal = setInterval(() => {
    if (!goesOn()) return;
    renew(timeNow(clock)).catch(() => undefined);
  }, everyMilliseconds);
  return () => clearInterval(renewal);
}
