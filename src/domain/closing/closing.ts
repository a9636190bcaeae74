import type { Participant } from '../attribution/timeline.ts';
import type { Evidence } from '../attribution/evidence.ts';
import type { DeliveryName } from '../delivery.ts';
import type { Reason } from './reason.ts';
import type { Lane } from '../values/lanes.ts';
import type { ReminderState } from './reminder-state.ts';
import type { ClosingState } from './transitions.ts';

/**
 * The unit of work: one closing of one conversation in one lane, its verdict and its survey. Times are RFC 3339 in UTC.
 */
export interface Closing {
  /** `closingIdOf` the conversation, the time first reported and the lane; never changes. */
  id: string;
  conversationId: string;
  lane: Lane;
  customerId: string | null;
  closedAt: string;
  /** Who closed it, according to the first source that says so. */
  closedBy: Participant | null;
  firstSeenAt: string;
  source: string;
  state: ClosingState;
  stateAt: string;
  /** The earliest known reopening at or after this closing. */
  reopenedAt: string | null;
  /** When the queue may take it; null: at once (a failed closing: only a person retries it). */
  dueAt: string | null;
  /** Failed tries since it was first reported or last retried by a person. */
  attempts: number;
  readAt: string | null;
  decidedAt: string | null;
  reasons: Reason[];
  evidence: Evidence | null;
  customer: { id: string; name: string | null; email: string | null; phone: string | null } | null;
  agent: { id: string; name: string | null; email: string | null } | null;
  surveyId: string | null;
  provider: DeliveryName | null;
  /** Normalized email address or phone number that the survey goes to. */
  address: string | null;
  surveyUrl: string | null;
  leftAt: string | null;
  sentAt: string | null;
  externalId: string | null;
  error: ClosingError | null;
  claimedBy: string | null;
  claimUntil: string | null;
  /**
   * The name of the brand that its survey is for, or would have been; null: none. A survey keeps the brand it was sent
   * for.
   */
  brand: string | null;
  /** When its customer was forgotten: it no longer holds anything about the customer, and it is never surveyed. */
  forgottenAt: string | null;
  /**
   * The interaction of another survey program that was imported for it. With `sentAt`, the customer was asked there.
   */
  imported: string | null;
  /** The state of its survey's reminder; null while there is none. */
  reminder: ReminderState | null;
  /** When the reminder left, or may have. */
  remindedAt: string | null;
}

export interface ClosingError {
  code: string;
  message: string;
  hint: string;
}

/** What a move may write besides the state; a field that is left out stays as it is. */
export type ClosingChange = Partial<
  Pick<
    Closing,
    | 'customerId'
    | 'reopenedAt'
    | 'dueAt'
    | 'attempts'
    | 'readAt'
    | 'decidedAt'
    | 'reasons'
    | 'evidence'
    | 'customer'
    | 'agent'
    | 'surveyId'
    | 'provider'
    | 'address'
    | 'surveyUrl'
    | 'leftAt'
    | 'sentAt'
    | 'externalId'
    | 'error'
    | 'brand'
  >
> & {
  /** The brand's name as customers read it. The brand may be gone from the profile when a page needs the name. */
  companyName?: string | null;
};

/** What was read about a closing, kept with its verdict. */
export type ClosingReading = Pick<Closing, 'readAt' | 'evidence' | 'customer' | 'agent' | 'customerId'> &
  // Left out if the inbox was not read.
  Pick<ClosingChange, 'brand' | 'companyName'>;

export type ReportSource =
  'replay' | 'attribute' | 'post' | 'webhook' | 'events' | 'report' | 'export' | 'conversations' | 'import';

/** One source reports that a conversation closed. */
export interface ClosingReport {
  lane: Lane;
  conversationId: string;
  customerId: string | null;
  closedAt: string;
  /** Who closed it, if the source says so. */
  closedBy?: Participant | null;
  source: ReportSource;
  /** When we learned of it. */
  seenAt: string;
}

/** One source reports that a conversation was reopened. */
export interface Reopening {
  conversationId: string;
  reopenedAt: string;
}

/** Clears the survey that a closing had. */
export const noSurvey = {
  surveyId: null,
  provider: null,
  surveyUrl: null,
  address: null,
  dueAt: null,
  leftAt: null,
  sentAt: null,
  externalId: null,
} as const satisfies ClosingChange;
