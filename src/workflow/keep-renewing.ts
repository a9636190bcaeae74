import { timeNow } from '../domain/instant.ts';

const everyMilliseconds = 10_000;

/**
 * Extends a claim or a lock again and again while its holder works. A renewal that fails lets it run out; whoever comes
 * too late then is refused by the guarded transitions.
 *
 * @returns ends it
 */
export function keepRenewing(renew: (now: string) => Promise<unknown>, clock: () => number): () => void {
  const renewal = setInterval(() => {
    renew(timeNow(clock)).catch(() => undefined);
  }, everyMilliseconds);
  return () => clearInterval(renewal);
}
