import { timeAt } from '../values/instant.ts';
import { addressKey, chooseAddress } from './addresses.ts';
import { isSameClosing } from '../closing/identity.ts';
import { lanesSeenFrom } from '../values/lanes.ts';
import { isReserving, isSurveyed } from '../closing/transitions.ts';
import { traitsOf, type DeliveryName } from '../delivery.ts';
import type { ClosingFacts, OtherSurvey, SurveyHistory } from './facts.ts';
import type { Policy } from './policy.ts';
import type { Reason } from '../closing/reason.ts';
import {
  askedBefore,
  forgottenReason,
  reasonsOfClosing,
  reasonsOfConversation,
  reasonsOfCustomer,
  reasonsOfTimeline,
} from './reasons-of-facts.ts';
import { sendTime } from './send-time.ts';

export type Verdict =
  | { send: { dueAt: number; address: string }; displaces: readonly string[] }
  | { suppress: readonly Reason[] };

export interface DecisionQuestion {
  facts: ClosingFacts;
  history: SurveyHistory;
  policy: Policy;
  delivery: DeliveryName;
  /** The brand that the survey would be sent for; null: none. */
  brand: string | null;
  now: number;
}

const day = 86_400_000;

/** Decides about one closing. Gives all reasons that apply, not only the first. */
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

/** The address whose history matters, as a key that all its spellings share; null when there is no address. */
export function reservedAddress(facts: ClosingFacts, delivery: DeliveryName): string | null {
  const choice = chooseAddress(traitsOf(delivery).addressKind, facts.customer);
  return 'address' in choice ? addressKey(choice.address) : null;
}

/** How far back surveys of an address count, RFC 3339; null when an address may be surveyed at any time. */
export function suppressionStart({ suppressionDays }: Policy, now: number): string | null {
  return suppressionDays === 0 ? null : timeAt(now - suppressionDays * day);
}

interface Conflicts {
  /** Other surveys of this address that keep this one from being sent. */
  blocking: readonly OtherSurvey[];
  /** Older closings whose message has not left: the newer closing takes their place. */
  displaced: readonly OtherSurvey[];
}

function conflictsWith(question: DecisionQuestion): Conflicts {
  const { facts, history, policy, delivery, now } = question;
  if (policy.suppressionDays === 0) return { blocking: [], displaced: [] };
  const since = now - policy.suppressionDays * day;
  const { lane } = traitsOf(delivery);
  const holding = history.others
    .filter((other) => lanesSeenFrom[lane].includes(other.lane))
    .filter(({ state, at }) => isReserving(state) && at > since)
    .filter((other) => countsFor(question, other))
    .filter((other) => !isOwnElsewhere(other, facts, delivery));
  const closedAt = facts.closedAt ?? now;
  const yields = (other: OtherSurvey): boolean => other.state === 'scheduled' && other.closedAt < closedAt;
  return {
    blocking: holding.filter((other) => !yields(other)),
    displaced: holding.filter((other) => yields(other) && other.lane === lane),
  };
}

/** A survey without a brand counts for every brand: nobody can tell whose it was. */
function countsFor({ policy, brand }: DecisionQuestion, other: OtherSurvey): boolean {
  return policy.suppressBy === 'address' || other.brand === null || other.brand === brand;
}

/** This very closing in another lane. */
function isOwnElsewhere(other: OtherSurvey, facts: ClosingFacts, delivery: DeliveryName): boolean {
  return other.lane !== traitsOf(delivery).lane && isSameClosing(other, facts);
}

function reasonsOfHistory(question: DecisionQuestion, conflicts: Conflicts): Reason[] {
  const { facts, history, policy, delivery } = question;
  const reasons: Reason[] = [];
  if (policy.bulkClosings !== null && (history.bulk ?? 0) > policy.bulkClosings) {
    const detail = `one of ${history.bulk ?? 0} closings by the same initiator within a minute; the limit is ${policy.bulkClosings}`;
    reasons.push({ code: 'bulk_closed', detail });
  }
  if (history.unsubscribed) {
    reasons.push({ code: 'unsubscribed', detail: 'the customer has unsubscribed from surveys' });
  }
  const [blocking] = conflicts.blocking;
  if (blocking !== undefined) {
    const when = timeAt(blocking.at).slice(0, 10);
    const verb = blocking.state === 'scheduled' ? 'is due to be surveyed' : 'was surveyed';
    const by = blocking.brand === null || blocking.brand === question.brand ? '' : ` by ${blocking.brand}`;
    reasons.push({
      code: 'recently_surveyed',
      detail: `the address ${verb}${by} on ${when}, within ${policy.suppressionDays} days`,
    });
  }
  const forgottenAt = history.own?.forgottenAt ?? null;
  if (forgottenAt !== null) reasons.push(forgottenReason(forgottenAt));
  const isSurveyedElsewhere = history.others.some(
    (other) => isOwnElsewhere(other, facts, delivery) && isSurveyed(other.state),
  );
  if (isSurveyedElsewhere || (history.own !== null && isSurveyed(history.own.state))) {
    reasons.push({ code: 'already_surveyed', detail: 'this closing already has a survey' });
  } else {
    const { imported = null, sentAt = null } = history.own ?? {};
    if (imported !== null && sentAt !== null) reasons.push(askedBefore(sentAt));
  }
  return reasons;
}
