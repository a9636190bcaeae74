import type { Policy } from '../../domain/eligibility/policy.ts';
import { hasAllOptOutTopics, namelessTopics } from '../../domain/eligibility/topics.ts';
import { Failure } from '../../failure.ts';
import type { ConversationRead } from './read-conversation.ts';

/**
 * Checks a conversation that none of its known topics opts out. A topic that is gone from Gladly may have been an
 * opt-out topic, unless Gladly still has all of those.
 *
 * @returns sentences for people, about topics that are gone
 * @throws Failure kind contract when a topic of the conversation, or an ancestor of one, may be an opt-out topic
 */
export function checkTopics(
  { optOutTopics }: Pick<Policy, 'optOutTopics'>,
  { conversation, topics }: Pick<ConversationRead, 'conversation' | 'topics'>,
): string[] {
  if (optOutTopics.length === 0) return [];
  const { id } = conversation;
  const { unnamed, gone } = namelessTopics(conversation.topicIds, topics);
  const isHarmless = hasAllOptOutTopics(topics, optOutTopics);
  const [first] = isHarmless ? unnamed : [...unnamed, ...gone];
  if (first !== undefined) {
    const message = `Gladly gives no name for topic ${first} of conversation ${id}, and opt-out topics are matched by name`;
    throw new Failure('contract', 'topic_unnamed', message, {
      hint: 'Look at the conversation in Gladly: it may be one that must not be surveyed.',
      conversationId: id,
    });
  }
  return gone.map(
    (topic) => `Gladly no longer has topic ${topic} of the conversation; it still has every opt-out topic`,
  );
}
