import { sql } from 'kysely';
import type { Writing } from '../ledger/ledger.ts';

/**
 * Version 5: what the outbox did moves into rows of its own, the trial lane. Before that, one row served both: a row
 * with provider `outbox` had only been tried, and a row that was surveyed since could still have outbox messages.
 */
export async function separateLanes(trx: Writing): Promise<void> {
  const run = async (statement: string): Promise<void> => {
    await sql.raw(statement).execute(trx);
  };
  // The rows move first; the rows that refer to them follow.
  await run('PRAGMA defer_foreign_keys = ON');
  await run(`ALTER TABLE closings ADD COLUMN lane text NOT NULL DEFAULT 'live'`);
  await run(`ALTER TABLE closings ADD COLUMN reason_codes text NOT NULL DEFAULT ''`);
  await run(`
    UPDATE closings SET reason_codes =
      (SELECT group_concat(DISTINCT json_extract(value, '$.code')) FROM json_each(closings.reasons))
    WHERE reasons <> '[]'`);
  // To delete a closing, SQLite searches every table that may refer to it.
  await run('CREATE INDEX sightings_closing ON sightings (closing_id)');
  await run('CREATE INDEX cards_due_closing ON cards_due (closing_id)');
  await run(`UPDATE history SET transition = 'retry' WHERE transition = 'supersede_trial'`);
  for (const statement of [...trialRows, ...whatRefersToThem, ...leftInTheLiveLane]) await run(statement);
  await run('DROP INDEX cards_due_closing');
  await replaceMarks(run);
  await replaceSightings(run);
  await run('ALTER TABLE limits RENAME COLUMN hand_until TO interactive_until');
  await run('DROP INDEX closings_queue');
  await run('CREATE INDEX closings_queue ON closings (lane, due_at, first_seen_at) WHERE queued = 1');
  await run('DROP INDEX closings_unsettled');
  await run(`
    CREATE INDEX closings_unsettled ON closings (state, lane)
    WHERE state IN ('pending', 'scheduled', 'sending', 'uncertain', 'failed')`);
  await run('CREATE INDEX closings_range ON closings (closed_at, lane, state, reason_codes)');
}

const copied = `conversation_id, customer_id, closed_at, first_seen_at, source, reopened_at, evidence, customer, agent,
  read_at, decided_at`;

const trialRows = [
  // A trial whose verdict was not to send still carried the survey of an earlier live delivery.
  `UPDATE closings SET survey_id = NULL, survey_url = NULL, address = NULL
   WHERE provider = 'outbox' AND survey_id IS NOT NULL AND 'outbox' IS NOT
     (SELECT note FROM history WHERE closing_id = closings.id AND transition = 'schedule'
      ORDER BY sequence DESC LIMIT 1)`,
  // Closings that were only ever tried.
  `INSERT INTO closings (id, lane, ${copied}, state, state_at, due_at, queued, attempts, reasons, reason_codes,
     survey_id, provider, address, survey_url, left_at, sent_at, external_id, error, claimed_by, claim_until)
   SELECT id || '#trial', 'trial', ${copied}, state, state_at, due_at, queued, attempts, reasons, reason_codes,
     survey_id, provider, address, survey_url, left_at, sent_at, external_id, error, claimed_by, claim_until
   FROM closings WHERE provider = 'outbox' AND lane = 'live'`,
  // Closings that were tried first and surveyed later: the last outbox message is the outcome of the trial.
  `INSERT INTO closings (id, lane, ${copied}, state, state_at, queued, attempts, reasons, survey_id, provider, address,
     left_at, sent_at, external_id, error)
   SELECT closings.id || '#trial', 'trial', ${copied},
     CASE WHEN EXISTS (SELECT 1 FROM answers WHERE answers.survey_id = messages.survey_id) THEN 'answered'
       WHEN outcome = 'sent' THEN 'sent' WHEN outcome = 'not_sent' THEN 'failed' ELSE 'uncertain' END,
     messages.left_at, 0, 0, '[]', messages.survey_id, 'outbox', messages.address,
     CASE WHEN outcome IS NOT 'not_sent' THEN messages.left_at END, CASE WHEN outcome = 'sent' THEN messages.left_at END,
     messages.external_id, messages.error
   FROM closings JOIN messages ON messages.closing_id = closings.id
   WHERE closings.lane = 'live' AND closings.provider IS NOT 'outbox' AND messages.provider = 'outbox'
     AND messages.sequence = (SELECT max(last.sequence) FROM messages AS last
       WHERE last.closing_id = closings.id AND last.provider = 'outbox')`,
];

const whatRefersToThem = [
  `UPDATE messages SET closing_id = closing_id || '#trial' WHERE provider = 'outbox'`,
  ...['answers', 'cards_due'].map(
    (table) => `UPDATE ${table} SET closing_id = closing_id || '#trial'
      WHERE closing_id IS NOT NULL AND survey_id IN (
        SELECT survey_id FROM messages WHERE provider = 'outbox'
        UNION SELECT survey_id FROM closings WHERE lane = 'trial' AND survey_id IS NOT NULL)`,
  ),
];

const leftInTheLiveLane = [
  // A message that may have reached the customer counts, even if the closing was tried afterward.
  `UPDATE closings SET (state, state_at, queued, due_at, reasons, reason_codes, error, claimed_by, claim_until,
       survey_id, survey_url, provider, address, left_at, sent_at, external_id) =
     (SELECT CASE
         WHEN EXISTS (SELECT 1 FROM answers WHERE answers.survey_id = messages.survey_id) THEN 'answered'
         WHEN outcome = 'sent' THEN 'sent' ELSE 'uncertain' END,
       left_at, 0, NULL, '[]', '', error, NULL, NULL, survey_id, NULL, provider, address, left_at,
       CASE WHEN outcome = 'sent' THEN left_at END, external_id
      FROM messages WHERE messages.closing_id = closings.id AND outcome IN ('sent', 'uncertain', 'interrupted')
      ORDER BY sequence DESC LIMIT 1)
   WHERE lane = 'live' AND provider = 'outbox' AND EXISTS (SELECT 1 FROM messages
     WHERE messages.closing_id = closings.id AND outcome IN ('sent', 'uncertain', 'interrupted'))`,
  // A closing that a person canceled is not surveyed, even if it had only been tried.
  `UPDATE closings SET provider = NULL, survey_id = NULL, survey_url = NULL, address = NULL, claimed_by = NULL,
     claim_until = NULL
   WHERE lane = 'live' AND provider = 'outbox' AND state = 'suppressed' AND reason_codes LIKE '%cancelled%'`,
  ...['sightings', 'history', 'messages', 'answers', 'cards_due'].map(
    (table) => `UPDATE ${table} SET closing_id = closing_id || '#trial'
      WHERE closing_id IN (SELECT id FROM closings WHERE provider = 'outbox' AND lane = 'live')`,
  ),
  `DELETE FROM closings WHERE provider = 'outbox' AND lane = 'live'`,
];

async function replaceMarks(run: (statement: string) => Promise<void>): Promise<void> {
  await run(`
    CREATE TABLE checkpoints (
      lane text NOT NULL,
      name text NOT NULL,
      at text NOT NULL,
      PRIMARY KEY (lane, name)
    )`);
  await run(`
    INSERT INTO checkpoints (lane, name, at)
    SELECT CASE WHEN name LIKE 'trial%' THEN 'trial' ELSE 'live' END,
      CASE WHEN name LIKE '%started' THEN 'started' ELSE 'until' END, at
    FROM marks WHERE name IN ('sync_started', 'sync_until', 'trial_started', 'trial_until')`);
  await run('DROP TABLE marks');
}

async function replaceSightings(run: (statement: string) => Promise<void>): Promise<void> {
  await run(`
    CREATE TABLE closing_reports (
      lane text NOT NULL,
      conversation_id text NOT NULL,
      closed_at text NOT NULL,
      closing_id text NOT NULL REFERENCES closings (id),
      source text NOT NULL,
      seen_at text NOT NULL,
      PRIMARY KEY (conversation_id, lane, closed_at)
    )`);
  await run(`
    INSERT INTO closing_reports (lane, conversation_id, closed_at, closing_id, source, seen_at)
    SELECT closings.lane, sightings.conversation_id, sightings.closed_at, closing_id, sightings.source, seen_at
    FROM sightings JOIN closings ON closings.id = closing_id`);
  await run('DROP TABLE sightings');
}
