import type { ReasonCode } from './reason.ts';
import type { Closing, ClosingError } from './closing.ts';
import type { ReminderState } from './reminder-state.ts';

/** Why a survey that left gets no reminder, besides the reasons that keep a closing from being surveyed. */
export type ReminderReasonCode =
  ReasonCode | 'answered' | 'begun' | 'expired' | 'asked_since' | 'too_late' | 'delivery_changed';

export interface ReminderReason {
  code: ReminderReasonCode;
  /** One line for a person. */
  detail: string;
}

/** One more message for a survey that was sent and is not answered. Times are RFC 3339 in UTC. */
export interface Reminder {
  closingId: string;
  surveyId: string;
  provider: NonNullable<Closing['provider']>;
  state: ReminderState;
  /** When it was first due to leave. */
  at: string;
  /** Tries that failed. */
  tries: number;
  /** When it is looked at next; null once its outcome is recorded. */
  dueAt: string | null;
  /** Normalized; null until it leaves. */
  address: string | null;
  /** When it left, or may have. */
  leftAt: string | null;
  settledAt: string | null;
  externalId: string | null;
  reasons: ReminderReason[];
  error: ClosingError | null;
}

/** A reminder that leaves later than this after its time is of no use to anybody. */
export const latestReminderMs = 3 * 86_400_000;
