import { readTimeline, type TimelineItem } from '../domain/timeline.ts';
import type { Agent, Conversation, Customer, Inbox, Organization, Topic } from '../gladly/answers.ts';
import type { Services } from './services.ts';
import type { Steps } from './steps.ts';

/** One conversation as Gladly shows it now, with the directories that name what it refers to. */
export interface ConversationRead {
  conversation: Conversation;
  items: TimelineItem[];
  /** The timeline's end is, or may be, cut off. */
  truncated: boolean;
  customer: Customer;
  organization: Organization;
  agents: ReadonlyMap<string, Agent>;
  inboxes: ReadonlyMap<string, Inbox>;
  topics: ReadonlyMap<string, Topic>;
  /** ISO-8601; when the reading began. */
  readAt: string;
}

/**
 * Reads everything the workflow needs about one conversation, in two round trips: what is known by the
 * conversation's id at once, then the customer. Directories come from the cache while it is fresh.
 */
export async function readConversation(
  services: Services,
  conversationId: string,
  steps: Steps,
): Promise<ConversationRead> {
  const { client, directory } = services;
  const readAt = new Date(services.clock()).toISOString();
  const asked = client.getConversation(conversationId);
  const [conversation, timeline, customer, agents, inboxes, topics, organization] = await Promise.all([
    steps.run('read conversation', () => asked),
    steps.run('read timeline', () => client.getConversationItems(conversationId)),
    asked.then(({ customerId }) => steps.run('read customer', () => client.getCustomer(customerId))),
    steps.run('read agents', () => directory.agents()),
    steps.run('read inboxes', () => directory.inboxes()),
    // The first question warms the list while the conversation is still on its way.
    steps
      .run('read topics', () => directory.topics())
      .then(async () => directory.topics((await asked).topicIds)),
    steps.run('read organization', () => services.organization()),
  ]);
  return {
    conversation,
    items: readTimeline(timeline.items),
    truncated: timeline.limited,
    customer: customer.customer,
    organization,
    agents,
    inboxes,
    topics,
    readAt,
  };
}
