import type { FormAnswers } from '../../domain/survey/form.ts';
import type { Answer } from '../../domain/survey/records.ts';
import type { AnswersTable } from '../ledger/answer-tables.ts';

export function toAnswer(row: AnswersTable): Answer {
  return {
    surveyId: row.survey_id,
    revision: row.revision,
    rating: row.rating,
    resolved: row.resolved === null ? null : row.resolved === 1,
    comment: row.comment,
    answeredAt: row.answered_at,
    source: row.source,
    reason: row.reason,
    question: questionOf(row),
  };
}

/** The columns for the answers to a form's own questions. */
export const formColumns = [
  'reason',
  'question_kind',
  'question_text',
  'question_choice',
  'question_words',
] as const satisfies readonly (keyof AnswersTable)[];

type FormRow = Pick<AnswersTable, (typeof formColumns)[number]>;

export function formRowOf({ reason, question }: FormAnswers): FormRow {
  const { kind = null, text = null, answer = null } = question ?? {};
  const isWritten = kind === 'text';
  return {
    reason,
    question_kind: kind,
    question_text: text,
    question_choice: isWritten || answer === null ? null : String(answer),
    question_words: isWritten && answer !== null ? String(answer) : null,
  };
}

function questionOf(row: FormRow): FormAnswers['question'] {
  const { question_kind: kind, question_text: text, question_choice: choice, question_words: words } = row;
  if (kind === null || text === null) return null;
  const answer = kind === 'scale' && choice !== null ? Number(choice) : (choice ?? words);
  return { kind, text, answer };
}
