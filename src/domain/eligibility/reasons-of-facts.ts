import { createHash } from 'node:crypto';
import { isByRule } from '../closing/closer.ts';
import { withoutLane } from '../closing/identity.ts';
import { listed } from '../values/name-key.ts';
import type { AddressChoice } from './addresses.ts';
import { isExcludedCustomer } from './excluded-customers.ts';
import type { ClosingFacts, ConversationFacts, TimelineFacts } from './facts.ts';
import type { Policy } from './policy.ts';
import type { Reason } from '../closing/reason.ts';
import { optOutTopic } from './topics.ts';

const day = 86_400_000;

/** Reasons that the conversation alone makes certain. */
export function reasonsOfConversation(facts: ConversationFacts, policy: Policy): Reason[] {
  const reasons: Reason[] = [];
  if (facts.status !== 'CLOSED') {
    reasons.push({ code: 'not_closed', detail: `the conversation's status is ${facts.status}` });
  }
  if (facts.reopened) reasons.push({ code: 'reopened', detail: 'reopened since this closing' });
  const optOut = optOutTopic(facts.topicIds, facts.topics, policy.optOutTopics);
  if (optOut !== null) {
    const via = optOut.via === optOut.name ? '' : ` (parent of ${optOut.via})`;
    reasons.push({ code: 'opt_out_topic', detail: `topic ${optOut.name}${via}` });
  }
  if (facts.inbox !== null && listed(policy.excludedInboxes, [facts.inbox.id, facts.inbox.name])) {
    reasons.push({ code: 'inbox_excluded', detail: `inbox ${facts.inbox.name ?? facts.inbox.id}` });
  }
  return reasons;
}

/** Reasons that are certain before anything is read. */
export function reasonsOfClosing(
  { closingId, closedAt }: Pick<ClosingFacts, 'closingId' | 'closedAt'>,
  policy: Policy,
  now: number,
): Reason[] {
  const reasons: Reason[] = [];
  if (closedAt !== null && now - closedAt > policy.maxAge) {
    const days = Math.floor((now - closedAt) / day);
    reasons.push({
      code: 'too_old',
      detail: `closed ${days} days ago; the limit is ${roundedDays(policy.maxAge)} days`,
    });
  }
  return [...reasons, ...reasonsOfSample(closingId, policy)];
}

/** Reasons that the timeline makes certain. */
export function reasonsOfTimeline(facts: TimelineFacts, policy: Policy): Reason[] {
  const { attribution, agent } = facts;
  const ofClosing = reasonsOfCloser(facts, policy);
  if (facts.timelineUnsolved) {
    return [
      ...ofClosing,
      {
        code: 'timeline_truncated',
        detail: 'the timeline is cut and no other source names the last responder',
      },
    ];
  }
  const reasons: Reason[] = [...ofClosing];
  if (attribution.response === null) {
    const excluded = attribution.excludedAgentIds;
    reasons.push(
      excluded.length === 0
        ? { code: 'no_agent_response', detail: 'no agent sent a response before the closing' }
        : { code: 'agent_excluded', detail: `every responder is excluded: ${excluded.join(', ')}` },
    );
  } else if (agent === null) {
    const id = attribution.response.agentId;
    const detail = id === null ? 'Gladly does not say which agent' : `agent ${id} is not known to Gladly`;
    reasons.push({ code: 'agent_unknown', detail });
  }
  const channel = attribution.response?.channel ?? null;
  if (listed(policy.excludedChannels, [channel, attribution.response?.itemType ?? null])) {
    reasons.push({ code: 'channel_excluded', detail: `channel ${channel ?? 'unknown'}` });
  }
  if (!attribution.customerSpoke && !facts.timelineTruncated) {
    reasons.push({ code: 'no_customer_message', detail: 'the customer neither wrote nor called' });
  }
  return reasons;
}

function reasonsOfCloser({ closedBy }: TimelineFacts, policy: Policy): Reason[] {
  if (!policy.excludeClosedByRule || !isByRule(closedBy)) return [];
  const { id, type } = closedBy;
  const by = id === null ? '' : ` (${id})`;
  return [{ code: 'closed_by_rule', detail: `closed by ${type}${by}, not by an agent` }];
}

/** Reasons that the customer's profile makes certain. */
export function reasonsOfCustomer(
  facts: Pick<ClosingFacts, 'customer'>,
  choice: AddressChoice,
  policy: Policy,
): Reason[] {
  const reasons: Reason[] = [];
  if ('missing' in choice) reasons.push({ code: choice.missing, detail: choice.detail });
  const entries = [...facts.customer.emails, ...facts.customer.phones];
  const addresses = entries.flatMap(({ original, normalized }) => [original, normalized]);
  if (isExcludedCustomer(policy.excludedCustomers, facts.customer.id, addresses)) {
    reasons.push({ code: 'customer_excluded', detail: 'the customer is on the excluded list' });
  }
  return reasons;
}

/** Another survey program already asked about the closing, according to an import. */
export function askedBefore(sentAt: string): Reason {
  return { code: 'already_surveyed', detail: `Agent Connect asked on ${sentAt.slice(0, 10)}` };
}

/** The closing's customer was forgotten and is no longer asked about it. */
export function forgottenReason(forgottenAt: string): Reason {
  return { code: 'forgotten', detail: `the customer was forgotten on ${forgottenAt.slice(0, 10)}` };
}

/** A hash of the closing decides whether it is in the sample, so that every run decides alike. */
function reasonsOfSample(closingId: string, policy: Policy): Reason[] {
  const draw = createHash('sha256').update(withoutLane(closingId)).digest().readUInt32BE(0) / 2 ** 32;
  if (draw * 100 < policy.sample) return [];
  return [{ code: 'sampled_out', detail: `not in the sample of ${policy.sample}%` }];
}

function roundedDays(milliseconds: number): number {
  return Math.round((milliseconds / day) * 10) / 10;
}
