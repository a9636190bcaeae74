import { addressKey, chooseAddress } from './addresses.ts';
import { isSameClosing } from '../closing/identity.ts';
import { lanesSeenFrom } from '../closing/lanes.ts';
import { isReserving, isSurveyed } from '../closing/transitions.ts';
import { traitsOf, type DeliveryName } from '../delivery.ts';
import type { ClosingFacts, OtherSurvey, SurveyHistory } from './facts.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reason.ts';
import {
  forgottenReason,
  reasonsOfClosing,
  reasonsOfConversation,
  reasonsOfCustomer,
  reasonsOfTimeline,
} from './reasons-of-facts.ts';
import { sendTime } from './send-time.ts';
import { optOutTopic, type TopicEntry } from './topics.ts';

/** Everything that was read about one closing. Times are epoch milliseconds. */
export interface ClosingFacts {
  closingId: string;
  conversationId: string;
  /** OPEN, WAITING, CLOSED; new ones may come. */
  status: string;
  closedAt: number | null;
  /** The conversation was seen reopened after this closing. */
  reopened: boolean;
  topicIds: readonly string[];
  topics: ReadonlyMap<string, TopicEntry>;
  inbox: { id: string; name: string | null } | null;
  attribution: Attribution;
  /** The timeline's end is hidden and no other source named the last responder. */
  timelineUnsolved: boolean;
  /** The timeline is cut: what is not in it may still have happened. */
  timelineTruncated: boolean;
  /** The credited agent as the directory knows them; null when it does not. */
  agent: { id: string; name: string | null; email: string | null } | null;
  customer: {
    id: string;
    emails: readonly EmailEntry[];
    phones: readonly PhoneEntry[];
  };
  timeZone: string | null;
}

/** The facts of the conversation itself and of its closing. */
export type ConversationFacts = Pick<
  ClosingFacts,
  'closingId' | 'conversationId' | 'status' | 'closedAt' | 'reopened' | 'topicIds' | 'topics' | 'inbox'
>;

/** The facts of the timeline. */
export type TimelineFacts = Pick<
  ClosingFacts,
  'attribution' | 'timelineUnsolved' | 'timelineTruncated' | 'agent'
>;

/** What the ledger knows that bears on this closing. */
export interface SurveyHistory {
  own: {
    state: ClosingState;
    forgottenAt?: string | null;
    imported?: string | null;
    sentAt?: string | null;
  } | null;
  unsubscribed: boolean;
  /** Other closings that hold or held the same address, of every lane that this one sees. */
  others: readonly OtherSurvey[];
}

export interface OtherSurvey {
  closingId: string;
  conversationId: string;
  lane: Lane;
  state: ClosingState;
  closedAt: number;
  /** When its message left or is to leave. */
  at: number;
}

export type Verdict =
  | { send: { dueAt: number; address: string }; displaces: readonly string[] }
  | { suppress: readonly Reason[] };

export interface DecisionQuestion {
  facts: ClosingFacts;
  history: SurveyHistory;
  policy: Policy;
  delivery: DeliveryName;
  now: number;
}

const day = 86_400_000;

/** Decides about one closing; all reasons that apply are given, not only the first. */
export function decide(question: DecisionQuestion): Verdict {
  const { facts, policy, delivery, now } = question;
  const choice = chooseAddress(traitsOf(delivery).addressKind, facts.customer);
  const conflicts = conflictsWith(question);
  const reasons = [
    ...reasonsOfConversation(facts, policy),
    ...reasonsOfClosing(facts, policy, now),
    ...reasonsOfTimeline(facts, policy),
    ...reasonsOfCustomer(facts, choice, policy),
    ...reasonsOfHistory(question, conflicts),
  ];
  if (reasons.length > 0 || !('address' in choice)) return { suppress: reasons };
  const dueAt = sendTime({
    now,
    closedAt: facts.closedAt ?? now,
    delay: policy.delay,
    quietHours: policy.quietHours,
    timeZone: facts.timeZone,
  });
  return {
    send: { dueAt, address: choice.address },
    displaces: conflicts.displaced.map(({ closingId }) => closingId),
  };
}

/** The address whose history matters, in the form in which spellings meet; null when there is none to write to. */
export function reservedAddress(facts: ClosingFacts, delivery: DeliveryName): string | null {
  const choice = chooseAddress(traitsOf(delivery).addressKind, facts.customer);
  return 'address' in choice ? addressKey(choice.address) : null;
}

/** How far back surveys of an address count, RFC 3339; null when an address may be surveyed at any time. */
export function suppressionStart({ suppressionDays }: Policy, now: number): string | null {
  return suppressionDays === 0 ? null : new Date(now - suppressionDays * day).toISOString();
}

interface Conflicts {
  /** Other surveys of this address that keep this one from being sent. */
  blocking: readonly OtherSurvey[];
  /** Older closings whose message has not left: the newer closing takes their place. */
  displaced: readonly OtherSurvey[];
}

function conflictsWith({ facts, history, policy, delivery, now }: DecisionQuestion): Conflicts {
  if (policy.suppressionDays === 0) return { blocking: [], displaced: [] };
  const since = now - policy.suppressionDays * day;
  const { lane } = traitsOf(delivery);
  const holding = history.others
    .filter((other) => lanesSeenFrom[lane].includes(other.lane))
    .filter(({ state, at }) => isReserving(state) && at > since)
    .filter((other) => !isOwnElsewhere(other, facts, delivery));
  const closedAt = facts.closedAt ?? now;
  const yields = (other: OtherSurvey): boolean => other.state === 'scheduled' && other.closedAt < closedAt;
  return {
    blocking: holding.filter((other) => !yields(other)),
    displaced: holding.filter((other) => yields(other) && other.lane === lane),
  };
}

/** This very closing in another lane. */
function isOwnElsewhere(other: OtherSurvey, facts: ClosingFacts, delivery: DeliveryName): boolean {
  return other.lane !== traitsOf(delivery).lane && isSameClosing(other, facts);
}

function reasonsOfHistory(
  { facts, history, policy, delivery }: DecisionQuestion,
  conflicts: Conflicts,
): Reason[] {
  const reasons: Reason[] = [];
  if (history.unsubscribed) {
    reasons.push({ code: 'unsubscribed', detail: 'the customer has unsubscribed from surveys' });
  }
  const [blocking] = conflicts.blocking;
  if (blocking !== undefined) {
    const when = new Date(blocking.at).toISOString().slice(0, 10);
    const verb = blocking.state === 'scheduled' ? 'is to be surveyed' : 'was surveyed';
    reasons.push({
      code: 'recently_surveyed',
      detail: `the address ${verb} on ${when}, within ${policy.suppressionDays} days`,
    });
  }
  const forgottenAt = history.own?.forgottenAt ?? null;
  if (forgottenAt !== null) reasons.push(forgottenReason(forgottenAt));
  const isSurveyedElsewhere = history.others.some(
    (other) => isOwnElsewhere(other, facts, delivery) && isSurveyed(other.state),
  );
  if (isSurveyedElsewhere || (history.own !== null && isSurveyed(history.own.state))) {
    reasons.push({ code: 'already_surveyed', detail: 'this closing has a survey' });
  } else {
    const { imported = null, sentAt = null } = history.own ?? {};
    if (imported !== null && sentAt !== null) reasons.push(askedBefore(sentAt));
  }
  return reasons;
}

/** Another survey program asked about the closing, as an import says. */
export function askedBefore(sentAt: string): Reason {
  return { code: 'already_surveyed', detail: `Agent Connect asked on ${sentAt.slice(0, 10)}` };
}

/** The closing's customer was forgotten, and is not asked about it any more. */
export function forgottenReason(forgottenAt: string): Reason {
  return { code: 'forgotten', detail: `the customer was forgotten on ${forgottenAt.slice(0, 10)}` };
}

/** The share of closings that is surveyed is drawn by a hash of the closing, so that every run draws alike. */
function reasonsOfSample(closingId: string, policy: Policy): Reason[] {
  if (policy.sample >= 100) return [];
  const draw = createHash('sha256').update(withoutLane(closingId)).digest().readUInt32BE(0) / 2 ** 32;
  if (draw * 100 < policy.sample) return [];
  return [{ code: 'sampled_out', detail: `not in the sample of ${policy.sample}%` }];
}

/** Entries and values meet in any spelling. */
export function listed(entries: readonly string[], values: readonly (string | null)[]): boolean {
  const wanted = new Set(entries.map(nameKey));
  return values.some((value) => value !== null && wanted.has(nameKey(value)));
}

function roundedDays(milliseconds: number): number {
  return Math.round((milliseconds / day) * 10) / 10;
}
