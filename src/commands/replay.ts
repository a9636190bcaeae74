import type { Services } from '../workflow/context/services.ts';
import type { Steps } from '../workflow/context/steps.ts';
import type { ConversationResult } from '../workflow/survey/describe.ts';
import { conversationIdsArgument, dryRunOption } from './program/common-options.ts';
import type { CommandDeclaration } from './program/declaration.ts';
import { warnOfPlaceholderLinks } from './program/link-warning.ts';

interface ReplayOptions {
  /** Folder for the recordings of calls and voicemails. */
  media?: string | undefined;
  dryRun?: boolean | undefined;
}

export const replayCommand: CommandDeclaration = {
  name: 'replay',
  group: 'Start here',
  summary: 'the whole survey workflow for closed conversations',
  details:
    'Reads a closed conversation, finds the agent to credit, decides, delivers the survey, and records it. Repeating ' +
    'it sends nothing twice.',
  arguments: [conversationIdsArgument],
  options: [
    dryRunOption,
    {
      flags: '--media <folder>',
      description: 'fetch the recordings of calls and voicemails into this folder',
    },
  ],
  examples: ['gcsat replay --sandbox', 'gcsat replay 5LNrIaOiRJ6u3vQ8jHyTkQ --dry-run'],
  async run(context, { arguments: [given], options }) {
    const { namedConversations, workOnConversations } = await import('./program/conversations.ts');
    const { announceQueue } = await import('./program/queue-note.ts');
    const { mailboxView } = await import('../terminal/mailbox-view.ts');
    await context.settings({ keepsSigningKey: options['dryRun'] !== true });
    const ids = await namedConversations(context, given as string[]);
    await warnOfPlaceholderLinks(context);
    await context.withServices('interactive', async (services) => {
      await announceQueue(context.output, services, options['dryRun'] === true);
      await workOnConversations(
        context,
        services,
        ids,
        (conversationId, steps) => replayConversation(services, conversationId, options, steps),
        ({ document }) => {
          // The embedded sandbox's mailbox is gone after the command.
          const messages = context.sandbox()?.mailbox() ?? [];
          const sent = messages.filter(
            ({ conversationItemId }) => conversationItemId === (document.survey?.externalId ?? null),
          );
          return mailboxView(sent, context.output);
        },
      );
    });
  },
};

async function replayConversation(
  services: Services,
  conversationId: string,
  { media, dryRun = false }: ReplayOptions,
  steps: Steps,
): Promise<ConversationResult> {
  const request = { conversationId, closingId: null };
  if (dryRun) {
    const { readyToDeliver } = await import('../workflow/survey/decide.ts');
    const { previewConversation } = await import('../workflow/survey/preview.ts');
    await readyToDeliver(services);
    return previewConversation(services, request, steps);
  }
  const { surveyConversation } = await import('../workflow/survey/survey-closing.ts');
  const result = await surveyConversation(services, request, steps);
  if (media !== undefined) {
    const { fetchRecordings } = await import('../workflow/survey/recordings.ts');
    await steps.run('fetch recordings', () => fetchRecordings(services, result.document, media));
    result.document.requests = steps.requests();
  }
  return result;
}
