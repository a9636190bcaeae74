import { readyToDeliver } from '../workflow/decide-and-deliver.ts';
import { eachConversation } from '../workflow/each-conversation.ts';
import type { ConversationResult } from '../workflow/describe.ts';
import { previewClosing } from '../workflow/preview-closing.ts';
import { fetchRecordings } from '../workflow/recordings.ts';
import type { Services } from '../workflow/services.ts';
import type { Steps } from '../workflow/steps.ts';
import { surveyClosing } from '../workflow/survey-closing.ts';
import { tellingConversation } from './attribute.ts';
import type { CommandContext } from './context.ts';
import { checkConversationIds, reportConversations } from './conversation-results.ts';
import { mailboxView } from '../terminal/mailbox-view.ts';
import { withServices } from './with-services.ts';

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
  await context.settings();
  const ids = given.length === 0 ? tellingConversation(context) : given;
  checkConversationIds(ids);
  await withServices(context, 'hand', async (services) => {
    const progress = context.output.progress('reading Gladly');
    const results = await eachConversation(
      services,
      ids,
      (id, name) => progress.update(ids.length === 1 ? name : `${id}: ${name}`),
      (conversationId, steps) => replayConversation(services, conversationId, options, steps),
    ).finally(() => progress.stop());
    const messages = context.sandbox()?.mailbox() ?? [];
    reportConversations(context, results, ids, ({ document }) =>
      mailboxView(
        messages.filter(({ conversationItemId }) => conversationItemId === document.survey?.externalId),
        context.output,
      ),
    );
  });
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
    return previewClosing(services, request, steps);
  }
  const result = await surveyClosing(services, request, steps);
  if (media !== undefined) {
    await steps.run('fetch recordings', () => fetchRecordings(services, result.document, media));
    result.document.requests = steps.requests();
  }
  return result;
}
