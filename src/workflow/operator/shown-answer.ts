import type { SurveyEntry } from '../../documents/surveys.ts';
import type { Answer } from '../../domain/survey/records.ts';

/** The newest answer as lists show it. */
export function shownAnswer(answer: Answer): NonNullable<SurveyEntry['answer']> {
  const { rating, resolved, reason, comment, question, answeredAt } = answer;
  return { rating, resolved, reason, comment, question, answeredAt };
}
