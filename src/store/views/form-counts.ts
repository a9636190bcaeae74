import { sql } from 'kysely';
import type { QuestionKind } from '../../domain/eligibility/questionnaire.ts';
import type { Reading } from '../ledger/ledger.ts';
import { isNewestAnswer, isOf, type ScoreCohort } from './score-counts.ts';

/** How many newest answers with a low rating give each reason; null: no reason. */
export async function lowReasonCounts(
  db: Reading,
  cohort: ScoreCohort,
  lowRating: number,
): Promise<{ reason: string | null; answers: number }[]> {
  const { rows } = await sql<{ reason: string | null; answers: number | string }>`
    SELECT answer.reason AS reason, count(*) AS answers
    FROM closings AS closing JOIN answers AS answer ON ${isNewestAnswer}
    WHERE ${isOf(cohort)} AND closing.state = 'answered' AND answer.rating <= ${lowRating}
    GROUP BY answer.reason`.execute(db);
  return rows.map(({ reason, answers }) => ({ reason, answers: Number(answers) }));
}

/** `choice` null: free text, which is counted as a whole. */
export interface CountedReply {
  kind: QuestionKind;
  text: string;
  choice: string | null;
  answers: number;
}

/** How many newest answers give each reply to the organization's own question. */
export async function questionCounts(db: Reading, cohort: ScoreCohort): Promise<CountedReply[]> {
  const { rows } = await sql<Omit<CountedReply, 'answers'> & { answers: number | string }>`
    SELECT answer.question_kind AS kind, answer.question_text AS text, answer.question_choice AS choice,
      count(*) AS answers
    FROM closings AS closing JOIN answers AS answer ON ${isNewestAnswer}
    WHERE ${isOf(cohort)} AND closing.state = 'answered' AND answer.question_kind IS NOT NULL
    GROUP BY answer.question_kind, answer.question_text, answer.question_choice`.execute(db);
  return rows.map((row) => ({ ...row, answers: Number(row.answers) }));
}
