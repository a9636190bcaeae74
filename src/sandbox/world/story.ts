import type { Identifiers, IdKind } from '../identifiers.ts';

/** Who did something, as items and events name them. */
export interface Communicator {
  id: string;
  type: 'AGENT' | 'API' | 'AUTOMATION' | 'CUSTOMER' | 'INTERNAL' | 'EXTERNAL' | 'SYSTEM';
}

/** An item as the API sends it. Content is open: some items deliberately break the contract. */
export interface ItemBody {
  id: string;
  customerId: string;
  conversationId?: string;
  sessionId?: string;
  timestamp: string;
  initiator?: Communicator | null;
  responder?: Communicator | null;
  content: Record<string, unknown> | null;
}

export interface StoryItem {
  /** Epoch milliseconds; the item does not exist earlier. */
  at: number;
  /** Epoch milliseconds of its timestamp, by which a timeline is ordered. */
  order: number;
  body: ItemBody;
}

export interface StoryEvent {
  /** Epoch milliseconds at which the event was recorded. */
  at: number;
  id: string;
  type: string;
  initiator: Communicator;
  content: Record<string, unknown>;
}

export type ConversationStatus = 'OPEN' | 'WAITING' | 'CLOSED';

/** One change of the conversation itself. */
export interface StoryChange {
  at: number;
  status?: ConversationStatus;
  inboxId?: string;
  /** Null unassigns the agent. */
  agentId?: string | null;
  addTopicId?: string;
  removeTopicId?: string;
}

/** An agent's response as it really happened, whatever the items look like. */
export interface StoryResponse {
  at: number;
  agentId: string;
  itemId: string;
}

/** Everything that happens in one conversation, in order of time, the future included. */
export interface Story {
  id: string;
  customerId: string;
  items: StoryItem[];
  events: StoryEvent[];
  changes: StoryChange[];
  responses: StoryResponse[];
  /** The next id of that kind in this conversation. */
  nextId(kind: IdKind): string;
}

export interface ConversationState {
  status: ConversationStatus;
  inboxId: string;
  agentId: string | null;
  topicIds: string[];
  createdAt: number;
  closedAt: number | null;
}

export function emptyStory(identifiers: Identifiers, day: number, number: number, customerId: string): Story {
  let part = 0;
  return {
    id: identifiers.make({ kind: 'conversation', day, number, part: 0 }),
    customerId,
    items: [],
    events: [],
    changes: [],
    responses: [],
    nextId: (kind) => identifiers.make({ kind, day, number, part: part++ }),
  };
}

/** The conversation as it stands at that moment; undefined if it does not exist yet. */
export function stateAt(story: Story, at: number): ConversationState | undefined {
  const [first] = story.changes;
  if (first === undefined || first.at > at) return undefined;
  const state: ConversationState = {
    status: 'OPEN',
    inboxId: '',
    agentId: null,
    topicIds: [],
    createdAt: first.at,
    closedAt: null,
  };
  for (const change of story.changes) {
    if (change.at > at) break;
    if (change.inboxId !== undefined) state.inboxId = change.inboxId;
    if (change.agentId !== undefined) state.agentId = change.agentId;
    if (change.addTopicId !== undefined) state.topicIds.push(change.addTopicId);
    if (change.removeTopicId !== undefined)
      state.topicIds = state.topicIds.filter((id) => id !== change.removeTopicId);
    if (change.status !== undefined) {
      state.status = change.status;
      state.closedAt = change.status === 'CLOSED' ? change.at : null;
    }
  }
  return state;
}

/** Every closing up to that moment, with the last response before it. */
export function closingsUntil(
  story: Story,
  at: number,
): { closedAt: number; lastResponse: StoryResponse | null }[] {
  return story.changes
    .filter((change) => change.status === 'CLOSED' && change.at <= at)
    .map(({ at: closedAt }) => ({
      closedAt,
      lastResponse:
        story.responses
          .filter((response) => response.at <= closedAt)
          .reduce<StoryResponse | null>(
            (last, response) => (last !== null && last.at > response.at ? last : response),
            null,
          ) ?? null,
    }));
}

/** The items that exist at that moment, ascending by timestamp; equal times keep the order in which they came. */
export function itemsAt(story: Story, at: number): StoryItem[] {
  return story.items.filter((item) => item.at <= at).sort((one, other) => one.order - other.order);
}

/** Drops the future, because somebody has just changed the conversation. */
export function cutAt(story: Story, at: number): void {
  const past = <T extends { at: number }>(list: T[]): T[] => list.filter((one) => one.at <= at);
  story.items = past(story.items);
  story.events = past(story.events);
  story.changes = past(story.changes);
  story.responses = past(story.responses);
}
