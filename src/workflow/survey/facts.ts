import { anyPhone, chooseEmail } from '../../domain/eligibility/addresses.ts';
import type { ClosingFacts, ConversationFacts, TimelineFacts } from '../../domain/eligibility/facts.ts';
import { formatInstant, normalizeTime, toMilliseconds, type Instant } from '../../domain/values/instant.ts';
import type { CreditedAgent, Evidence, EvidenceAttribution } from '../../domain/attribution/evidence.ts';
import { keptItems } from '../../domain/attribution/kept-items.ts';
import type { Closing, ClosingReading } from '../../domain/closing/closing.ts';
import type { Customer } from '../../gladly/resources/customers.ts';
import type { Credit } from './credit.ts';
import type { ConversationRead, FullRead, TimelineRead } from './read-conversation.ts';

/** The closing being looked at; `closedAt` null: the conversation never closed, as far as we know. */
export interface ClosingInQuestion {
  id: string | null;
  closedAt: Instant | null;
  reopened: boolean;
}

/** Gladly gives at most this many timeline items; the newest recordings are kept. */
const mostRecordings = 1000;

export function factsOf(read: FullRead, credit: Credit, closing: ClosingInQuestion): ClosingFacts {
  return {
    ...conversationFactsOf(read, closing),
    ...timelineFactsOf(read, credit),
    customer: read.customer,
    timeZone: read.organization.timezone,
  };
}

export function conversationFactsOf(read: ConversationRead, closing: ClosingInQuestion): ConversationFacts {
  const { conversation, topics } = read;
  return {
    closingId: closing.id ?? conversation.id,
    conversationId: conversation.id,
    status: conversation.status,
    closedAt: closing.closedAt === null ? null : toMilliseconds(closing.closedAt),
    reopened: closing.reopened,
    topicIds: conversation.topicIds,
    topics,
    inbox: inboxOf(read),
  };
}

export function timelineFactsOf({ truncated }: TimelineRead, credit: Credit): TimelineFacts {
  return {
    attribution: credit.attribution,
    timelineUnsolved: credit.unsolved,
    timelineTruncated: truncated,
    closedBy: credit.closedBy,
    agent: credit.agent,
  };
}

/** What is kept for a closing whose verdict was certain from the conversation alone. */
export function conversationEvidenceOf(read: ConversationRead, closing: ClosingInQuestion): Evidence {
  const { conversation, topics } = read;
  return {
    conversation: {
      status: conversation.status,
      createdAt: normalizeTime(conversation.createdAt),
      closedAt: closing.closedAt === null ? null : formatInstant(closing.closedAt),
      closing: closing.id,
      assignedAgentId: conversation.agentId,
      assignedAgentName: nameOf(read, conversation.agentId),
      inbox: inboxOf(read),
      topics: conversation.topicIds.map((id) => ({ id, name: topics.get(id)?.name ?? null })),
    },
    attribution: null,
    timeline: null,
    recordings: [],
  };
}

export function evidenceOf(
  read: ConversationRead & TimelineRead,
  credit: Credit,
  closing: ClosingInQuestion,
): Evidence & { timeline: NonNullable<Evidence['timeline']> } {
  const { kept, omitted } = keptItems(credit.attribution.considered);
  const looked = {
    considered: kept.map((item) => ({ ...item, agentName: nameOf(read, item.agentId) })),
    omitted,
  };
  return {
    ...conversationEvidenceOf(read, closing),
    attribution: attributionOf(credit, looked),
    timeline: { items: read.items.length, truncated: read.truncated, ...looked },
    recordings: read.items.flatMap(({ recording }) => recording ?? []).slice(-mostRecordings),
  };
}

/** What the ledger keeps with a verdict after everything was read. */
export function readingOf(read: FullRead, credit: Credit, closing: ClosingInQuestion): ClosingReading {
  return {
    readAt: read.readAt,
    evidence: evidenceOf(read, credit, closing),
    customer: storedCustomer(read.customer),
    customerId: read.customer.id,
    agent: namedAgent(credit),
  };
}

export function storedCustomer(customer: Customer): NonNullable<Closing['customer']> {
  const email = chooseEmail(customer.emails);
  return {
    id: customer.id,
    name: customer.name,
    email: 'address' in email ? email.address : null,
    phone: anyPhone(customer.phones),
  };
}

/** The credited agent, if Gladly gives their id. */
export function namedAgent(credit: Credit): Closing['agent'] {
  const agent = creditedAgent(credit);
  return agent === null || agent.id === null ? null : { ...agent, id: agent.id };
}

/** The credited agent; only the id if the directory does not know them. */
function creditedAgent({ attribution, agent }: Credit): CreditedAgent | null {
  if (attribution.response === null) return null;
  return agent ?? { id: attribution.response.agentId, name: null, email: null };
}

function attributionOf(
  credit: Credit,
  looked: Pick<EvidenceAttribution, 'considered' | 'omitted'>,
): EvidenceAttribution | null {
  const { response } = credit.attribution;
  const agent = creditedAgent(credit);
  if (response === null || agent === null) return null;
  return {
    agent: { id: agent.id, name: agent.name, email: agent.email },
    itemId: response.itemId,
    itemType: response.itemType,
    channel: response.channel,
    respondedAt: response.respondedAt,
    confidence: credit.confidence,
    ...looked,
  };
}

function nameOf({ agents }: ConversationRead, agentId: string | null): string | null {
  return agentId === null ? null : (agents.get(agentId)?.name ?? null);
}

function inboxOf(read: ConversationRead): { id: string; name: string | null } | null {
  const { inboxId } = read.conversation;
  return inboxId === null ? null : { id: inboxId, name: read.inboxes.get(inboxId)?.name ?? null };
}
