import type { Policy } from '../../domain/eligibility/policy.ts';
import { unnamedTopic } from '../../domain/eligibility/topics.ts';
import { Failure } from '../../failure.ts';
import type { ConversationRead } from './read-conversation.ts';

/**
 * For a conversation that none of its known topics opts out.
 *
 * @throws Failure kind contract when topics opt out by name, and Gladly does not name one of the conversation's, or an
 *   ancestor of one
 */
export function checkTopics(
  { optOutTopics }: Pick<Policy, 'optOutTopics'>,
  { conversation, topics }: Pick<ConversationRead, 'conversation' | 'topics'>,
): void {
  if (optOutTopics.length === 0) return;
  const unnamed = unnamedTopic(conversation.topicIds, topics);
  if (unnamed === null) return;
  const { id } = conversation;
  const message = `Gladly does not name topic ${unnamed} of conversation ${id}, and some topics opt out by name`;
  throw new Failure('contract', 'topic_unnamed', message, {
    hint: 'Look at the conversation in Gladly: it may be one that must not be surveyed.',
    conversationId: id,
  });
}
