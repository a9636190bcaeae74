import type { Settings } from '../../config/settings.ts';
import { listed } from '../../domain/values/name-key.ts';
import { Failure } from '../../failure.ts';
import type { ConversationRead } from './read-conversation.ts';

/** @throws Failure kind contract when inboxes are excluded and Gladly does not say whether this is one of them */
export function checkInbox(
  { policy }: Pick<Settings, 'policy'>,
  { conversation, inboxes }: ConversationRead,
): void {
  const { excludedInboxes } = policy;
  if (excludedInboxes.length === 0) return;
  const { id, inboxId } = conversation;
  if (inboxId === null) {
    throw unknownInbox(id, 'inbox_missing', `conversation ${id} has no inbox, and some are excluded`);
  }
  // What is no inbox's id is taken for a name: it may be that of this one.
  const isById = listed(excludedInboxes, [inboxId]);
  const areNames = !excludedInboxes.every((entry) => listed([...inboxes.keys()], [entry]));
  if (isById || !areNames || (inboxes.get(inboxId)?.name ?? null) !== null) return;
  const message = `Gladly does not name inbox ${inboxId} of conversation ${id}, and some are excluded by name`;
  throw unknownInbox(id, 'inbox_unnamed', message);
}

function unknownInbox(conversationId: string, code: string, message: string): Failure {
  return new Failure('contract', code, message, {
    hint: 'Look at the conversation in Gladly: it may be one that must not be surveyed.',
    conversationId,
  });
}
