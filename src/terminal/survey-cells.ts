import type { ClosingState } from '../domain/closing/transitions.ts';
import { traitsOf } from '../domain/delivery.ts';
import type { SurveyEntry, SurveyStory } from '../documents/surveys.ts';
import { questionReply } from '../domain/survey/card.ts';
import type { QuestionAnswer } from '../domain/survey/form.ts';
import { isDone } from '../domain/scores/follow-up.ts';
import type { Paint } from './output.ts';
import { localTime } from '../domain/values/local-time.ts';

/** The delivery, with the status of its request at Agent Connect if that is known. */
export function deliveryText(entry: Delivered): string {
  const { name, status } = deliveryOf(entry);
  return status === null ? (name ?? '-') : `medallia: ${status}`;
}

/** The same within a sentence: ` by medallia (Sent)`; empty if no survey was sent. */
export function byDelivery(entry: Delivered): string {
  const { name, status } = deliveryOf(entry);
  if (status !== null) return ` by medallia (${status})`;
  return name === null ? '' : ` by ${name}`;
}

type Delivered = Pick<SurveyEntry, 'provider' | 'medallia'>;

function deliveryOf({ provider, medallia }: Delivered): { name: string | null; status: string | null } {
  // Another delivery may have sent the survey since.
  const isThere = provider === null || traitsOf(provider).carrier === 'agent_connect';
  return { name: provider, status: isThere ? (medallia?.deliveryStatus ?? null) : null };
}

/** Anyone who opens the page got its link from the message, or read it in our output. Null if nobody opened it. */
export function openedText({ visits }: Pick<SurveyStory, 'visits'>): string | null {
  const opened = visits.find(({ kind }) => kind === 'opened');
  if (opened === undefined) return null;
  return `The page of this survey was opened on ${localTime(opened.firstAt, null)}: unless you did, the message arrived`;
}

/** A low rating is open until a note after the answer says that nothing is left to do. */
export function scoreText(
  { answer, notes, forgottenAt }: Pick<SurveyEntry, 'answer' | 'notes' | 'forgottenAt'>,
  lowRating: number | null,
): string {
  if (answer === null) return '-';
  const score = `${answer.rating}/5`;
  if (lowRating === null || answer.rating > lowRating) return score;
  // Nothing can be done about it anymore.
  if (forgottenAt !== null) return `${score} forgotten`;
  return `${score} ${isDone(notes, answer.answeredAt) ? 'done' : 'open'}`;
}

/** The organization's own question with its answer. */
export function replyText(question: QuestionAnswer): string {
  return `${question.text} → ${question.answer === null ? 'erased' : questionReply(question)}`;
}

/** What the customer said about the rating: the reason and the comment. */
export function saidText({ reason, comment }: NonNullable<SurveyEntry['answer']>): string {
  return [reason ?? '', comment ?? ''].filter((text) => text !== '').join(': ');
}

export function customerName({
  customer,
  forgottenAt,
}: Pick<SurveyEntry, 'customer' | 'forgottenAt'>): string {
  return customer?.email ?? customer?.phone ?? customer?.id ?? (forgottenAt === null ? '-' : 'forgotten');
}

/** A closing's state; in a dry run, the state that it would have. */
export function stateText(
  { state, dryRun = false }: { state: ClosingState; dryRun?: boolean },
  would = 'would be',
): string {
  return dryRun ? `${would} ${state}` : state;
}

export function stateShade(state: ClosingState, paint: Paint): (text: string) => string {
  switch (state) {
    case 'sent':
    case 'answered':
      return paint.green;
    case 'failed':
      return paint.red;
    case 'uncertain':
    case 'sending':
      return paint.yellow;
    case 'pending':
    case 'scheduled':
      return paint.cyan;
    case 'suppressed':
      return paint.dim;
  }
}
