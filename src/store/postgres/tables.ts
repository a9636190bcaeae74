import { createCommits } from './commits.ts';

/**
 * A ledger on PostgreSQL starts at this version: no older gcsat ever used one. Later steps are the same as for a file.
 */
const firstVersion = 11;

const tables = [
  'CREATE TABLE ledger_version (version integer PRIMARY KEY)',
  `CREATE TABLE organization (
    id integer PRIMARY KEY,
    organization_id text NOT NULL,
    host_kind text NOT NULL,
    origin text NOT NULL
  )`,
  `CREATE TABLE closings (
    id text PRIMARY KEY,
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
    claim_until text,
    lane text NOT NULL DEFAULT 'live',
    reason_codes text NOT NULL DEFAULT '',
    agent_id text,
    inbox_id text,
    channel text,
    assignee_id text,
    brand text,
    responded_at text,
    rating integer,
    forgotten_at text,
    email_key text,
    phone_key text
  )`,
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
  `CREATE TABLE cards (
    item_id text PRIMARY KEY,
    survey_id text NOT NULL,
    revision integer NOT NULL,
    customer_id text NOT NULL,
    state text NOT NULL,
    body text NOT NULL,
    posted_at text
  )`,
  'CREATE TABLE unsubscribes (address text PRIMARY KEY, at text NOT NULL, source text NOT NULL)',
  'CREATE TABLE locks (name text PRIMARY KEY, claimed_by text NOT NULL, claim_until text NOT NULL)',
  `CREATE TABLE directories (
    kind text NOT NULL,
    id text NOT NULL,
    body text NOT NULL,
    fetched_at text NOT NULL,
    PRIMARY KEY (kind, id)
  )`,
  `CREATE TABLE limits (
    bucket text PRIMARY KEY,
    next_at double precision NOT NULL,
    paused_until double precision NOT NULL,
    interactive_until double precision NOT NULL
  )`,
  `CREATE TABLE reopenings (
    conversation_id text NOT NULL,
    reopened_at text NOT NULL,
    PRIMARY KEY (conversation_id, reopened_at)
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
    survey_id text PRIMARY KEY,
    closing_id text REFERENCES closings (id),
    answered_at text NOT NULL,
    tries integer NOT NULL,
    retry_at text,
    error text
  )`,
  `CREATE TABLE checkpoints (
    lane text NOT NULL,
    name text NOT NULL,
    at text NOT NULL,
    PRIMARY KEY (lane, name)
  )`,
  `CREATE TABLE closing_reports (
    lane text NOT NULL,
    conversation_id text NOT NULL,
    closed_at text NOT NULL,
    closing_id text NOT NULL REFERENCES closings (id),
    source text NOT NULL,
    seen_at text NOT NULL,
    PRIMARY KEY (conversation_id, lane, closed_at)
  )`,
  'CREATE TABLE pauses (id integer PRIMARY KEY, paused_at text NOT NULL, until text, reason text)',
  `CREATE TABLE closing_topics (
    closing_id text NOT NULL REFERENCES closings (id),
    topic_id text NOT NULL,
    closed_at text NOT NULL,
    PRIMARY KEY (closing_id, topic_id)
  )`,
  `CREATE TABLE names (
    kind text NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    email text,
    PRIMARY KEY (kind, id)
  )`,
  `CREATE TABLE notes (
    closing_id text NOT NULL REFERENCES closings (id),
    sequence integer NOT NULL,
    at text NOT NULL,
    text text NOT NULL,
    done integer NOT NULL,
    PRIMARY KEY (closing_id, sequence)
  )`,
  'CREATE TABLE address_keys (id integer PRIMARY KEY, key text NOT NULL)',
  `CREATE TABLE media_files (
    path text PRIMARY KEY,
    closing_id text REFERENCES closings (id),
    customer_id text,
    fetched_at text NOT NULL
  )`,
  `CREATE TABLE erasures (
    kind text NOT NULL,
    name text NOT NULL,
    tries integer NOT NULL,
    retry_at text,
    error text,
    PRIMARY KEY (kind, name)
  )`,
  `CREATE TABLE alerts (
    survey_id text NOT NULL,
    revision integer NOT NULL,
    way text NOT NULL,
    closing_id text NOT NULL REFERENCES closings (id),
    state text NOT NULL,
    at text NOT NULL,
    tries integer NOT NULL,
    due_at text,
    settled_at text,
    error text,
    PRIMARY KEY (survey_id, revision, way)
  )`,
];

const indexes = [
  'CREATE INDEX closings_conversation ON closings (conversation_id, closed_at)',
  'CREATE INDEX closings_closed ON closings (closed_at, id)',
  'CREATE INDEX closings_state ON closings (state, closed_at, id)',
  'CREATE INDEX closings_customer ON closings (customer_id)',
  'CREATE INDEX closings_survey ON closings (survey_id)',
  'CREATE INDEX closings_address ON closings (address, state)',
  'CREATE INDEX closings_claims ON closings (claimed_by) WHERE claimed_by IS NOT NULL',
  'CREATE INDEX answers_closing ON answers (closing_id)',
  'CREATE INDEX cards_survey ON cards (survey_id, revision)',
  'CREATE INDEX messages_survey ON messages (survey_id)',
  'CREATE INDEX cards_due_untried ON cards_due (answered_at) WHERE tries = 0 AND closing_id IS NOT NULL',
  'CREATE INDEX cards_due_again ON cards_due (retry_at) WHERE closing_id IS NOT NULL',
  'CREATE INDEX closings_queue ON closings (lane, due_at, first_seen_at) WHERE queued = 1',
  `CREATE INDEX closings_unsettled ON closings (state, lane)
    WHERE state IN ('pending', 'scheduled', 'sending', 'uncertain', 'failed')`,
  `CREATE INDEX closings_undecided ON closings (lane, due_at, first_seen_at)
    WHERE queued = 1 AND state <> 'scheduled'`,
  'CREATE INDEX closing_topics_topic ON closing_topics (topic_id, closed_at, closing_id)',
  `CREATE INDEX closings_range ON closings
     (closed_at, lane, state, agent_id, inbox_id, channel, brand, provider, reason_codes, survey_id, id)`,
  'CREATE INDEX closings_agent ON closings (agent_id, closed_at, id) WHERE agent_id IS NOT NULL',
  'CREATE INDEX closings_inbox ON closings (inbox_id, closed_at, id) WHERE inbox_id IS NOT NULL',
  'CREATE INDEX closings_channel ON closings (channel, closed_at, id) WHERE channel IS NOT NULL',
  'CREATE INDEX closings_brand ON closings (brand, closed_at, id) WHERE brand IS NOT NULL',
  'CREATE INDEX closings_rating ON closings (rating, closed_at, id) WHERE rating IS NOT NULL',
  'CREATE INDEX answers_answered ON answers (answered_at, survey_id)',
  'CREATE INDEX closings_kept ON closings (closed_at) WHERE forgotten_at IS NULL',
  'CREATE INDEX cards_customer ON cards (customer_id)',
  'CREATE INDEX media_files_closing ON media_files (closing_id)',
  'CREATE INDEX media_files_customer ON media_files (customer_id)',
  'CREATE INDEX closings_email_key ON closings (email_key) WHERE email_key IS NOT NULL',
  'CREATE INDEX closings_phone_key ON closings (phone_key) WHERE phone_key IS NOT NULL',
  'CREATE INDEX alerts_due ON alerts (due_at) WHERE due_at IS NOT NULL',
  'CREATE INDEX alerts_closing ON alerts (closing_id)',
];

const rows = [
  `INSERT INTO ledger_version (version) SELECT generate_series(1, ${firstVersion})`,
  // Two random UUIDs have 244 random bits.
  `INSERT INTO address_keys (id, key)
   VALUES (1, replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''))`,
];

/** What a file has after that many steps, and what only PostgreSQL needs. Never edit it once released. */
export const creation: readonly string[] = [...tables, createCommits, ...indexes, ...rows];
