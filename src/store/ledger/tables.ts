import type { MessageOutcome } from '../../domain/survey/records.ts';
import type { ReminderState } from '../../domain/closing/reminder-state.ts';
import type { Lane } from '../../domain/values/lanes.ts';
import type { ClosingState, Transition } from '../../domain/closing/transitions.ts';
import type { DeliveryName } from '../../domain/delivery.ts';
import type {
  AlertsTable,
  AnswersTable,
  CardsDueTable,
  CardsTable,
  NotesTable,
  VisitsTable,
} from './answer-tables.ts';
import type { MedalliaCountsTable, MedalliaRowsTable } from './medallia-tables.ts';

/**
 * The rows as they are stored. Portable between SQLite and PostgreSQL: times are ISO-8601 UTC text with
 * milliseconds (so that text order is time order), booleans are 0 or 1, structured values are JSON text.
 */
export interface LedgerTables {
  ledger_version: { version: number };
  organization: { id: number; organization_id: string; host_kind: string; origin: string };
  closings: ClosingsTable;
  closing_reports: ClosingReportsTable;
  closing_topics: { closing_id: string; topic_id: string; closed_at: string };
  names: NamesTable;
  reopenings: { conversation_id: string; reopened_at: string };
  history: HistoryTable;
  messages: MessagesTable;
  /** Forms, each stored once under the hash of its content. Never changed. */
  forms: { id: string; body: string };
  answers: AnswersTable;
  cards: CardsTable;
  cards_due: CardsDueTable;
  alerts: AlertsTable;
  reminders: RemindersTable;
  visits: VisitsTable;
  notes: NotesTable;
  unsubscribes: { address: string; at: string; source: string };
  checkpoints: { lane: Lane; name: string; at: string };
  locks: { name: string; claimed_by: string; claim_until: string };
  directories: { kind: string; id: string; body: string; fetched_at: string };
  limits: LimitsTable;
  medallia_rows: MedalliaRowsTable;
  medallia_counts: MedalliaCountsTable;
  /** How far the list of a host has been read. */
  medallia_cursors: { origin: string; sequence: number; at: string };
  /** At most one row. */
  pauses: { id: number; paused_at: string; until: string | null; reason: string | null };
  /** One row, made with the ledger and never changed: the key that forgotten addresses are hashed with. */
  address_keys: { id: number; key: string };
  /** Recordings that were fetched, wherever they were saved. A conversation that is open has no closing. */
  media_files: { path: string; closing_id: string | null; customer_id: string | null; fetched_at: string };
  erasures: ErasuresTable;
}

export interface ClosingsTable {
  id: string;
  conversation_id: string;
  lane: Lane;
  customer_id: string | null;
  closed_at: string;
  first_seen_at: string;
  source: string;
  state: ClosingState;
  state_at: string;
  reopened_at: string | null;
  due_at: string | null;
  /** 1 while the queue may hand the row out once it is due; follows from state and due_at. */
  queued: number;
  attempts: number;
  read_at: string | null;
  decided_at: string | null;
  reasons: string;
  /** The codes of the reasons, joined by commas, for counting. */
  reason_codes: string;
  evidence: string | null;
  customer: string | null;
  agent: string | null;
  survey_id: string | null;
  provider: DeliveryName | null;
  address: string | null;
  survey_url: string | null;
  left_at: string | null;
  sent_at: string | null;
  external_id: string | null;
  error: string | null;
  claimed_by: string | null;
  claim_until: string | null;
  /** The agent who gets the rating. */
  agent_id: string | null;
  inbox_id: string | null;
  /** The channel of the response that counts. */
  channel: string | null;
  /** The agent whom the conversation was assigned to. */
  assignee_id: string | null;
  brand: string | null;
  responded_at: string | null;
  /** The rating of the newest answer. */
  rating: number | null;
  /** When the customer's data was erased from the row. */
  forgotten_at: string | null;
  /** The customer's addresses in the one form that all spellings share. */
  email_key: string | null;
  phone_key: string | null;
  /** The id of the interaction imported from another survey program. */
  imported: string | null;
  /** Who closed the conversation, according to a source. */
  closed_by: string | null;
  closed_by_type: string | null;
  /** The state of its survey's reminder; null: none was begun. */
  reminder: ReminderState | null;
  /** When the reminder left, or may have. */
  reminded_at: string | null;
}

export type NameKind = 'agent' | 'inbox' | 'topic' | 'brand';

/**
 * The name that Gladly gave an agent, an inbox, or a topic when one of its closings was last read; for a brand, the
 * company name that customers read.
 */
export interface NamesTable {
  kind: NameKind;
  id: string;
  name: string;
  email: string | null;
}

/** Another time that a source reported for a closing, besides the closing's own. */
export interface ClosingReportsTable {
  lane: Lane;
  conversation_id: string;
  closed_at: string;
  closing_id: string;
  source: string;
  seen_at: string;
}

export interface HistoryTable {
  closing_id: string;
  sequence: number;
  at: string;
  transition: Transition;
  from_state: ClosingState;
  to_state: ClosingState;
  note: string | null;
}

export interface MessagesTable {
  closing_id: string;
  sequence: number;
  survey_id: string;
  provider: DeliveryName;
  address: string | null;
  left_at: string;
  settled_at: string | null;
  outcome: MessageOutcome | null;
  external_id: string | null;
  error: string | null;
  /** The brand of the closing when the message left. */
  brand: string | null;
  /** The form of its survey; null: it asks nothing besides the rating, a yes or no, and a comment. */
  form_id: string | null;
}

/** The one reminder of a survey. */
export interface RemindersTable {
  closing_id: string;
  survey_id: string;
  provider: DeliveryName;
  state: ReminderState;
  at: string;
  /** Tries that failed. */
  tries: number;
  /** Null once its outcome is recorded. */
  due_at: string | null;
  address: string | null;
  /** When it left, or may have. */
  left_at: string | null;
  settled_at: string | null;
  external_id: string | null;
  reasons: string;
  error: string | null;
}

/** Epoch milliseconds, with fractions. */
export interface LimitsTable {
  bucket: string;
  next_at: number;
  paused_until: number;
  interactive_until: number;
}

/** Data of a forgotten customer that must still be erased outside the ledger's rows. */
export interface ErasuresTable {
  kind: 'card' | 'message' | 'recording' | 'remnants';
  /** For a card its item's id, for a message its survey's id, for a recording its path. */
  name: string;
  tries: number;
  retry_at: string | null;
  /** The code of the last failure. */
  error: string | null;
}
