import type { DeliveryName } from '../domain/delivery.ts';
import type { Reason } from '../domain/closing/reason.ts';
import type { Note } from '../domain/survey/records.ts';
import type { DocumentRevision } from './answer.ts';
import type { ListedState, MedalliaDelivery } from './surveys.ts';

interface Named {
  id: string;
  name: string | null;
}

/** Everything that is known of one closing, as `export` prints it. Fields may be added, never renamed or removed. */
export interface ExportRow {
  closingId: string;
  conversationId: string;
  closedAt: string;
  state: ListedState;
  reasons: Reason[];
  customer: { id: string | null; name: string | null; email: string | null; phone: string | null } | null;
  /** Who gets the rating; null if nobody qualifies. */
  agent: { id: string | null; name: string | null; email: string | null } | null;
  respondedAt: string | null;
  channel: string | null;
  assignee: Named | null;
  /** Every agent who sent a response, each once, in the order of their first responses. */
  responders: Named[];
  inbox: Named | null;
  topics: Named[];
  brand: string | null;
  survey: {
    id: string;
    provider: DeliveryName | null;
    sentAt: string | null;
    openedAt: string | null;
    remindedAt: string | null;
  } | null;
  answer: DocumentRevision | null;
  card: { itemId: string; postedAt: string | null } | null;
  notes: Note[];
  /** The interaction of Agent Connect that was imported for it. */
  imported: { id: string; askedAt: string | null } | null;
  /** What Agent Connect says about its request; null if there was none, or it was not read yet. */
  medallia: MedalliaDelivery | null;
}

/** What `export` prints about itself once the rows are in a file. */
export interface ExportSummary {
  file: string;
  format: 'csv' | 'jsonl';
  /** The range of the closings; from 1970 if only the time of their answers was given. */
  range: { since: string; until: string; timezone: string };
  /** The range of their newest answers; null if none was given. */
  answered: { since: string; until: string } | null;
  rows: number;
}
