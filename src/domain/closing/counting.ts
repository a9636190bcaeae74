import type { Reason, ReasonCode } from './reason.ts';
import type { ClosingError } from './closing.ts';

/**
 * Whether the other side was told about a closing that nobody is asked about, so that it counts there. `leaving`: the
 * other side may know it already. `left_out`: it cannot be told; `error` says why.
 */
export type CountState = 'due' | 'leaving' | 'counted' | 'uncertain' | 'left_out';

/** One suppressed closing that should count on the other side. Times are RFC 3339 in UTC. */
export interface Count {
  closingId: string;
  state: CountState;
  /** When the closing was suppressed. */
  at: string;
  /** Tries that failed. */
  tries: number;
  /** When it is tried next; null once its outcome is recorded. */
  dueAt: string | null;
  settledAt: string | null;
  error: ClosingError | null;
}

/**
 * A closing that is suppressed for one of these reasons does not count: the conversation goes on, the closing counts
 * there by its own request or an earlier one, it is too old to count today, or nothing about its customer may be told
 * anymore.
 */
const uncounted: ReadonlySet<ReasonCode> = new Set([
  'not_closed',
  'reopened',
  'already_surveyed',
  'too_old',
  'forgotten',
]);

/** Whether the other side counts a closing that is suppressed for these reasons. */
export function isCountable(reasons: readonly Reason[]): boolean {
  return !reasons.some(({ code }) => uncounted.has(code));
}
