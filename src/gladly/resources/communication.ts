import { z } from 'zod';
import { Problem, unreadable } from '../http/errors.ts';
import { Failure } from '../../failure.ts';
import { problemOf } from '../http/requests.ts';
import type { Call, Requests } from '../http/requests.ts';
import type { Answer } from '../http/transport.ts';

export type SendOutcome =
  | { status: 'sent'; externalId: string | null; customerId: string | null }
  /** Certainly nothing left. `temporary`: the same message may succeed later. */
  | { status: 'not_sent'; temporary: boolean; failure: Failure }
  /** Nobody knows whether the message left: it must not be repeated by itself. */
  | { status: 'uncertain'; failure: Failure };

/** The answer is two ids. */
const mostAnswerBytes = 1024 * 1024;

const identifier = z
  .union([z.string().min(1), z.number().transform(String)])
  .nullish()
  .catch(null);
const sent = z
  .looseObject({})
  .refine((found) => !isOther(found))
  .pipe(z.object({ conversationItemId: identifier, customerId: identifier }));

/** The contract requires neither id. What has others alone is the answer to something else. */
function isOther(found: object): boolean {
  const names = Object.keys(found);
  return names.length > 0 && !names.includes('conversationItemId') && !names.includes('customerId');
}

/**
 * Sends one message, once: Gladly has no idempotency for communications. `leaving` is awaited after the pacing has
 * granted the request and right before it leaves; what it throws is passed on, and nothing leaves. What goes wrong with
 * the message is an outcome; an aborted signal or a store of the pacing that fails is thrown, before anything left.
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
    const text = await answer.text(mostAnswerBytes);
    // An answer without any text is taken for a success, as one without any property is.
    const { conversationItemId, customerId } = sent.parse(text.trim() === '' ? {} : JSON.parse(text));
    return { status: 'sent', externalId: conversationItemId ?? null, customerId: customerId ?? null };
  } catch (error) {
    // It may be Gladly's answer, cut off, or somebody else's altogether, e.g. the log-in page of a proxy.
    const asked = requests.asked(call);
    const problem = problemOf(asked, error);
    const { failure } = problem instanceof Problem ? problem : unreadable(asked, 'it names no item');
    return { status: 'uncertain', failure };
  }
}

/** Every message meets it, and none is at fault: it waits until the setting is mended. */
function senderRefused(failure: Failure): Failure {
  return new Failure('configuration', 'sender_refused', failure.message, {
    hint: 'set GCSAT_FROM to an address or a number that the organisation has in Gladly; what waits is sent then',
    cause: failure,
  });
}

function outcomeOf(problem: Problem): SendOutcome {
  const { failure } = problem;
  const status = problem.refusal?.status ?? null;
  if (status === null) {
    return problem.beforeConnect
      ? { status: 'not_sent', temporary: true, failure }
      : { status: 'uncertain', failure };
  }
  if (status < 400 || status >= 500) return { status: 'uncertain', failure };
  if (problem.refusal?.errors.some(({ attr }) => attr === 'from') === true) {
    return { status: 'not_sent', temporary: true, failure: senderRefused(failure) };
  }
  // Refused credentials are mended outside; the message itself is fine.
  const temporary = status === 429 || status === 401 || status === 403;
  return { status: 'not_sent', temporary, failure };
}
