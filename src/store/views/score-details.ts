import { sql } from 'kysely';
import type { FollowedUp } from '../../domain/scores/follow-up.ts';
import type { Reading } from '../ledger/ledger.ts';
import type { NameKind, NamesTable } from '../ledger/tables.ts';
import { isNewestAnswer, isOf, type ScoreCohort } from './score-counts.ts';

/** All names of a kind: only as many as the organization has. */
export async function namesIn(db: Reading, kind: NameKind): Promise<NamesTable[]> {
  return db.selectFrom('names').selectAll().where('kind', '=', kind).orderBy('id').execute();
}

/** Whether a closing has this id, whatever its name is. */
export async function isKnownIn(db: Reading, kind: NameKind, id: string): Promise<boolean> {
  if (kind === 'topic') {
    const topic = db.selectFrom('closing_topics').select('topic_id').where('topic_id', '=', id).limit(1);
    return (await topic.executeTakeFirst()) !== undefined;
  }
  const column = kind === 'agent' ? 'agent_id' : 'inbox_id';
  const closing = db.selectFrom('closings').select('id').where(column, '=', id).limit(1);
  return (await closing.executeTakeFirst()) !== undefined;
}

/** Whether there are trials of closings in this range. */
export async function hasTrialIn(
  db: Reading,
  { since, until }: Pick<ScoreCohort, 'since' | 'until'>,
): Promise<boolean> {
  const trial = db
    .selectFrom('closings')
    .select('id')
    .where('closed_at', '>=', since)
    .where('closed_at', '<', until)
    .where('lane', '=', 'trial')
    .limit(1);
  return (await trial.executeTakeFirst()) !== undefined;
}

/** The brands of all closings: a profile has a few. */
export async function brandsIn(db: Reading): Promise<string[]> {
  const rows = await db
    .selectFrom('closings')
    .select('brand')
    .where('brand', 'is not', null)
    .distinct()
    .orderBy('brand')
    .execute();
  return rows.flatMap(({ brand }) => brand ?? []);
}

export interface CreditPair {
  responderId: string | null;
  assigneeId: string | null;
  answers: number;
}

/** Newest answers, counted by responder and assignee. */
export async function creditPairs(db: Reading, cohort: ScoreCohort): Promise<CreditPair[]> {
  const { rows } = await sql<Omit<CreditPair, 'answers'> & { answers: number | string }>`
    SELECT closing.agent_id AS "responderId", closing.assignee_id AS "assigneeId", count(*) AS answers
    FROM closings AS closing JOIN answers AS answer ON ${isNewestAnswer}
    WHERE ${isOf(cohort)} AND closing.state = 'answered'
    GROUP BY closing.agent_id, closing.assignee_id`.execute(db);
  return rows.map((row) => ({ ...row, answers: Number(row.answers) }));
}

/** Low ratings, of which all that are open are one group, and all whose customers were forgotten are another. */
export async function followUps(db: Reading, cohort: ScoreCohort, lowRating: number): Promise<FollowedUp[]> {
  const { rows } = await sql<
    Record<'isForgotten' | 'ratings', number | string> & Record<'answeredAt' | 'doneAt', string | null>
  >`
    WITH rated AS (
      SELECT answer.answered_at, CASE WHEN closing.forgotten_at IS NULL THEN 0 ELSE 1 END AS is_forgotten,
        CASE WHEN closing.forgotten_at IS NULL THEN (SELECT min(notes.at) FROM notes
          WHERE notes.closing_id = closing.id AND notes.done = 1 AND notes.at >= answer.answered_at) END AS done_at
      FROM closings AS closing JOIN answers AS answer ON ${isNewestAnswer}
      WHERE ${isOf(cohort)} AND closing.state = 'answered' AND answer.rating <= ${lowRating}
    )
    SELECT is_forgotten AS "isForgotten", done_at AS "doneAt",
      CASE WHEN done_at IS NULL THEN NULL ELSE answered_at END AS "answeredAt", count(*) AS ratings
    FROM rated GROUP BY 1, 2, 3`.execute(db);
  return rows.map(({ isForgotten, answeredAt, doneAt, ratings }) => ({
    ratings: Number(ratings),
    done: answeredAt === null || doneAt === null ? null : { answeredAt, doneAt },
    isForgotten: Number(isForgotten) === 1,
  }));
}

/** A low rating with its comment. */
export interface LowRating {
  closingId: string;
  conversationId: string;
  customerId: string | null;
  surveyId: string;
  agentId: string | null;
  inboxId: string | null;
  channel: string | null;
  closedAt: string;
  rating: number;
  resolved: number | null;
  reason: string | null;
  comment: string;
  answeredAt: string;
}

/** Newest closings first. */
export async function lowRatings(
  db: Reading,
  cohort: ScoreCohort,
  { lowRating, limit }: { lowRating: number; limit: number },
): Promise<LowRating[]> {
  const { rows } = await sql<LowRating>`
    SELECT closing.id AS "closingId", closing.conversation_id AS "conversationId", closing.customer_id AS "customerId",
      closing.survey_id AS "surveyId", closing.agent_id AS "agentId", closing.inbox_id AS "inboxId", closing.channel,
      closing.closed_at AS "closedAt", answer.rating, answer.resolved, answer.reason, answer.comment,
      answer.answered_at AS "answeredAt"
    FROM closings AS closing JOIN answers AS answer ON ${isNewestAnswer}
    WHERE ${isOf(cohort)} AND closing.state = 'answered' AND answer.rating <= ${lowRating} AND answer.comment <> ''
    ORDER BY closing.closed_at DESC, closing.id DESC
    LIMIT ${limit}`.execute(db);
  return rows;
}
