import { Failure } from '../failure.ts';
import { eachConversation } from '../workflow/each-conversation.ts';
import { previewClosing } from '../workflow/preview-closing.ts';
import type { CommandContext } from './context.ts';
import { checkConversationIds, reportConversations } from './conversation-results.ts';
import { withServices } from './with-services.ts';

/** `gcsat attribute <conversationId...>`: who would be credited and asked, and why; writes nothing. */
export async function runAttribute(context: CommandContext, given: readonly string[]): Promise<void> {
  await context.settings();
  const ids = given.length === 0 ? tellingConversation(context) : given;
  checkConversationIds(ids);
  await withServices(context, 'hand', async (services) => {
    const progress = context.output.progress('reading Gladly');
    const results = await eachConversation(
      services,
      ids,
      (id, name) => progress.update(ids.length === 1 ? name : `${id}: ${name}`),
      (conversationId, steps) => previewClosing(services, { conversationId, closingId: null }, steps),
    ).finally(() => progress.stop());
    reportConversations(context, results, ids);
  });
}

/** The embedded sandbox has a conversation that shows what attribution is about. */
export function tellingConversation(context: CommandContext): readonly string[] {
  const sandbox = context.sandbox();
  if (sandbox !== null) return [sandbox.tellingConversationId];
  throw new Failure('usage', 'no_conversation', 'no conversation is named', {
    hint: 'give one or more conversation ids, or --sandbox for one that is made up',
  });
}
