import { timeAt } from '../../domain/values/instant.ts';
import { backOff } from '../../domain/closing/back-off.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import { type Failure, isForbidden } from '../../failure.ts';
import type { Services } from '../context/services.ts';

/** An outage or a missing permission must not use up the tries of every closing that meets it. */
export function passes(failure: Failure): boolean {
  return failure.passes || isForbidden(failure);
}

/**
 * When the queue tries a failed closing again; null after the last try. Gladly listed the closing, so a conversation
 * that it does not find now may be found later: its answers pass through caches and proxies.
 */
export function retryTime(
  { clock }: Pick<Services, 'clock'>,
  closing: Pick<Closing, 'attempts'>,
  failure: Failure,
): string | null {
  const wait = backOff(closing.attempts + 1, passes(failure));
  return wait === null ? null : timeAt(clock() + wait);
}
