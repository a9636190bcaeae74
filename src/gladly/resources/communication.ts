import { Failure } from '../../failure.ts';
import type { GladlyError } from '../http/refusal.ts';
import { Problem, passesAt, problemOf, unreadable } from '../http/errors.ts';
import type { Call, Requests } from '../http/requests.ts';
import type { Answer } from '../../http/transport.ts';
import { identifier, optional } from './fields.ts';

export type SendOutcome =
  | { status: 'sent'; externalId: string | null; customerId: string | null }
  /** Certainly nothing left. `temporary`: the same message may succeed later. */
  | { status: 'not_sent'; temporary: boolean; failure: Failure }
  /** Nobody knows whether the message left, so it must not be repeated automatically. */
  | { status: 'uncertain'; failure: Failure };

/** The answer is two ids. */
const mostAnswerBytes = 1024 * 1024;

const sent = optional({ conversationItemId: identifier, customerId: identifier });

/**
 * Sends one message, once: Gladly cannot repeat a communication safely. `leaving` is awaited once the pacing has
 * granted the request, right before the request leaves; if it throws, its error is passed on and nothing leaves.
 * Trouble with the message is an outcome. An aborted signal or a failing pacing store throws, before anything has left.
 */
export async function sendOnce(
  requests: Requests,
  message: Pick<Call, 'operation' | 'path' | 'json'>,
  leaving: () => Promise<void>,
): Promise<SendOutcome> {
  const call: Call = { ...message, method: 'POST', freshConnection: true };
  let answer: Answer;
  try {
    answer = await requests.once(call, leaving);
  } catch (error) {
    if (error instanceof Problem) return outcomeOf(error);
    throw error;
  }
  try {
    const body = await answer.text(mostAnswerBytes);
    // The contract requires neither id, so an empty answer is a success too.
    const { conversationItemId, customerId } = sent.parse(body.trim() === '' ? {} : JSON.parse(body));
    return { status: 'sent', externalId: conversationItemId, customerId };
  } catch (error) {
    // This may be Gladly's answer cut off, or another server's, e.g. the login page of a proxy.
    const subject = requests.subject(call);
    const problem = problemOf(subject, error);
    const { failure } = problem instanceof Problem ? problem : unreadable(subject, 'it names no item');
    return { status: 'uncertain', failure };
  }
}

/** The setting is wrong, not the message: every message fails this way, and waits until the setting is corrected. */
function senderRefused(failure: Failure): Failure {
  return new Failure('configuration', 'sender_refused', failure.message, {
    hint: 'Set GCSAT_FROM to an address or a number that the organization has in Gladly, or correct what Gladly names; then waiting surveys are sent.',
    cause: failure,
  });
}

const senderFields = /^(?:from|sender)\b/i;
/** The fields that Gladly names when it refuses this one message. */
const messageFields = /^(?:to|customer|subject|body|content|text|html)\b/i;
const senderTexts =
  /\b(?:sender|from (?:address|number))\b|\b(?:quota|(?:daily|hourly|monthly|sending) limit)\b|\bnot (?:enabled|configured)\b|\b(?:account|channel) (?:is )?(?:disabled|suspended)/i;

/**
 * Whether every message would be refused: Gladly refuses the sender or the organization, whichever field says so, or
 * there is no such resource.
 */
function isOfEveryMessage(status: number, errors: readonly GladlyError[]): boolean {
  if (errors.length === 0) return [402, 404, 405].includes(status);
  return errors.some(
    ({ attr, code, detail }) =>
      senderFields.test(attr ?? '') ||
      (!messageFields.test(attr ?? '') &&
        senderTexts.test(`${code ?? ''} ${detail ?? ''}`.replaceAll('_', ' '))),
  );
}

function outcomeOf(problem: Problem): SendOutcome {
  const outcome = certaintyOf(problem);
  const { failure, refusal } = problem;
  if (outcome.status !== 'not_sent' || refusal === null) return outcome;
  if (refusal.isPage || !isOfEveryMessage(refusal.status, refusal.errors)) return outcome;
  return { status: 'not_sent', temporary: true, failure: senderRefused(failure) };
}

/** Whether a request that must not be repeated was carried out, as far as its failure says. */
export function certaintyOf({ failure, refusal, beforeConnect }: Problem): SendOutcome {
  if (refusal === null) {
    return beforeConnect
      ? { status: 'not_sent', temporary: true, failure }
      : { status: 'uncertain', failure };
  }
  const { status } = refusal;
  if (status < 400 || status >= 500) return { status: 'uncertain', failure };
  // When the credentials are refused, nothing is wrong with the message itself.
  const temporary = status === 429 || status === 401 || status === 403 || passesAt(status) || refusal.isPage;
  return { status: 'not_sent', temporary, failure };
}
