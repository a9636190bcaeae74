import { createHash } from 'node:crypto';
import { timeAt } from '../values/instant.ts';
import type { Closing, ClosingError } from '../closing/closing.ts';
import type { Lane } from '../values/lanes.ts';
import { lineWithin, textWithin } from './rich-text.ts';
import { questionReply, type SurveyAnswer } from './card.ts';
import type { QuestionAnswer } from './form.ts';

/** How people learn of a low rating. `task`: a note on the conversation in Gladly. */
export const alertWays = ['webhook', 'mail', 'task'] as const;

export type AlertWay = (typeof alertWays)[number];

/** Which answers alert, and how. */
export interface AlertPlan {
  /** Ratings up to this one. */
  rating: number;
  ways: readonly AlertWay[];
}

/** `leaving`: it may have arrived already. `failed`: it was given up. */
export type AlertState = 'due' | 'leaving' | 'sent' | 'uncertain' | 'failed';

/** One alert about one revision of an answer, by one way. Times are RFC 3339 in UTC. */
export interface Alert {
  /** The same in every try and by every way. */
  id: string;
  surveyId: string;
  revision: number;
  way: AlertWay;
  closingId: string;
  state: AlertState;
  /** When the answer was given. */
  at: string;
  /** Tries that failed. */
  tries: number;
  /** When it is tried next; null once its outcome is recorded. */
  dueAt: string | null;
  settledAt: string | null;
  error: ClosingError | null;
}

/** Derived, so that a receiver who gets an alert twice can tell. */
export function alertIdOf(surveyId: string, revision: number): string {
  const hash = createHash('sha256').update(`alert\0${surveyId}\0${revision}`).digest('base64url');
  return `alert_${hash.slice(0, 22)}`;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** After that, people have seen the rating in a report, or never will. */
const longestMs = 3 * dayMs;

/**
 * Milliseconds until the next try: from one minute, doubling up to an hour, or up to a day if the next try would be
 * refused, too.
 */
export function waitAfter(triesBefore: number, passes: boolean): number {
  return Math.min(minuteMs * 2 ** Math.min(triesBefore, 20), passes ? hourMs : dayMs);
}

/** When an alert that failed is tried again; null: it is given up. */
export function nextAlertTry(
  { at, tries }: Pick<Alert, 'at' | 'tries'>,
  passes: boolean,
  nowMs: number,
): string | null {
  const next = nowMs + waitAfter(tries, passes);
  return next > Date.parse(at) + longestMs ? null : timeAt(next);
}

/** What is known about a low rating. */
export interface AlertSubject {
  answer: SurveyAnswer;
  closing: Pick<Closing, 'conversationId' | 'closedAt' | 'agent' | 'customer' | 'lane' | 'brand'>;
  inbox: { id: string; name: string | null } | null;
  channel: string | null;
  /** Null without a link. */
  conversationUrl: string | null;
}

/** The body of the standard format. Fields may be added, never renamed or removed; unknown is null. */
export interface AlertPayload {
  type: 'survey.low_rating';
  /** When the answer was given: the same in every try. */
  timestamp: string;
  data: {
    /** No customer answered: somebody is testing whether alerts arrive. */
    test: boolean;
    lane: Lane;
    survey: { id: string; revision: number };
    conversation: { id: string; url: string | null };
    closedAt: string;
    agent: { id: string; name: string | null; email: string | null } | null;
    inbox: { id: string; name: string | null } | null;
    channel: string | null;
    /** The brand that the survey was sent for; null: none. */
    brand: string | null;
    rating: number;
    resolved: boolean | null;
    /** Why the rating is low: one of the reasons that the customer could choose from. */
    reason: string | null;
    comment: string | null;
    /** The organization's own question and its answer. */
    question: QuestionAnswer | null;
    customer: { id: string; name: string | null; email: string | null; phone: string | null } | null;
  };
}

/** @param personal false leaves out the customer and everything that the customer wrote */
export function alertPayload(
  { answer, closing, inbox, channel, conversationUrl }: AlertSubject,
  { personal, test = false }: { personal: boolean; test?: boolean },
): AlertPayload {
  return {
    type: 'survey.low_rating',
    timestamp: answer.answeredAt,
    data: {
      test,
      lane: closing.lane,
      survey: { id: answer.surveyId, revision: answer.revision },
      conversation: { id: closing.conversationId, url: conversationUrl },
      closedAt: closing.closedAt,
      agent: closing.agent,
      inbox,
      channel,
      brand: closing.brand,
      rating: answer.rating,
      resolved: answer.resolved,
      reason: answer.reason,
      comment: personal ? answer.comment : null,
      question: personal || answer.question?.kind !== 'text' ? answer.question : null,
      customer: personal ? closing.customer : null,
    },
  };
}

const longestName = 100;
const longestReply = 2000;
const longestQuestion = 300;
const longestComment = 2900;

/**
 * The words of an alert, as plain text: a heading, the facts, what the customer wrote, and the organization's own
 * question.
 */
export function alertWords({ data }: AlertPayload): {
  title: string;
  facts: readonly (readonly [name: string, value: string])[];
  comment: string | null;
  question: { text: string; reply: string } | null;
} {
  const { agent, inbox, customer, resolved, question } = data;
  const reply = question === null ? '' : textWithin(questionReply(question), longestReply);
  const named = (value: string | null | undefined): string => lineWithin(value ?? '', longestName);
  const mark = data.test ? '(Test) ' : data.lane === 'trial' ? '(Trial) ' : '';
  const facts = [
    ['Agent', named(agent?.name ?? agent?.id ?? 'unknown')],
    ['Resolved', resolved === null ? '' : resolved ? 'yes' : 'no'],
    ['Reason', named(data.reason)],
    ['Customer', named(customer?.name ?? customer?.email ?? customer?.phone ?? customer?.id)],
    ['Brand', named(data.brand)],
    ['Inbox', named(inbox?.name ?? inbox?.id)],
    ['Channel', named(data.channel)],
    ['Conversation', named(data.conversation.id)],
  ] as const;
  const comment = textWithin(data.comment?.trim() ?? '', longestComment);
  return {
    title: `${mark}Low rating: ${data.rating}/5`,
    facts: facts.filter(([, value]) => value !== ''),
    comment: comment === '' ? null : comment,
    question:
      question === null || reply === '' ? null : { text: lineWithin(question.text, longestQuestion), reply },
  };
}
