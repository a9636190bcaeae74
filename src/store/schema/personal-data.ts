import { readEvidence } from '../../domain/attribution/evidence.ts';
import type { ClosingError } from '../../domain/closing/closing.ts';
import type { Reason } from '../../domain/closing/reason.ts';
import type { LedgerTables } from '../ledger/tables.ts';

/**
 * What happens to a column when a customer is forgotten. `kept`: it says nothing about a customer. `null`, `empty`:
 * erased. `hash`: a keyed hash remains, so that being forgotten does not get anyone asked again. `rewritten`: the
 * function returns what remains of the text.
 */
export type ColumnClass =
  'kept' | 'null' | 'empty' | 'hash' | { readonly rewritten: (text: string) => string };

export interface TableClass<Columns extends string = string> {
  /** The column that says whose row it is, and what that column holds. Null: no row belongs to a customer. */
  readonly of: {
    readonly what: 'closing' | 'survey' | 'address' | 'recording';
    readonly column: Columns;
  } | null;
  /** What happens to a row of a customer who is forgotten. */
  readonly row: 'kept' | 'deleted';
  /** Complete even for rows that are deleted: it says what they hold. */
  readonly columns: { readonly [Column in Columns]: ColumnClass };
}

/** Every column of every table, and what happens to it. A new column needs its entry here. */
export const personalData: {
  readonly [Table in keyof LedgerTables]: TableClass<keyof LedgerTables[Table] & string>;
} = {
  ledger_version: { of: null, row: 'kept', columns: { version: 'kept' } },
  organization: {
    of: null,
    row: 'kept',
    columns: { id: 'kept', organization_id: 'kept', host_kind: 'kept', origin: 'kept' },
  },
  closings: {
    of: { what: 'closing', column: 'id' },
    row: 'kept',
    columns: {
      id: 'kept',
      conversation_id: 'kept',
      lane: 'kept',
      customer_id: 'null',
      closed_at: 'kept',
      first_seen_at: 'kept',
      source: 'kept',
      state: 'kept',
      state_at: 'kept',
      reopened_at: 'kept',
      due_at: 'kept',
      queued: 'kept',
      attempts: 'kept',
      read_at: 'kept',
      decided_at: 'kept',
      reasons: { rewritten: codesAlone },
      reason_codes: 'kept',
      evidence: { rewritten: countedEvidence },
      customer: 'null',
      agent: 'kept',
      // Derived from the closing alone, and needed for its answer.
      survey_id: 'kept',
      provider: 'kept',
      address: 'hash',
      survey_url: 'null',
      left_at: 'kept',
      sent_at: 'kept',
      external_id: 'null',
      error: { rewritten: errorAlone },
      // Names a process.
      claimed_by: 'kept',
      claim_until: 'kept',
      agent_id: 'kept',
      inbox_id: 'kept',
      channel: 'kept',
      assignee_id: 'kept',
      brand: 'kept',
      responded_at: 'kept',
      rating: 'kept',
      forgotten_at: 'kept',
      email_key: 'null',
      phone_key: 'null',
      // The other program's id, by which the next import recognizes the closing.
      imported: 'kept',
      // Names an agent, a rule, or a program.
      closed_by: 'kept',
      closed_by_type: 'kept',
      reminder: 'kept',
      reminded_at: 'kept',
    },
  },
  closing_topics: {
    of: { what: 'closing', column: 'closing_id' },
    row: 'kept',
    columns: { closing_id: 'kept', topic_id: 'kept', closed_at: 'kept' },
  },
  // Names of agents, inboxes, topics, and brands.
  names: { of: null, row: 'kept', columns: { kind: 'kept', id: 'kept', name: 'kept', email: 'kept' } },
  notes: {
    of: { what: 'closing', column: 'closing_id' },
    row: 'deleted',
    columns: { closing_id: 'kept', sequence: 'kept', at: 'kept', text: 'null', done: 'kept' },
  },
  closing_reports: {
    of: { what: 'closing', column: 'closing_id' },
    row: 'kept',
    columns: {
      lane: 'kept',
      conversation_id: 'kept',
      closed_at: 'kept',
      closing_id: 'kept',
      source: 'kept',
      seen_at: 'kept',
    },
  },
  reopenings: { of: null, row: 'kept', columns: { conversation_id: 'kept', reopened_at: 'kept' } },
  history: {
    of: { what: 'closing', column: 'closing_id' },
    row: 'kept',
    columns: {
      closing_id: 'kept',
      sequence: 'kept',
      at: 'kept',
      transition: 'kept',
      from_state: 'kept',
      to_state: 'kept',
      note: 'null',
    },
  },
  messages: {
    of: { what: 'closing', column: 'closing_id' },
    row: 'kept',
    columns: {
      closing_id: 'kept',
      sequence: 'kept',
      survey_id: 'kept',
      provider: 'kept',
      address: 'hash',
      left_at: 'kept',
      settled_at: 'kept',
      outcome: 'kept',
      external_id: 'null',
      error: { rewritten: errorAlone },
      brand: 'kept',
      form_id: 'kept',
    },
  },
  // What an organization asks.
  forms: { of: null, row: 'kept', columns: { id: 'kept', body: 'kept' } },
  answers: {
    of: { what: 'survey', column: 'survey_id' },
    row: 'kept',
    columns: {
      survey_id: 'kept',
      revision: 'kept',
      closing_id: 'kept',
      rating: 'kept',
      resolved: 'kept',
      comment: 'null',
      answered_at: 'kept',
      source: 'kept',
      // A chosen reason or choice is the organization's own text, and is counted just like the rating.
      reason: 'kept',
      question_kind: 'kept',
      question_text: 'kept',
      question_choice: 'kept',
      question_words: 'null',
    },
  },
  cards: {
    of: { what: 'survey', column: 'survey_id' },
    row: 'kept',
    columns: {
      // If the card stays in Gladly, this id finds it there.
      item_id: 'kept',
      survey_id: 'kept',
      revision: 'kept',
      customer_id: 'empty',
      state: 'kept',
      body: 'empty',
      posted_at: 'kept',
    },
  },
  cards_due: {
    of: { what: 'survey', column: 'survey_id' },
    row: 'deleted',
    columns: {
      survey_id: 'kept',
      closing_id: 'kept',
      answered_at: 'kept',
      tries: 'kept',
      retry_at: 'kept',
      error: 'null',
    },
  },
  alerts: {
    of: { what: 'survey', column: 'survey_id' },
    row: 'deleted',
    columns: {
      survey_id: 'kept',
      revision: 'kept',
      way: 'kept',
      closing_id: 'kept',
      state: 'kept',
      at: 'kept',
      tries: 'kept',
      due_at: 'kept',
      settled_at: 'kept',
      error: 'null',
    },
  },
  reminders: {
    of: { what: 'closing', column: 'closing_id' },
    row: 'kept',
    columns: {
      closing_id: 'kept',
      survey_id: 'kept',
      provider: 'kept',
      state: 'kept',
      at: 'kept',
      tries: 'kept',
      due_at: 'kept',
      address: 'hash',
      left_at: 'kept',
      settled_at: 'kept',
      external_id: 'null',
      reasons: { rewritten: codesAlone },
      error: { rewritten: errorAlone },
    },
  },
  // Only counts how often a page was opened.
  visits: {
    of: { what: 'survey', column: 'survey_id' },
    row: 'kept',
    columns: { survey_id: 'kept', kind: 'kept', count: 'kept', first_at: 'kept', last_at: 'kept' },
  },
  unsubscribes: {
    of: { what: 'address', column: 'address' },
    row: 'kept',
    columns: { address: 'hash', at: 'kept', source: 'kept' },
  },
  checkpoints: { of: null, row: 'kept', columns: { lane: 'kept', name: 'kept', at: 'kept' } },
  locks: { of: null, row: 'kept', columns: { name: 'kept', claimed_by: 'kept', claim_until: 'kept' } },
  // Agents, inboxes, topics, and the organization.
  directories: {
    of: null,
    row: 'kept',
    columns: { kind: 'kept', id: 'kept', body: 'kept', fetched_at: 'kept' },
  },
  // A row names no customer, and the customer's comment is deleted as soon as the answer is recorded.
  medallia_rows: {
    of: { what: 'closing', column: 'closing_id' },
    row: 'deleted',
    columns: {
      uuid: 'kept',
      sequence: 'kept',
      interaction_id: 'kept',
      interaction_url: 'null',
      channel: 'kept',
      requested_at: 'kept',
      sent_at: 'kept',
      delivery_status: 'kept',
      answered_at: 'kept',
      rating: 'kept',
      resolved: 'kept',
      comment: 'null',
      employee_email: 'kept',
      employee_id: 'kept',
      closing_id: 'kept',
      due: 'kept',
      read_at: 'kept',
      delivered_at: 'kept',
      only_counted: 'kept',
    },
  },
  // If a customer is forgotten before Agent Connect was told of a count, it is never told.
  medallia_counts: {
    of: { what: 'closing', column: 'closing_id' },
    row: 'deleted',
    columns: {
      closing_id: 'kept',
      state: 'kept',
      at: 'kept',
      tries: 'kept',
      due_at: 'kept',
      settled_at: 'kept',
      error: 'null',
    },
  },
  medallia_cursors: { of: null, row: 'kept', columns: { origin: 'kept', sequence: 'kept', at: 'kept' } },
  limits: {
    of: null,
    row: 'kept',
    columns: { bucket: 'kept', next_at: 'kept', paused_until: 'kept', interactive_until: 'kept' },
  },
  pauses: {
    of: null,
    row: 'kept',
    columns: { id: 'kept', paused_at: 'kept', until: 'kept', reason: 'kept' },
  },
  address_keys: { of: null, row: 'kept', columns: { id: 'kept', key: 'kept' } },
  media_files: {
    of: { what: 'recording', column: 'path' },
    row: 'deleted',
    columns: { path: 'null', closing_id: 'kept', customer_id: 'null', fetched_at: 'kept' },
  },
  // A row is deleted once what it names is erased.
  erasures: {
    of: null,
    row: 'kept',
    columns: { kind: 'kept', name: 'kept', tries: 'kept', retry_at: 'kept', error: 'kept' },
  },
};

/** Why an erased column is empty. */
export const erased = 'erased with the customer';

function codesAlone(text: string): string {
  const reasons = JSON.parse(text) as Reason[];
  return JSON.stringify(reasons.map(({ code }) => ({ code, detail: erased })));
}

function errorAlone(text: string): string {
  const { code } = JSON.parse(text) as ClosingError;
  return JSON.stringify({ code, message: erased, hint: '' });
}

/** The part of a closing that is counted: its agents, inbox, topics, and channel. No item, no text, no recording. */
function countedEvidence(text: string): string {
  const evidence = readEvidence(JSON.parse(text));
  if (evidence === null) return 'null';
  const { conversation, attribution } = evidence;
  return JSON.stringify({
    conversation,
    attribution:
      attribution === null ? null : { ...attribution, itemId: null, considered: [], omitted: null },
    timeline: null,
    recordings: [],
  });
}
