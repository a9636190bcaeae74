import type { ReasonCode } from '../eligibility/reason.ts';
import type { Closing, ClosingError } from '../closing/closing.ts';

/**
 * What became of the one reminder of a survey. `leaving`: it may have left already. `left_out`: it is not to be sent, as its
 * reasons say. `failed`: the other side refused it.
 */
export type ReminderState = 'due' | 'leaving' | 'sent' | 'uncertain' | 'failed' | 'left_out';

/** Why a survey that left gets no reminder, besides what keeps a closing from a survey. */
export type ReminderReasonCode = ReasonCode | 'answered' | 'begun' | 'expired' | 'asked_since' | 'too_late' | 'delivery_changed';

export interface ReminderReason {
  code: ReminderReasonCode;
  detail: string;
}

/** Times are RFC 3339 in UTC. */
export interface Reminder {
  closingId: string;
  surveyId: string;
  provider: NonNullable<Closing['provider']>;
  state: ReminderState;
  /** When it was to leave at first. */
  at: string;
  /** Tries that failed. */
  tries: number;
  /** When it is looked at next; null once it is settled. */
  dueAt: string | null;
  /** Normalized. */
  address: string | null;
  /** When it left, or may have. */
  leftAt: string | null;
  settledAt: string | null;
  externalId: string | null;
  reasons: readonly ReminderReason[];
  error: ClosingError | null;
}

/** A reminder that could not leave for so long is of no use to anybody any more. */
export const latestReminderMilliseconds = 3 * 86_400_000;

