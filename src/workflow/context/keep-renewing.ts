import { timeNow } from '../../domain/values/instant.ts';

const everyMilliseconds = 10_000;

/**
 * Extends a claim or a lock again and again while its holder works. One that is not renewed in time is given to others,
 * unless it is the claim of a process of this host that lives.
 *
 * @param goesOn whether the holder still makes progress
 * @returns ends it
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
