import type { ReasonCode } from './reason.ts';
import type { Closing, ClosingError } from './closing.ts';
import type { ReminderState } from './reminder-state.ts';

/** Why a survey that left gets no reminder, besides what keeps a closing from a survey. */
export type ReminderReasonCode =
  ReasonCode | 'answered' | 'begun' | 'expired' | 'asked_since' | 'too_late' | 'delivery_changed';

export interface ReminderReason {
  code: ReminderReasonCode;
  /** One line for a person. */
  detail: string;
}

/** One message more for a survey that was sent and is not answered. Times are RFC 3339 in UTC. */
export interface Reminder {
  closingId: string;
  surveyId: string;
  provider: NonNullable<Closing['provider']>;
  state: ReminderState;
  /** When it was to leave at first. */
  at: string;
  /** Tries that failed. */
  tries: number;
  /** When it is looked at next; null once its outcome is recorded. */
  dueAt: string | null;
  /** Normalized; null before it left. */
  address: string | null;
  /** When it left, or may have. */
  leftAt: string | null;
  settledAt: string | null;
  externalId: string | null;
  reasons: ReminderReason[];
  error: ClosingError | null;
}

/** A reminder that could not leave for so long after its time is of no use to anybody. */
export const latestReminderMs = 3 * 86_400_000;
