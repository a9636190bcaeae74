import type { ClosingState } from '../../domain/closing/transitions.ts';
import type { DeliveryName } from '../../domain/delivery.ts';
import type { Reason } from '../../domain/eligibility/reason.ts';

/** The unit of work: one closing of one conversation, its verdict and its survey. */
export interface Closing {
  /** The conversation's id and the time first seen, `${conversationId}@${closedAt}`; never changes. */
  id: string;
  conversationId: string;
  customerId: string | null;
  closedAt: string;
  firstSeenAt: string;
  source: string;
  state: ClosingState;
  stateAt: string;
  reopenedAt: string | null;
  /** When the queue may take it; null: at once (a failed one: never by itself). */
  dueAt: string | null;
  /** Tries that failed since it was first seen or last retried by a person. */
  attempts: number;
  readAt: string | null;
  decidedAt: string | null;
  reasons: Reason[];
  evidence: unknown;
  customer: { id: string; name: string | null; email: string | null; phone: string | null } | null;
  agent: { id: string; name: string | null; email: string | null } | null;
  surveyId: string | null;
  /** By what the survey goes. A trial's name also while nothing is decided: only trials have seen this closing. */
  provider: DeliveryName | null;
  /** Normalised e-mail address or phone number that the survey goes to. */
  address: string | null;
  surveyUrl: string | null;
  leftAt: string | null;
  sentAt: string | null;
  externalId: string | null;
  error: ClosingError | null;
  claimedBy: string | null;
  claimUntil: string | null;
}

export interface ClosingError {
  code: string;
  message: string;
  hint: string;
}

/** What a transition may write besides the state; a field that is left out stays. */
export type ClosingChange = Partial<
  Omit<
    Closing,
    | 'id'
    | 'conversationId'
    | 'closedAt'
    | 'firstSeenAt'
    | 'source'
    | 'state'
    | 'stateAt'
    | 'claimedBy'
    | 'claimUntil'
  >
>;

export type ReportSource =
  'replay' | 'attribute' | 'post' | 'webhook' | 'events' | 'report' | 'conversations';

export interface ClosingReport {
  conversationId: string;
  customerId: string | null;
  closedAt: string;
  source: ReportSource;
  seenAt: string;
  /** By what those are to be asked who are asked because of it; without it, by a real delivery. */
  delivery?: DeliveryName | undefined;
}

export interface RecordedClosing {
  closing: Closing;
  isNew: boolean;
}
