import type {
  EvidenceAttribution,
  EvidenceConversation,
  EvidenceTimeline,
} from '../domain/attribution/evidence.ts';
import type { DeliveryName } from '../domain/delivery.ts';
import type { SendingPause } from '../domain/closing/pause.ts';
import type { Reason } from '../domain/closing/reason.ts';
import type { Recording } from '../domain/attribution/timeline.ts';

export type SurveyOutcome =
  'sent' | 'would_send' | 'scheduled' | 'suppressed' | 'already_surveyed' | 'uncertain' | 'failed';

export interface DocumentCustomer {
  id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
}

export interface DocumentSurvey {
  id: string;
  provider: DeliveryName;
  /** Null if customers do not answer on our page. */
  url: string | null;
  sentAt: string | null;
  externalId: string | null;
  /** When a scheduled survey is due. */
  dueAt: string | null;
}

export interface DocumentStep {
  name: string;
  status: 'ok' | 'failed';
  milliseconds: number;
}

export interface DocumentError {
  code: string;
  message: string;
  hint: string;
  conversationId: string | null;
}

/** As many messages as `maxPerHour` permits have left within the last hour. */
export interface FullHour {
  maxPerHour: number;
  /** When the next one may leave. */
  until: string;
}

export interface RequestFigures {
  gladly: number;
  retried: number;
  rateLimited: number;
  byOperation: Record<string, number>;
}

/**
 * What `attribute` and `replay` print about one conversation, to scripts and to people alike. Times are RFC 3339 in
 * UTC; unknown is null, never absent. Fields may be added, never renamed or removed.
 */
export interface SurveyDocument {
  conversationId: string;
  outcome: SurveyOutcome;
  reasons: Reason[];
  attribution: EvidenceAttribution | null;
  /**
   * What the credited agent wrote, shortened; null for a call, and if Gladly shows no text. Never stored in the ledger.
   */
  responseText: string | null;
  /** What was looked at, even if nobody qualifies. */
  timeline: EvidenceTimeline | null;
  conversation: EvidenceConversation | null;
  /** The brand that its survey is for; null: none. */
  brand: string | null;
  customer: DocumentCustomer | null;
  recordings: (Recording & { path: string | null })[];
  survey: DocumentSurvey | null;
  /** The pause that a scheduled survey waits for although it is due; otherwise null. */
  pause: SendingPause | null;
  /** The hourly limit that such a survey waits for; otherwise null. */
  fullHour: FullHour | null;
  warnings: string[];
  error: DocumentError | null;
  requests: RequestFigures;
  steps: DocumentStep[];
}
