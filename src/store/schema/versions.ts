import { sql } from 'kysely';
import type { Writing } from '../ledger.ts';

export async function createTables(trx: Writing): Promise<void> {
  await trx.schema
    .createTable('organization')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('organization_id', 'text', (column) => column.notNull())
    .addColumn('host_kind', 'text', (column) => column.notNull())
    .addColumn('origin', 'text', (column) => column.notNull())
    .execute();
  await createClosings(trx);
  await trx.schema
    .createTable('history')
    .addColumn('closing_id', 'text', (column) => column.notNull().references('closings.id'))
    .addColumn('sequence', 'integer', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('transition', 'text', (column) => column.notNull())
    .addColumn('from_state', 'text', (column) => column.notNull())
    .addColumn('to_state', 'text', (column) => column.notNull())
    .addColumn('note', 'text')
    .addPrimaryKeyConstraint('history_key', ['closing_id', 'sequence'])
    .execute();
  await trx.schema
    .createTable('messages')
    .addColumn('closing_id', 'text', (column) => column.notNull().references('closings.id'))
    .addColumn('sequence', 'integer', (column) => column.notNull())
    .addColumn('survey_id', 'text', (column) => column.notNull())
    .addColumn('provider', 'text', (column) => column.notNull())
    .addColumn('address', 'text')
    .addColumn('left_at', 'text', (column) => column.notNull())
    .addColumn('settled_at', 'text')
    .addColumn('outcome', 'text')
    .addColumn('external_id', 'text')
    .addColumn('error', 'text')
    .addPrimaryKeyConstraint('messages_key', ['closing_id', 'sequence'])
    .execute();
  await createAnswers(trx);
  await trx.schema
    .createTable('unsubscribes')
    .addColumn('address', 'text', (column) => column.primaryKey().notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .execute();
  await trx.schema
    .createTable('marks')
    .addColumn('name', 'text', (column) => column.primaryKey().notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .execute();
  await trx.schema
    .createTable('locks')
    .addColumn('name', 'text', (column) => column.primaryKey().notNull())
    .addColumn('claimed_by', 'text', (column) => column.notNull())
    .addColumn('claim_until', 'text', (column) => column.notNull())
    .execute();
  await trx.schema
    .createTable('directories')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('fetched_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('directories_key', ['kind', 'id'])
    .execute();
  await trx.schema
    .createTable('limits')
    .addColumn('bucket', 'text', (column) => column.primaryKey().notNull())
    .addColumn('next_at', 'double precision', (column) => column.notNull())
    .addColumn('paused_until', 'double precision', (column) => column.notNull())
    .addColumn('hand_until', 'double precision', (column) => column.notNull())
    .execute();
}

async function createClosings(trx: Writing): Promise<void> {
  await trx.schema
    .createTable('closings')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('conversation_id', 'text', (column) => column.notNull())
    .addColumn('customer_id', 'text')
    .addColumn('closed_at', 'text', (column) => column.notNull())
    .addColumn('first_seen_at', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('state_at', 'text', (column) => column.notNull())
    .addColumn('reopened_at', 'text')
    .addColumn('due_at', 'text')
    .addColumn('queued', 'integer', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('read_at', 'text')
    .addColumn('decided_at', 'text')
    .addColumn('reasons', 'text', (column) => column.notNull())
    .addColumn('evidence', 'text')
    .addColumn('customer', 'text')
    .addColumn('agent', 'text')
    .addColumn('survey_id', 'text')
    .addColumn('provider', 'text')
    .addColumn('address', 'text')
    .addColumn('survey_url', 'text')
    .addColumn('left_at', 'text')
    .addColumn('sent_at', 'text')
    .addColumn('external_id', 'text')
    .addColumn('error', 'text')
    .addColumn('claimed_by', 'text')
    .addColumn('claim_until', 'text')
    .execute();
  await trx.schema
    .createIndex('closings_conversation')
    .on('closings')
    .columns(['conversation_id', 'closed_at'])
    .execute();
  await trx.schema.createIndex('closings_closed').on('closings').columns(['closed_at', 'id']).execute();
  await trx.schema
    .createIndex('closings_state')
    .on('closings')
    .columns(['state', 'closed_at', 'id'])
    .execute();
  await trx.schema.createIndex('closings_customer').on('closings').column('customer_id').execute();
  await trx.schema.createIndex('closings_survey').on('closings').column('survey_id').execute();
  await trx.schema.createIndex('closings_address').on('closings').columns(['address', 'state']).execute();
  await trx.schema
    .createIndex('closings_queue')
    .on('closings')
    .columns(['due_at', 'first_seen_at'])
    .where(sql<boolean>`queued = 1`)
    .execute();
  await trx.schema
    .createIndex('closings_claims')
    .on('closings')
    .column('claimed_by')
    .where(sql<boolean>`claimed_by is not null`)
    .execute();
}

async function createAnswers(trx: Writing): Promise<void> {
  await trx.schema
    .createTable('answers')
    .addColumn('survey_id', 'text', (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('closing_id', 'text', (column) => column.references('closings.id'))
    .addColumn('rating', 'integer', (column) => column.notNull())
    .addColumn('resolved', 'integer')
    .addColumn('comment', 'text')
    .addColumn('answered_at', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('answers_key', ['survey_id', 'revision'])
    .execute();
  await trx.schema.createIndex('answers_closing').on('answers').column('closing_id').execute();
  await trx.schema
    .createTable('cards')
    .addColumn('item_id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('survey_id', 'text', (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('customer_id', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('posted_at', 'text')
    .execute();
  await trx.schema.createIndex('cards_survey').on('cards').columns(['survey_id', 'revision']).execute();
}

/** Reopenings are remembered, closings keep all times they were seen at, and answers tell apart which lack a card. */
export async function addEvents(trx: Writing): Promise<void> {
  await trx.schema
    .createTable('reopenings')
    .addColumn('conversation_id', 'text', (column) => column.notNull())
    .addColumn('reopened_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('reopenings_key', ['conversation_id', 'reopened_at'])
    .execute();
  await trx
    .insertInto('reopenings')
    .columns(['conversation_id', 'reopened_at'])
    .expression((eb) =>
      eb
        .selectFrom('closings')
        .select(['conversation_id', eb.ref('reopened_at').$notNull().as('reopened_at')])
        .where('reopened_at', 'is not', null)
        .distinct(),
    )
    .execute();
  await trx.schema
    .createTable('sightings')
    .addColumn('conversation_id', 'text', (column) => column.notNull())
    .addColumn('closed_at', 'text', (column) => column.notNull())
    .addColumn('closing_id', 'text', (column) => column.notNull().references('closings.id'))
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('seen_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('sightings_key', ['conversation_id', 'closed_at'])
    .execute();
  await trx.schema
    .createTable('visits')
    .addColumn('survey_id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('count', 'integer', (column) => column.notNull())
    .addColumn('first_at', 'text', (column) => column.notNull())
    .addColumn('last_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('visits_key', ['survey_id', 'kind'])
    .execute();
  await addCardsDue(trx);
  await trx.schema
    .createIndex('closings_unsettled')
    .on('closings')
    .column('state')
    .where(sql<boolean>`state in ('pending', 'scheduled', 'sending', 'uncertain', 'failed')`)
    .execute();
}

async function addCardsDue(trx: Writing): Promise<void> {
  await trx.schema
    .createTable('cards_due')
    .addColumn('survey_id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('closing_id', 'text', (column) => column.references('closings.id'))
    .addColumn('answered_at', 'text', (column) => column.notNull())
    .addColumn('tries', 'integer', (column) => column.notNull())
    .addColumn('retry_at', 'text')
    .addColumn('error', 'text')
    .execute();
  await trx
    .insertInto('cards_due')
    .columns(['survey_id', 'closing_id', 'answered_at', 'tries'])
    .expression((eb) =>
      eb
        .selectFrom('answers')
        .select(['answers.survey_id', 'answers.closing_id', 'answers.answered_at', sql.lit(0).as('tries')])
        .where('answers.revision', '=', (newest) =>
          newest
            .selectFrom('answers as revisions')
            .select((of) => of.fn.max('revisions.revision').as('revision'))
            .whereRef('revisions.survey_id', '=', 'answers.survey_id'),
        )
        .where((lacks) =>
          lacks.not(
            lacks.exists(
              lacks
                .selectFrom('cards')
                .select('cards.item_id')
                .whereRef('cards.survey_id', '=', 'answers.survey_id')
                .whereRef('cards.revision', '=', 'answers.revision')
                .where('cards.state', '=', 'posted'),
            ),
          ),
        ),
    )
    .execute();
}

/** Looking for a survey or a card must not cost by all that the ledger holds. */
export async function addIndexes(trx: Writing): Promise<void> {
  await trx.schema.createIndex('messages_survey').on('messages').column('survey_id').execute();
  await trx.schema
    .createIndex('cards_due_untried')
    .on('cards_due')
    .column('answered_at')
    .where(sql<boolean>`tries = 0 and closing_id is not null`)
    .execute();
  await trx.schema
    .createIndex('cards_due_again')
    .on('cards_due')
    .column('retry_at')
    .where(sql<boolean>`closing_id is not null`)
    .execute();
}

/** Trials and real deliveries have a queue each: to count the one must not cost a look at every row of both. */
export async function indexQueues(trx: Writing): Promise<void> {
  await trx.schema.dropIndex('closings_queue').execute();
  await trx.schema
    .createIndex('closings_queue')
    .on('closings')
    .columns(['due_at', 'first_seen_at', 'provider'])
    .where(sql<boolean>`queued = 1`)
    .execute();
}
