import { closingTime } from '../../domain/closing/identity.ts';
import { parseInstant, timeNow, type Instant } from '../../domain/values/instant.ts';
import { Failure } from '../../failure.ts';
import { responseTexts, type ResponseTexts } from '../../domain/attribution/response-texts.ts';
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
  responseTexts: ResponseTexts;
  /** The timeline's end is, or may be, cut off. */
  truncated: boolean;
}

export interface CustomerRead {
  customer: Customer;
  /** ISO-8601; a customer may have been read for an earlier closing. */
  customerReadAt: string;
}

/** Everything that the workflow needs to know about one conversation. */
export interface FullRead extends ConversationRead, TimelineRead, CustomerRead {}

/** The reads of one conversation, each made once. */
export interface Reads {
  /** Whether everything is read at once, even if the verdict does not need it. */
  readonly everything: boolean;
  conversation(): Promise<ConversationRead>;
  timeline(): Promise<TimelineRead>;
  /** `again`: a read made for an earlier closing is too old. */
  customer(question: { again: boolean }): Promise<CustomerRead>;
}

export interface FullReads extends Reads {
  /** Only the conversation, which may be available even if another part could not be read. */
  readonly alone: Promise<Conversation>;
  readonly organization: Promise<Organization>;
}

/** Reads each customer once per run, unless `again` asks for a fresh read. */
export type AskForCustomer = (
  customerId: string,
  question: { again: boolean; steps: Steps },
) => Promise<CustomerRead>;

/** Reads everything in two round trips: first what the conversation's id leads to, then the customer. */
export function readEverything(services: Services, conversationId: string, steps: Steps): FullReads {
  const alone = askForConversation(services, conversationId, steps);
  const organization = askForOrganization(services, steps);
  const read = readFully(services, conversationId, steps, { conversation: alone, organization });
  // Whoever awaits a read gets its failure; until then it must not count as an unhandled rejection.
  for (const reading of [alone, organization, read]) reading.catch(() => undefined);
  return {
    everything: true,
    alone,
    organization,
    conversation: () => read,
    timeline: () => read,
    customer: () => read,
  };
}

/** @param given the conversation, if it was just read */
export function readAsNeeded(
  services: Services,
  conversationId: string,
  { given, askForCustomer }: { given: ConversationRead | null; askForCustomer: AskForCustomer },
  steps: Steps,
): Reads {
  let conversation: Promise<ConversationRead> | null = given === null ? null : Promise.resolve(given);
  let timeline: Promise<TimelineRead> | null = null;
  const read = (): Promise<ConversationRead> =>
    (conversation ??= readConversation(services, conversationId, steps));
  return {
    everything: false,
    conversation: read,
    timeline: () => (timeline ??= readItems(services, conversationId, steps)),
    customer: async ({ again }) => askForCustomer((await read()).conversation.customerId, { again, steps }),
  };
}

/** Reads already under way. */
interface Begun {
  conversation: Promise<Conversation>;
  organization: Promise<Organization>;
}

export async function readFully(
  services: Services,
  conversationId: string,
  steps: Steps,
  begun: Begun = beginReading(services, conversationId, steps),
): Promise<FullRead> {
  const { conversation } = begun;
  const [read, timeline, customer] = await Promise.all([
    readAround(services, begun, steps),
    readItems(services, conversationId, steps),
    conversation.then(({ customerId }) => readCustomer(services, customerId, steps)),
  ]);
  return { ...read, ...timeline, customer, customerReadAt: read.readAt };
}

/** Reads only the conversation; directories come from the cache while it is fresh. */
export async function readConversation(
  services: Services,
  conversationId: string,
  steps: Steps,
): Promise<ConversationRead> {
  return readAround(services, beginReading(services, conversationId, steps), steps);
}

export async function readItems(
  { client }: Services,
  conversationId: string,
  steps: Steps,
): Promise<TimelineRead> {
  const { items, limited } = await steps.run('read timeline', () =>
    client.getConversationItems(conversationId),
  );
  return { items: readTimeline(items), responseTexts: responseTexts(items), truncated: limited };
}

/** The customer; if they were merged into another, that one. */
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

function askForOrganization(services: Services, steps: Steps): Promise<Organization> {
  return steps.run('read organization', () => services.organization());
}

function beginReading(services: Services, conversationId: string, steps: Steps): Begun {
  return {
    conversation: askForConversation(services, conversationId, steps),
    organization: askForOrganization(services, steps),
  };
}

async function readAround(
  services: Services,
  { conversation: asked, organization: identified }: Begun,
  steps: Steps,
): Promise<ConversationRead> {
  const { directory, settings } = services;
  // Worth further requests only if the inbox may exclude a closing or give it a brand.
  const needsInbox =
    settings.policy.excludedInboxes.length > 0 || settings.brands.some(({ inboxes }) => inboxes.length > 0);
  const readAt = timeNow(services.clock);
  const [conversation, agents, inboxes, topics, organization] = await Promise.all([
    asked,
    steps.run('read agents', () => directory.agents()),
    // The first request fetches the list while the conversation is still on its way.
    steps
      .run('read inboxes', () => directory.inboxes())
      .then(async (listed) => (needsInbox ? directory.inboxes(idsOf((await asked).inboxId)) : listed)),
    steps
      .run('read topics', () => directory.topics())
      .then(async () => directory.topics((await asked).topicIds)),
    identified,
  ]);
  return { conversation, organization, agents, inboxes, topics, readAt };
}

function idsOf(id: string | null): string[] {
  return id === null ? [] : [id];
}

/** A closing must have a time, because the time is its identity. @throws Failure closing_time_missing */
export function closedAtOf({ conversation }: ConversationRead, items: readonly TimelineItem[]): Instant {
  const at = closingTime(conversation.closedAt, items) ?? parseInstant(conversation.createdAt);
  if (at !== null) return at;
  throw new Failure(
    'contract',
    'closing_time_missing',
    `conversation ${conversation.id} is CLOSED, but neither it nor its timeline gives a time`,
    { hint: 'Look at the conversation in Gladly and try again later.', conversationId: conversation.id },
  );
}
