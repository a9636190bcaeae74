import { sql } from 'kysely';
import type { Writing } from '../ledger/ledger.ts';

/** A migration step that is a list of statements. */
function statements(...all: readonly string[]): (trx: Writing) => Promise<void> {
  return async (trx) => {
    for (const statement of all) await sql.raw(statement).execute(trx);
  };
}

export const createTables = statements(
  `CREATE TABLE organization (
    id integer PRIMARY KEY,
    organization_id text NOT NULL,
    host_kind text NOT NULL,
    origin text NOT NULL
  )`,
  `CREATE TABLE closings (
    id text PRIMARY KEY NOT NULL,
    conversation_id text NOT NULL,
    customer_id text,
    closed_at text NOT NULL,
    first_seen_at text NOT NULL,
    source text NOT NULL,
    state text NOT NULL,
    state_at text NOT NULL,
    reopened_at text,
    due_at text,
    queued integer NOT NULL,
    attempts integer NOT NULL,
    read_at text,
    decided_at text,
    reasons text NOT NULL,
    evidence text,
    customer text,
    agent text,
    survey_id text,
    provider text,
    address text,
    survey_url text,
    left_at text,
    sent_at text,
    external_id text,
    error text,
    claimed_by text,
    claim_until text
  )`,
  'CREATE INDEX closings_conversation ON closings (conversation_id, closed_at)',
  'CREATE INDEX closings_closed ON closings (closed_at, id)',
  'CREATE INDEX closings_state ON closings (state, closed_at, id)',
  'CREATE INDEX closings_customer ON closings (customer_id)',
  'CREATE INDEX closings_survey ON closings (survey_id)',
  'CREATE INDEX closings_address ON closings (address, state)',
  'CREATE INDEX closings_queue ON closings (due_at, first_seen_at) WHERE queued = 1',
  'CREATE INDEX closings_claims ON closings (claimed_by) WHERE claimed_by IS NOT NULL',
  `CREATE TABLE history (
    closing_id text NOT NULL REFERENCES closings (id),
    sequence integer NOT NULL,
    at text NOT NULL,
    transition text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    note text,
    PRIMARY KEY (closing_id, sequence)
  )`,
  `CREATE TABLE messages (
    closing_id text NOT NULL REFERENCES closings (id),
    sequence integer NOT NULL,
    survey_id text NOT NULL,
    provider text NOT NULL,
    address text,
    left_at text NOT NULL,
    settled_at text,
    outcome text,
    external_id text,
    error text,
    PRIMARY KEY (closing_id, sequence)
  )`,
  `CREATE TABLE answers (
    survey_id text NOT NULL,
    revision integer NOT NULL,
    closing_id text REFERENCES closings (id),
    rating integer NOT NULL,
    resolved integer,
    comment text,
    answered_at text NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (survey_id, revision)
  )`,
  'CREATE INDEX answers_closing ON answers (closing_id)',
  `CREATE TABLE cards (
    item_id text PRIMARY KEY NOT NULL,
    survey_id text NOT NULL,
    revision integer NOT NULL,
    customer_id text NOT NULL,
    state text NOT NULL,
    body text NOT NULL,
    posted_at text
  )`,
  'CREATE INDEX cards_survey ON cards (survey_id, revision)',
  'CREATE TABLE unsubscribes (address text PRIMARY KEY NOT NULL, at text NOT NULL, source text NOT NULL)',
  'CREATE TABLE marks (name text PRIMARY KEY NOT NULL, at text NOT NULL)',
  'CREATE TABLE locks (name text PRIMARY KEY NOT NULL, claimed_by text NOT NULL, claim_until text NOT NULL)',
  `CREATE TABLE directories (
    kind text NOT NULL,
    id text NOT NULL,
    body text NOT NULL,
    fetched_at text NOT NULL,
    PRIMARY KEY (kind, id)
  )`,
  `CREATE TABLE limits (
    bucket text PRIMARY KEY NOT NULL,
    next_at double precision NOT NULL,
    paused_until double precision NOT NULL,
    hand_until double precision NOT NULL
  )`,
);

/** Reopenings are recorded, a closing keeps every time it was reported at, and answers without a card are listed. */
export const addEvents = statements(
  `CREATE TABLE reopenings (
    conversation_id text NOT NULL,
    reopened_at text NOT NULL,
    PRIMARY KEY (conversation_id, reopened_at)
  )`,
  `INSERT INTO reopenings (conversation_id, reopened_at)
   SELECT DISTINCT conversation_id, reopened_at FROM closings WHERE reopened_at IS NOT NULL`,
  `CREATE TABLE sightings (
    conversation_id text NOT NULL,
    closed_at text NOT NULL,
    closing_id text NOT NULL REFERENCES closings (id),
    source text NOT NULL,
    seen_at text NOT NULL,
    PRIMARY KEY (conversation_id, closed_at)
  )`,
  `CREATE TABLE visits (
    survey_id text NOT NULL,
    kind text NOT NULL,
    count integer NOT NULL,
    first_at text NOT NULL,
    last_at text NOT NULL,
    PRIMARY KEY (survey_id, kind)
  )`,
  `CREATE TABLE cards_due (
    survey_id text PRIMARY KEY NOT NULL,
    closing_id text REFERENCES closings (id),
    answered_at text NOT NULL,
    tries integer NOT NULL,
    retry_at text,
    error text
  )`,
  `INSERT INTO cards_due (survey_id, closing_id, answered_at, tries)
   SELECT survey_id, closing_id, answered_at, 0 FROM answers
   WHERE revision = (SELECT max(newest.revision) FROM answers AS newest WHERE newest.survey_id = answers.survey_id)
     AND NOT EXISTS (SELECT 1 FROM cards
       WHERE cards.survey_id = answers.survey_id AND cards.revision = answers.revision AND cards.state = 'posted')`,
  `CREATE INDEX closings_unsettled ON closings (state)
   WHERE state IN ('pending', 'scheduled', 'sending', 'uncertain', 'failed')`,
);

/** The cost of looking up a survey or a card must not grow with the ledger. */
export const addIndexes = statements(
  'CREATE INDEX messages_survey ON messages (survey_id)',
  'CREATE INDEX cards_due_untried ON cards_due (answered_at) WHERE tries = 0 AND closing_id IS NOT NULL',
  'CREATE INDEX cards_due_again ON cards_due (retry_at) WHERE closing_id IS NOT NULL',
);

/** Trials and real deliveries have separate queues: counting one must not read every row of both. */
export const indexQueues = statements(
  'DROP INDEX closings_queue',
  'CREATE INDEX closings_queue ON closings (due_at, first_seen_at, provider) WHERE queued = 1',
);
