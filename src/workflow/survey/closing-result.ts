import type { SurveyOutcome } from '../../documents/survey.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import type { Reason } from '../../domain/closing/reason.ts';
import type { Failure } from '../../failure.ts';

/** What became of one closing. */
export interface ClosingResult {
  row: Closing;
  outcome: SurveyOutcome;
  reasons: readonly Reason[];
  /** Why the message was not sent, or why it is unknown whether it was. */
  failure: Failure | null;
}

export function existingSurvey(row: Closing): ClosingResult {
  const outcome = row.state === 'uncertain' ? 'uncertain' : 'already_surveyed';
  const reasons: Reason[] = [{ code: 'already_surveyed', detail: 'this closing already has a survey' }];
  return { row, outcome, reasons, failure: null };
}
