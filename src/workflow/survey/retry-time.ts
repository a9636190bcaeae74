import { backOff } from '../../domain/closing/back-off.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import { type Failure, isForbidden } from '../../failure.ts';
import type { Services } from '../context/services.ts';

/** An outage, or a missing permission, must not use up the tries of all closings that meet it. */
export function passes(failure: Failure): boolean {
  return failure.kind === 'temporary' || isForbidden(failure);
}

/** When the queue tries a failed closing again; null where another try cannot help. */
export function retryTime(
  { clock }: Pick<Services, 'clock'>,
  closing: Pick<Closing, 'attempts'>,
  failure: Failure,
): string | null {
  const wait = failure.kind === 'not_found' ? null : backOff(closing.attempts + 1, passes(failure));
  return wait === null ? null : new Date(clock() + wait).toISOString();
}
