import type { Closing } from '../closing/closing.ts';
import { latestReminderMs, type ReminderReason } from '../closing/reminder.ts';
import { isReserving } from '../closing/transitions.ts';
import { traitsOf, type DeliveryName } from '../delivery.ts';
import { listed } from '../values/name-key.ts';
import { addressKey, chooseAddress, type AddressChoice } from './addresses.ts';
import { isExcludedAgent } from './excluded-agents.ts';
import type { ClosingFacts, ConversationFacts, SurveyHistory } from './facts.ts';
import type { Policy } from './policy.ts';
import { forgottenReason, reasonsOfConversation, reasonsOfCustomer } from './reasons-of-facts.ts';
import { sendTime } from './send-time.ts';

/** What the ledger knows about the survey that left. */
export type RemindedClosing = Pick<
  Closing,
  'state' | 'provider' | 'address' | 'agent' | 'closedAt' | 'leftAt' | 'sentAt' | 'forgottenAt'
> & { channel: string | null; itemType: string | null };

export interface ReminderQuestion {
  closing: RemindedClosing;
  /** When the reminder was first due to leave, RFC 3339. */
  at: string;
  /** The customer chose a star, or tried to send an answer. */
  begun: boolean;
  /** As Gladly shows it now. */
  conversation: ConversationFacts;
  customer: ClosingFacts['customer'];
  timeZone: string | null;
  history: Omit<SurveyHistory, 'own'>;
  policy: Policy;
  delivery: DeliveryName;
  /** Epoch milliseconds. */
  now: number;
}

export type ReminderVerdict =
  { send: { address: string } } | { wait: number } | { leaveOut: ReminderReason[] };

/** Decides about a reminder by what Gladly shows now. Gives all reasons that apply. */
export function decideReminder(question: ReminderQuestion): ReminderVerdict {
  const { closing, conversation, customer, policy, timeZone, now } = question;
  const choice = sameAddress(question);
  const reasons: ReminderReason[] = [
    ...reasonsOfSurvey(question),
    ...reasonsOfConversation(conversation, policy),
    ...reasonsOfAgent(closing, policy),
    ...reasonsOfCustomer({ customer }, choice, policy),
    ...reasonsOfAddress(question),
  ];
  if (reasons.length > 0 || !('address' in choice)) return { leaveOut: reasons };
  const dueAt = sendTime({ now, closedAt: now, delay: 0, quietHours: policy.quietHours, timeZone });
  return dueAt > now ? { wait: dueAt } : { send: { address: choice.address } };
}

/** Reasons that the ledger alone makes certain. */
export function reasonsOfSurvey({
  closing,
  at,
  begun,
  policy,
  delivery,
  now,
}: Pick<ReminderQuestion, 'closing' | 'at' | 'begun' | 'policy' | 'delivery' | 'now'>): ReminderReason[] {
  const reasons: ReminderReason[] = [];
  if (closing.forgottenAt !== null) reasons.push(forgottenReason(closing.forgottenAt));
  if (closing.state !== 'sent') {
    reasons.push({ code: 'answered', detail: `the survey is ${closing.state}` });
  }
  if (begun) reasons.push({ code: 'begun', detail: 'the customer has begun to answer' });
  const expiresAt = Date.parse(closing.leftAt ?? closing.sentAt ?? at) + policy.surveyExpires;
  if (now >= expiresAt) reasons.push({ code: 'expired', detail: 'the survey can no longer be answered' });
  if (now - Date.parse(at) > latestReminderMs) {
    reasons.push({ code: 'too_late', detail: `it was due to leave at ${at}, more than 3 days ago` });
  }
  if (closing.provider !== delivery) {
    const detail = `the survey left by ${closing.provider ?? 'no delivery'}, but the delivery is now ${delivery}`;
    reasons.push({ code: 'delivery_changed', detail });
  }
  return reasons;
}

/** A reminder goes where the survey went, or nowhere: at another address the link would be news. */
function sameAddress({ closing, customer, delivery }: ReminderQuestion): AddressChoice {
  const isSame = ({
    normalized,
    original,
  }: {
    normalized: string | null;
    original: string | null;
  }): boolean => [normalized, original].some((text) => text !== null && addressKey(text) === closing.address);
  const same = { emails: customer.emails.filter(isSame), phones: customer.phones.filter(isSame) };
  const choice = chooseAddress(traitsOf(delivery).addressKind, same);
  const isGone = 'missing' in choice && choice.missing === 'no_address';
  return isGone
    ? { ...choice, detail: 'the customer no longer has the address that the survey went to' }
    : choice;
}

/** The policy may have changed since the survey left. */
function reasonsOfAgent({ agent, channel, itemType }: RemindedClosing, policy: Policy): ReminderReason[] {
  const reasons: ReminderReason[] = [];
  if (agent !== null && isExcludedAgent(policy.excludedAgents, agent.id, agent.email)) {
    reasons.push({ code: 'agent_excluded', detail: `the agent is excluded: ${agent.id}` });
  }
  if (listed(policy.excludedChannels, [channel, itemType])) {
    reasons.push({ code: 'channel_excluded', detail: `channel ${channel ?? 'unknown'}` });
  }
  return reasons;
}

function reasonsOfAddress({ closing, history }: ReminderQuestion): ReminderReason[] {
  const reasons: ReminderReason[] = [];
  if (history.unsubscribed) {
    reasons.push({ code: 'unsubscribed', detail: 'the customer has unsubscribed from surveys' });
  }
  const closedAt = Date.parse(closing.closedAt);
  if (history.others.some((other) => isReserving(other.state) && other.closedAt > closedAt)) {
    reasons.push({ code: 'asked_since', detail: 'the address has a survey about a newer closing' });
  }
  return reasons;
}
