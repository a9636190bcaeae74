import { readyToDeliver } from '../workflow/survey/decide.ts';
import type { ConversationResult } from '../workflow/survey/describe.ts';
import { previewConversation } from '../workflow/survey/preview.ts';
import { fetchRecordings } from '../workflow/survey/recordings.ts';
import type { Services } from '../workflow/context/services.ts';
import type { Steps } from '../workflow/context/steps.ts';
import { surveyConversation } from '../workflow/survey/survey-closing.ts';
import type { CommandContext } from './context.ts';
import { namedConversations, workOnConversations } from './conversation-results.ts';
import { mailboxView } from '../terminal/mailbox-view.ts';
import { keepNoSigningKey, warnOfPlaceholderLinks, withServices } from './with-services.ts';

export interface ReplayOptions {
  /** Folder for the recordings of calls and voicemails. */
  media?: string | undefined;
  dryRun?: boolean | undefined;
}

/** `gcsat replay <conversationId...>`: the whole survey workflow for closed conversations. */
export async function runReplay(
  context: CommandContext,
  given: readonly string[],
  options: ReplayOptions,
): Promise<void> {
  const ids = await namedConversations(context, given);
  await warnOfPlaceholderLinks(context);
  if (options.dryRun === true) await keepNoSigningKey(context);
  await withServices(context, 'interactive', (services) =>
    workOnConversations(
      context,
      services,
      ids,
      (conversationId, steps) => replayConversation(services, conversationId, options, steps),
      ({ document }) => arrivedInSandbox(context, document.survey?.externalId ?? null),
    ),
  );
}

/** The message in the embedded sandbox's mailbox, which nobody could look into afterwards. */
function arrivedInSandbox(context: CommandContext, externalId: string | null): string {
  const messages = context.sandbox()?.mailbox() ?? [];
  const arrived = messages.filter(({ conversationItemId }) => conversationItemId === externalId);
  return mailboxView(arrived, context.output);
}

async function replayConversation(
  services: Services,
  conversationId: string,
  { media, dryRun }: ReplayOptions,
  steps: Steps,
): Promise<ConversationResult> {
  const request = { conversationId, closingId: null };
  if (dryRun === true) {
    await readyToDeliver(services);
    return previewConversation(services, request, steps);
  }
  const result = await surveyConversation(services, request, steps);
  if (media !== undefined) {
    await steps.run('fetch recordings', () => fetchRecordings(services, result.document, media));
    result.document.requests = steps.requests();
  }
  return result;
}
