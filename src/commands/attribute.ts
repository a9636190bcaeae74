import { previewConversation } from '../workflow/survey/preview.ts';
import type { CommandContext } from './context.ts';
import { namedConversations, workOnConversations } from './conversation-results.ts';
import { withServices } from './with-services.ts';

/** `gcsat attribute <conversationId...>`: who would be credited and asked, and why; writes nothing. */
export async function runAttribute(context: CommandContext, given: readonly string[]): Promise<void> {
  const ids = await namedConversations(context, given);
  await withServices(context, 'interactive', (services) =>
    workOnConversations(context, services, ids, (conversationId, steps) =>
      previewConversation(services, { conversationId, closingId: null }, steps),
    ),
  );
}
