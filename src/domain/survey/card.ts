import { createHash } from 'node:crypto';
import { objectOf, textOf } from '../values/json.ts';
import type { FormAnswers } from './form.ts';
import { escapeWithin, lineWithin, readableText } from './rich-text.ts';

/** One revision of a customer's answer. */
export interface SurveyAnswer extends FormAnswers {
  surveyId: string;
  /** 1 for the first answer, one more with every change. */
  revision: number;
  /** 1 to 5. */
  rating: number;
  resolved: boolean | null;
  comment: string | null;
  /** RFC 3339. */
  answeredAt: string;
}

/** What the card shows besides the answer. */
export interface CardSubject {
  conversationId: string;
  agentName: string | null;
  channel: string | null;
  /** RFC 3339; null when the time of the closing is unknown. */
  closedAt: string | null;
  /** IANA name of the organization's zone, for the time of the closing; null or an unknown name means UTC. */
  timeZone: string | null;
  /** The address of the link; null for a card without one. */
  conversationUrl: string | null;
}

/** The body of `POST /customers/{customerId}/conversation-items`. */
export interface CardItem {
  id: string;
  content: {
    type: 'CUSTOMER_ACTIVITY';
    activityType: 'SURVEY';
    title: string;
    body: string;
    sourceName: string;
    link?: { url: string; text: string };
    occurredAt?: string;
  };
}

/** The limits of a CUSTOMER_ACTIVITY in Gladly's contract. An id has to stay under 50 characters. */
export const cardLimits = { title: 100, body: 25_000, sourceName: 50, linkText: 50, id: 49 } as const;

const year = 365 * 86_400_000;

/**
 * The card of an answer, for the customer's timeline. Its id is a hash of survey, revision and content, so that a
 * repeat is answered with 409 and a change makes a new card. Total: every text fits, is harmless, and is cut cleanly.
 */
export function makeCard(answer: SurveyAnswer, subject: CardSubject, nowMs: number): CardItem {
  const content: CardItem['content'] = {
    type: 'CUSTOMER_ACTIVITY',
    activityType: 'SURVEY',
    title: lineWithin(titleOf(answer), cardLimits.title),
    body: bodyOf(answer, subject),
    sourceName: 'CSAT survey',
  };
  if (subject.conversationUrl !== null) {
    content.link = { url: subject.conversationUrl, text: 'Open conversation' };
  }
  // Gladly accepts no occurredAt older than a year. Without it, the card gets the time of posting.
  if (nowMs - Date.parse(answer.answeredAt) < year) content.occurredAt = answer.answeredAt;
  return { id: cardIdOf(answer), content };
}

/** URL-safe and under 50 characters. */
export function cardIdOf(answer: SurveyAnswer): string {
  const { rating, resolved, comment, reason, question } = answer;
  // Without a reason and a question, cards keep the ids that they have always had.
  const more = reason === null && question === null ? [] : [reason, question];
  const content = JSON.stringify([rating, resolved, comment, ...more]);
  const hash = createHash('sha256').update(`${answer.surveyId}\0${answer.revision}\0${content}`);
  return `csat-${hash.digest('base64url')}`.slice(0, cardLimits.id);
}

/**
 * Whether an item under our id says what the card says: Gladly may store the markup differently. The time may be
 * written differently, by an earlier version or in another time zone of the organization; it is still this card.
 */
export function isSameCard(found: unknown, card: CardItem): boolean {
  const content = objectOf(objectOf(found)['content']);
  const isSameText = (name: 'title' | 'body'): boolean =>
    withoutTime(readableText(textOf(content[name]) ?? '')) === withoutTime(readableText(card.content[name]));
  return (
    content['type'] === card.content.type &&
    content['activityType'] === card.content.activityType &&
    isSameText('title') &&
    isSameText('body')
  );
}

function withoutTime(text: string): string {
  return text.replace(/Closed: .*?(?=\s*Conversation: )/s, '');
}

/** A time as people write it: `Nov 28, 2026, 11:12 PM GMT+1`. Text that is not a time stays as it is. */
function timeForPeople(time: string, timeZone: string | null): string {
  const at = Date.parse(time);
  if (Number.isNaN(at)) return time;
  const written = (zone: string): string =>
    new Intl.DateTimeFormat('en', {
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
      timeZoneName: 'short',
      timeZone: zone,
    })
      .format(at)
      .replace(/\s/g, ' ');
  try {
    return written(timeZone ?? 'UTC');
  } catch {
    return written('UTC');
  }
}

function titleOf({ rating, resolved }: SurveyAnswer): string {
  const verdict = resolved === null ? '' : resolved ? ': resolved' : ': not resolved';
  return `CSAT ${rating}/5${verdict}`;
}

function bodyOf(answer: SurveyAnswer, subject: CardSubject): string {
  const stars = '★'.repeat(answer.rating) + '☆'.repeat(5 - answer.rating);
  const head = `<p><b>${stars} ${answer.rating}/5</b></p>`;
  const more = questionOf(answer);
  const facts = [
    ...(answer.reason === null ? [] : [['Reason', answer.reason]]),
    ['Resolved', answer.resolved === null ? 'not answered' : answer.resolved ? 'yes' : 'no'],
    ['Agent', subject.agentName ?? 'unknown'],
    ['Channel', subject.channel ?? 'unknown'],
    ['Closed', subject.closedAt === null ? 'unknown' : timeForPeople(subject.closedAt, subject.timeZone)],
    ['Conversation', subject.conversationId],
  ].map(([name = '', value = '']) => `${name}: ${escapeWithin(value, 300)}`);
  const foot = `<p>${facts.join('<br>')}</p>`;
  const comment = answer.comment?.trim() ?? '';
  if (comment === '') return `${head}${more}${foot}`;
  const room = cardLimits.body - head.length - more.length - foot.length - '<p></p>'.length;
  return `${head}<p>${escapeWithin(comment, room)}</p>${more}${foot}`;
}

/** Together less than half of the body, so that there is still room for a comment. */
const longestQuestion = 2000;
const longestReply = 8000;

/** The organization's own question with what the customer said. */
function questionOf({ question }: SurveyAnswer): string {
  const reply = question === null ? '' : questionReply(question);
  if (question === null || reply === '') return '';
  const asked = escapeWithin(lineWithin(question.text, longestQuestion), longestQuestion);
  return `<p><b>${asked}</b><br>${escapeWithin(reply, longestReply)}</p>`;
}

/** What a customer answered to the organization's own question, for people to read; empty: it was erased. */
export function questionReply({ kind, answer }: NonNullable<SurveyAnswer['question']>): string {
  if (answer === null) return '';
  return kind === 'scale' ? `${answer} of 10` : String(answer);
}
