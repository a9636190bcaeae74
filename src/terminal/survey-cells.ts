import type { SurveyEntry, SurveyStory } from '../documents/surveys.ts';
import { questionReply } from '../domain/survey/card.ts';
import type { QuestionAnswer } from '../domain/survey/form.ts';
import { isDone } from '../domain/scores/follow-up.ts';
import { localTime } from '../domain/values/local-time.ts';

/** With what Agent Connect made of its request, where that is known. */
export function deliveryText(entry: Delivered): string {
  const { name, status } = deliveryOf(entry);
  return status === null ? (name ?? '-') : `medallia: ${status}`;
}

/** The same within a sentence: ` by medallia (Sent)`; empty where nobody was asked. */
export function byDelivery(entry: Delivered): string {
  const { name, status } = deliveryOf(entry);
  if (status !== null) return ` by medallia (${status})`;
  return name === null ? '' : ` by ${name}`;
}

type Delivered = Pick<SurveyEntry, 'provider' | 'medallia'>;

function deliveryOf({ provider, medallia }: Delivered): { name: string | null; status: string | null } {
  // Another delivery may have asked since.
  const isThere = provider === null || provider === 'medallia';
  return { name: provider, status: isThere ? (medallia?.deliveryStatus ?? null) : null };
}

/** Whoever opens the page has its link from the message, or from a person who reads it here. Null where nobody did. */
export function openedText({ visits }: Pick<SurveyStory, 'visits'>): string | null {
  const opened = visits.find(({ kind }) => kind === 'opened');
  if (opened === undefined) return null;
  return `The page of this survey was opened on ${localTime(opened.firstAt, null)}: unless you did, the message arrived`;
}

/** A low rating is open until somebody noted after the answer that nothing is left to do. */
export function scoreText(
  { rating, answeredAt }: NonNullable<SurveyEntry['answer']>,
  notes: SurveyEntry['notes'],
  lowRating: number | null,
): string {
  if (lowRating === null || rating > lowRating) return `${rating}/5`;
  return `${rating}/5 ${isDone(notes, answeredAt) ? 'done' : 'open'}`;
}

/** The organization's own question with its answer. */
export function replyText(question: QuestionAnswer): string {
  return `${question.text} → ${question.answer === null ? 'erased' : questionReply(question)}`;
}

/** What the customer said about the rating: the reason and the comment. */
export function saidText({ reason, comment }: NonNullable<SurveyEntry['answer']>): string {
  return [reason ?? '', comment ?? ''].filter((text) => text !== '').join(': ');
}
