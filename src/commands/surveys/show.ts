import type { CommandDeclaration } from '../program/declaration.ts';
import { refuseEmptyId } from '../program/empty-ids.ts';

export const showCommand: CommandDeclaration = {
  name: 'show',
  summary: 'everything that is known about one closing, and why a customer was not asked',
  details:
    'Why a customer was asked or not, who gets the rating, and what came of it. Of several closings of a conversation or a customer it shows the newest and names the others. Times are in ' +
    'UTC. It reads the ledger alone, and needs no token and no network.',
  arguments: [
    {
      name: '<id>',
      description: 'id of a survey, a closing, a conversation or a customer, or an address of a customer',
      suggestions: 'surveys',
    },
  ],
  examples: ['gcsat surveys show 5LNrIaOiRJ6u3vQ8jHyTkQ', 'gcsat surveys show kim@example.com'],
  async run({ output, now, withLedger }, { arguments: [given] }) {
    const { storyHints } = await import('../../terminal/story-next.ts');
    const { surveyStoryView } = await import('../../terminal/story-view.ts');
    const { showSurvey } = await import('../../workflow/operator/surveys.ts');
    const id = given as string;
    refuseEmptyId(id);
    await withLedger({ writes: false }, async ({ ledger }) => {
      const story = await showSurvey(ledger, id, now());
      output.result(story, () => surveyStoryView(story, output));
      storyHints(story, output).forEach((text) => output.hint(text));
    });
  },
};
