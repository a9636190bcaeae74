import type { Reason, ReasonCode } from './reason.ts';
import type { ClosingError } from './closing.ts';

/**
 * What became of telling the other side about a closing of which nobody is asked, so that it counts there. `leaving`: it
 * may be there already. `left_out`: it cannot be told, as `error` says.
 */
export type CountState = 'due' | 'leaving' | 'counted' | 'uncertain' | 'left_out';

/** One suppressed closing that is to count on the other side. Times are RFC 3339 in UTC. */
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
 * Of these nothing has ended that could count: the conversation goes on, the closing counts there by its own request or an
 * earlier one, it lies too far back for a count of today, or nothing of its customer may be told any more.
 */
const uncounted: ReadonlySet<ReasonCode> = new Set([
  'not_closed',
  'reopened',
  'already_surveyed',
  'too_old',
  'forgotten',
]);

/** Whether a closing that is suppressed for these reasons is one that the other side counts. */
export function isCountable(reasons: readonly Reason[]): boolean {
  return !reasons.some(({ code }) => uncounted.has(code));
}
