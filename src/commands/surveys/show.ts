import { surveyIdArgument } from '../program/common-options.ts';
import type { CommandDeclaration } from '../program/declaration.ts';
import { refuseEmptyId } from '../program/empty-ids.ts';

export const showCommand: CommandDeclaration = {
  name: 'show',
  summary: 'everything that is known about one closing',
  arguments: [surveyIdArgument],
  examples: ['gcsat surveys show 5LNrIaOiRJ6u3vQ8jHyTkQ'],
  async run({ output, now, withServices }, { arguments: [given] }) {
    const { surveyStoryView } = await import('../../terminal/surveys-view.ts');
    const { showSurvey } = await import('../../workflow/operator/surveys.ts');
    const id = given as string;
    refuseEmptyId(id);
    await withServices('interactive', async ({ ledger }) => {
      const story = await showSurvey(ledger, id, now());
      output.result(story, () => surveyStoryView(story, output));
    });
  },
};
