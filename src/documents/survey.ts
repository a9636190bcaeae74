import type { ConsideredItem } from '../domain/attribution/credit.ts';
import type { DeliveryName } from '../domain/delivery.ts';
import type { Reason } from '../domain/eligibility/reason.ts';
import type { Recording } from '../domain/attribution/timeline.ts';

export type SurveyOutcome =
  'sent' | 'would_send' | 'scheduled' | 'suppressed' | 'already_surveyed' | 'uncertain' | 'failed';

export interface AgentIdentity {
  id: string | null;
  name: string | null;
  email: string | null;
}

/** A considered item with the agent's name, where the directory knows it. */
export interface DocumentItem extends ConsideredItem {
  agentName: string | null;
}

export interface DocumentAttribution {
  agent: AgentIdentity;
  itemId: string | null;
  itemType: string;
  channel: string | null;
  respondedAt: string;
  confidence: 'exact' | 'truncated';
  considered: DocumentItem[];
}

export interface DocumentConversation {
  status: string;
  createdAt: string | null;
  closedAt: string | null;
  /** Id of the closing; null while the conversation has none. */
  closing: string | null;
  assignedAgentId: string | null;
  assignedAgentName: string | null;
  inbox: { id: string; name: string | null } | null;
  topics: { id: string; name: string | null }[];
}

export interface DocumentCustomer {
  id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
}

export interface DocumentSurvey {
  id: string;
  provider: DeliveryName;
  url: string;
  sentAt: string | null;
  externalId: string | null;
  /** When a scheduled survey is due. */
  dueAt: string | null;
}

export interface DocumentStep {
  name: string;
  status: 'ok' | 'failed' | 'skipped';
  milliseconds: number;
}

export interface DocumentError {
  code: string;
  message: string;
  hint: string;
  conversationId: string | null;
}

export interface RequestFigures {
  gladly: number;
  retried: number;
  rateLimited: number;
  byOperation: Record<string, number>;
}

/**
 * What `attribute` and `replay` tell about one conversation, to scripts and to people alike. Times are RFC 3339 in
 * UTC; unknown is null, never absent. Fields may be added, never renamed or removed.
 */
export interface SurveyDocument {
  conversationId: string;
  outcome: SurveyOutcome;
  reasons: Reason[];
  attribution: DocumentAttribution | null;
  /** What was looked at, also where nobody qualifies. */
  timeline: { items: number; truncated: boolean; considered: DocumentItem[] } | null;
  conversation: DocumentConversation | null;
  customer: DocumentCustomer | null;
  recordings: (Recording & { path: string | null })[];
  survey: DocumentSurvey | null;
  warnings: string[];
  error: DocumentError | null;
  requests: RequestFigures;
  steps: DocumentStep[];
}
