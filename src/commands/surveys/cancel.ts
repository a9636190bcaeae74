import { dryRunOption, surveyIdArgument } from '../program/common-options.ts';
import type { CommandDeclaration } from '../program/declaration.ts';
import { refuseEmptyId } from '../program/empty-ids.ts';
import { dryRunNote } from './dry-run-note.ts';

export const cancelCommand: CommandDeclaration = {
  name: 'cancel',
  summary: 'never send one that has not left yet',
  arguments: [surveyIdArgument],
  options: [dryRunOption],
  examples: ['gcsat surveys cancel 5LNrIaOiRJ6u3vQ8jHyTkQ'],
  async run({ output, now, withServices }, { arguments: [given], options }) {
    const { surveysView } = await import('../../terminal/surveys-view.ts');
    const { withDryRun } = await import('../../workflow/context/dry-run.ts');
    const { cancelSurvey } = await import('../../workflow/operator/surveys.ts');
    const id = given as string;
    const dryRun = options['dryRun'] === true;
    refuseEmptyId(id);
    await withServices('interactive', (services) =>
      withDryRun(services, dryRun, async ({ ledger }) => {
        const entry = { ...(await cancelSurvey(ledger, id, now())), dryRun };
        output.result(entry, () => surveysView([entry], output) + dryRunNote(dryRun));
      }),
    );
  },
};
