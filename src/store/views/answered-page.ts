import { sql, type SqlBool } from 'kysely';
import type { Answer, Card } from '../../domain/survey/records.ts';
import { toAnswer, type formColumns } from '../answers/rows.ts';
import type { AnswersTable } from '../ledger/answer-tables.ts';

/** Joins the newest answer of each survey to closings that are selected as `page`. */
export const newestAnswerOfPage = sql<SqlBool>`answers.survey_id = page.survey_id AND answers.revision =
  (SELECT max(every.revision) FROM answers AS every WHERE every.survey_id = page.survey_id)`;

/** Joins the card that is on the timeline, if any. */
export const postedCardOfPage = sql<SqlBool>`cards.item_id =
  (SELECT every.item_id FROM cards AS every WHERE every.survey_id = page.survey_id AND every.state = 'posted'
   ORDER BY every.revision DESC LIMIT 1)`;

/** The columns of both, selected beside those of the closing. */
export const answerAndCardColumns = [
  'answers.revision',
  'answers.rating',
  'answers.resolved',
  'answers.comment',
  'answers.answered_at',
  'answers.source as answer_source',
  'answers.reason',
  'answers.question_kind',
  'answers.question_text',
  'answers.question_choice',
  'answers.question_words',
  'cards.item_id',
  'cards.posted_at',
] as const;

interface AnswerAndCard extends Pick<AnswersTable, (typeof formColumns)[number]> {
  survey_id: string | null;
  revision: number | null;
  rating: number | null;
  resolved: number | null;
  comment: string | null;
  answered_at: string | null;
  answer_source: string | null;
  item_id: string | null;
  posted_at: string | null;
}

/** Each is null if the join found none. */
export function answerAndCardOf(row: AnswerAndCard): {
  answer: Answer | null;
  card: Pick<Card, 'itemId' | 'postedAt'> | null;
} {
  return {
    answer: answerOf(row),
    card: row.item_id === null ? null : { itemId: row.item_id, postedAt: row.posted_at },
  };
}

function answerOf({
  survey_id,
  revision,
  rating,
  resolved,
  comment,
  answered_at,
  answer_source,
  ...form
}: AnswerAndCard) {
  if (survey_id === null || revision === null || rating === null || answered_at === null) return null;
  const source = answer_source ?? '';
  const of = { survey_id, revision, closing_id: null, rating, resolved, comment, answered_at, source };
  return toAnswer({ ...form, ...of });
}
