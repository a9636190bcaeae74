import type { NotedSurvey } from '../documents/surveys.ts';
import { clean } from './text.ts';

/** What was noted, or would be noted. */
export function noteView({ closingId, answer, notes, dryRun }: NotedSurvey): string {
  const note = notes.at(-1);
  const about = answer === null ? '' : ` about the ${answer.rating}/5`;
  const text = `${dryRun ? 'Would note' : 'Noted'}${about} of ${clean(closingId)}: ${clean(note?.text ?? '')}`;
  return note?.done === true ? `${text}\nIt is marked as done.` : text;
}
