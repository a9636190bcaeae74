import { conversationIdsArgument } from './program/common-options.ts';
import type { CommandDeclaration } from './program/declaration.ts';

export const attributeCommand: CommandDeclaration = {
  name: 'attribute',
  group: 'Start here',
  summary: 'who gets the rating, what they wrote, and why; writes nothing',
  details:
    'Reads a conversation and shows which agent last sent a response and what it said, which items did not count and ' +
    'why, and whether a survey would be sent. With -v, all of the response and every item.',
  arguments: [conversationIdsArgument],
  examples: [
    'gcsat attribute 5LNrIaOiRJ6u3vQ8jHyTkQ',
    'gcsat attribute --sandbox --json | jq .attribution.agent',
  ],
  async run(context, { arguments: [given] }) {
    const { namedConversations, workOnConversations } = await import('./program/conversations.ts');
    const { previewConversation } = await import('../workflow/survey/preview.ts');
    const ids = await namedConversations(context, given as string[]);
    await context.withServices(
      'interactive',
      (services) =>
        workOnConversations(context, services, ids, (conversationId, steps) =>
          previewConversation(services, { conversationId, closingId: null }, steps),
        ),
      { readOnly: true },
    );
  },
};
