import { timeNow } from '../../domain/values/instant.ts';
import { readTimeline, type TimelineItem } from '../../domain/attribution/timeline.ts';
import type { Conversation } from '../../gladly/resources/conversations.ts';
import type { Customer } from '../../gladly/resources/customers.ts';
import type { Agent, Inbox, Organization, Topic } from '../../gladly/resources/organization.ts';
import type { Services } from '../context/services.ts';
import type { Steps } from '../context/steps.ts';

/** One conversation as Gladly shows it now, with the directories that name what it refers to. */
export interface ConversationRead {
  conversation: Conversation;
  organization: Organization;
  agents: ReadonlyMap<string, Agent>;
  inboxes: ReadonlyMap<string, Inbox>;
  topics: ReadonlyMap<string, Topic>;
  /** ISO-8601; when the reading began. */
  readAt: string;
}

export interface TimelineRead {
  items: TimelineItem[];
  /** The timeline's end is, or may be, cut off. */
  truncated: boolean;
}

/** Everything that the workflow needs to know about one conversation. */
export interface FullRead extends ConversationRead, TimelineRead {
  customer: Customer;
  /** ISO-8601; a customer may have been read for an earlier closing. */
  customerReadAt: string;
}

/**
 * Reads everything in two round trips: what is known by the conversation's id at once, then the customer.
 */
export async function readFully(services: Services, conversationId: string, steps: Steps): Promise<FullRead> {
  const conversation = askForConversation(services, conversationId, steps);
  const [read, timeline, customer] = await Promise.all([
    readAround(services, conversation, steps),
    readItems(services, conversationId, steps),
    conversation.then(({ customerId }) => readCustomer(services, customerId, steps)),
  ]);
  return { ...read, ...timeline, customer, customerReadAt: read.readAt };
}

/** Reads the conversation alone; directories come from the cache while it is fresh. */
export async function readConversation(
  services: Services,
  conversationId: string,
  steps: Steps,
): Promise<ConversationRead> {
  return readAround(services, askForConversation(services, conversationId, steps), steps);
}

export async function readItems(
  { client }: Services,
  conversationId: string,
  steps: Steps,
): Promise<TimelineRead> {
  const { items, limited } = await steps.run('read timeline', () =>
    client.getConversationItems(conversationId),
  );
  return { items: readTimeline(items), truncated: limited };
}

/** The customer who lives on, where the conversation's was merged. */
export async function readCustomer(
  { client }: Services,
  customerId: string,
  steps: Steps,
): Promise<Customer> {
  return (await steps.run('read customer', () => client.getCustomer(customerId))).customer;
}

function askForConversation(
  { client }: Services,
  conversationId: string,
  steps: Steps,
): Promise<Conversation> {
  return steps.run('read conversation', () => client.getConversation(conversationId));
}

async function readAround(
  services: Services,
  asked: Promise<Conversation>,
  steps: Steps,
): Promise<ConversationRead> {
  const { directory, settings } = services;
  // Worth further requests only where a closing may be left out by it.
  const needsInbox = settings.policy.excludedInboxes.length > 0;
  const readAt = timeNow(services.clock);
  const [conversation, agents, inboxes, topics, organization] = await Promise.all([
    asked,
    steps.run('read agents', () => directory.agents()),
    // The first question warms a list while the conversation is still on its way.
    steps
      .run('read inboxes', () => directory.inboxes())
      .then(async (listed) => (needsInbox ? directory.inboxes(idsOf((await asked).inboxId)) : listed)),
    steps
      .run('read topics', () => directory.topics())
      .then(async () => directory.topics((await asked).topicIds)),
    steps.run('read organization', () => services.organization()),
  ]);
  return { conversation, organization, agents, inboxes, topics, readAt };
}

function idsOf(id: string | null): string[] {
  return id === null ? [] : [id];
}
