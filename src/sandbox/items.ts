import { itemsAt, stateAt, type ConversationState, type ItemBody, type Story } from './world/story.ts';
import { withMillis } from './time.ts';
import type { components } from '../gladly/contract.ts';

export type Conversation = components['schemas']['Conversation'];

/** A timeline shows at most this many items, the oldest. */
const timelineLimit = 1000;
/** A customer's list shows at most this many conversations, the oldest. */
export const conversationsLimit = 100;

/** Sent with every list that can be cut, even when the list is complete. */
export function limitedData(limited: boolean): Record<string, string> {
  return { 'Gladly-Limited-Data': String(limited) };
}

function conversationOf(story: Story, state: ConversationState): Conversation {
  return {
    id: story.id,
    customerId: story.customerId,
    ...(state.agentId === null ? {} : { agentId: state.agentId }),
    inboxId: state.inboxId,
    customAttributes: [],
    topicIds: state.topicIds,
    createdAt: withMillis(state.createdAt),
    ...(state.closedAt === null ? {} : { closedAt: withMillis(state.closedAt) }),
    status: state.status,
  };
}

/** The conversation as it stands now; undefined if it does not exist (yet). */
export function currentConversation(story: Story | undefined, now: number): Conversation | undefined {
  const state = story === undefined ? undefined : stateAt(story, now);
  return story === undefined || state === undefined ? undefined : conversationOf(story, state);
}

export function timelineOf(
  story: Story,
  now: number,
  sessionId: string | null,
): { items: ItemBody[]; limited: boolean } {
  const all = itemsAt(story, now)
    .map(({ body }) => body)
    .filter((body) => sessionId === null || body.sessionId === sessionId);
  return { items: all.slice(0, timelineLimit), limited: all.length > timelineLimit };
}
