import type { CommandDeclaration } from '../program/declaration.ts';
import { refuseEmptyId } from '../program/empty-ids.ts';

export const showCommand: CommandDeclaration = {
  name: 'show',
  summary: 'everything that is known about one closing, and why a customer was not asked',
  details:
    'Shows why a customer was or was not surveyed, who gets the rating, and what happened next. If a conversation or ' +
    'customer has several closings, it shows the newest and lists the others. Times are in UTC. Reads only the ledger: it needs no token and no network.',
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
