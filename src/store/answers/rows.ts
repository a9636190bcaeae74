import type { Answer } from '../../domain/survey/records.ts';
import type { AnswersTable } from '../schema/tables.ts';

export function toAnswer(row: AnswersTable): Answer {
  return {
    surveyId: row.survey_id,
    revision: row.revision,
    rating: row.rating,
    resolved: row.resolved === null ? null : row.resolved === 1,
    comment: row.comment,
    answeredAt: row.answered_at,
    source: row.source,
  };
}
