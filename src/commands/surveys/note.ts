import { Failure } from '../../failure.ts';
import { dryRunOption, surveyIdArgument } from '../program/common-options.ts';
import type { CommandDeclaration } from '../program/declaration.ts';
import { refuseEmptyId } from '../program/empty-ids.ts';

const mostCharacters = 2000;

export const noteCommand: CommandDeclaration = {
  name: 'note',
  summary: 'record who handles a low rating, and what was done',
  details:
    'A low rating stays open until a note marks it done (--done), and is open again if the customer changes ' +
    'the answer. Notes are in `surveys show`, in `surveys list`, and in `export`. It needs no token and no network, ' +
    'and sends nothing. You cannot add a note about a customer who was forgotten.',
  arguments: [
    surveyIdArgument,
    { name: '<text>', description: `what was done, at most ${mostCharacters} characters` },
  ],
  options: [{ flags: '--done', description: 'nothing is left to do about it' }, dryRunOption],
  examples: [
    'gcsat surveys note 5LNrIaOiRJ6u3vQ8jHyTkQ "Ines calls tomorrow"',
    'gcsat surveys note 5LNrIaOiRJ6u3vQ8jHyTkQ "Called back, refunded" --done',
  ],
  async run({ output, now, withLedger }, { arguments: [given, words], options }) {
    const { noteView } = await import('../../terminal/note-view.ts');
    const { withLedgerCopy } = await import('../../workflow/context/dry-run.ts');
    const { noteSurvey } = await import('../../workflow/operator/notes.ts');
    const { dryRunNote } = await import('./dry-run-note.ts');
    const [id, text] = [given as string, (words as string).trim()];
    const dryRun = options['dryRun'] === true;
    refuseEmptyId(id);
    if (text === '') throw badText('the note is empty', 'Say what was done, in quotes.');
    if (text.length > mostCharacters) {
      throw badText(`the note has ${text.length} characters`, `Use at most ${mostCharacters}.`);
    }
    const note = { at: now(), text, done: options['done'] === true };
    await withLedger({ writes: !dryRun }, (opened) =>
      withLedgerCopy(opened.ledger, dryRun, async (ledger) => {
        const noted = { ...(await noteSurvey(ledger, id, note)), dryRun };
        output.result(noted, () => noteView(noted) + dryRunNote(dryRun));
      }),
    );
  },
};

function badText(message: string, hint: string): Failure {
  return new Failure('usage', 'note_invalid', message, { hint });
}
