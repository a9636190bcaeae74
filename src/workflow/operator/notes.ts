import type { Note } from '../../domain/survey/records.ts';
import type { SurveyEntry } from '../../documents/surveys.ts';
import { addNote } from '../../store/answers/notes.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import { entryOfClosing, onlyClosing } from './surveys.ts';

/**
 * Records a person's note about what was done after an answer.
 *
 * @throws Failure `survey_not_found`, `closing_ambiguous`
 */
export async function noteSurvey(ledger: Ledger, anyId: string, note: Note): Promise<SurveyEntry> {
  const { id } = await onlyClosing(ledger, anyId);
  await addNote(ledger, id, note);
  return entryOfClosing(ledger, id, note.at);
}
