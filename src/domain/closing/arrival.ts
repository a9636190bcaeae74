import type { DeliveryName } from '../delivery.ts';
import type { Closing, ClosingReading } from './closing.ts';
import type { Move } from './moves.ts';
import { allows } from './transitions.ts';

/** A message that, as far as anybody knows, reached the customer. */
export interface ArrivedMessage {
  sequence: number;
  surveyId: string;
  provider: DeliveryName;
  address: string | null;
  leftAt: string;
  /** The brand that it was sent for; null: none. */
  brand: string | null;
}

/** What an answer means for the closing that it is about. */
export interface Arrival {
  move: Move;
  /** The sequence of the message whose arrival the answer proves; `newest`: the closing's last message. */
  proves: number | 'newest' | null;
}

/**
 * An answer proves that its survey arrived: the customer is not surveyed again, even if the closing has been decided
 * again since. A closing that never had a message keeps its state, unless a person recorded the answer (`unasked`).
 * Null if the answer changes nothing.
 *
 * @param message the newest message of this survey; the closing may have moved on since
 */
export function arrivalOf(
  closing: Closing,
  answer: { surveyId: string; rating: number },
  message: ArrivedMessage | null,
  unasked: { reading: ClosingReading | null } | null,
): Arrival | null {
  const note = `rating ${answer.rating}`;
  const { surveyId } = answer;
  const over = { dueAt: null, error: null, reasons: [] };
  if (message !== null && allows('answer_earlier', closing.state)) {
    const { provider, address, leftAt, sequence, brand } = message;
    const change = { surveyId, provider, address, leftAt, sentAt: leftAt, brand, ...over };
    return { move: { transition: 'answer_earlier', change, note }, proves: sequence };
  }
  if (unasked !== null && allows('answer_unasked', closing.state)) {
    const verdict = closing.surveyId === surveyId ? {} : { ...unasked.reading, surveyUrl: null };
    const change = { ...verdict, surveyId, provider: null, ...over };
    return { move: { transition: 'answer_unasked', change, note }, proves: null };
  }
  if (!allows('answer', closing.state)) return null;
  const change = { sentAt: closing.sentAt ?? closing.leftAt, error: null };
  const inDoubt = closing.state === 'sending' || closing.state === 'uncertain';
  return { move: { transition: 'answer', change, note }, proves: inDoubt ? 'newest' : null };
}
