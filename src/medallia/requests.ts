import { isObject } from '../domain/values/json.ts';
import type { Failure } from '../failure.ts';
import type { Answer } from '../http/transport.ts';
import type { components } from './contract.ts';
import type { Exchange, MedalliaCall } from './exchange.ts';
import { MedalliaProblem, unreadableBy } from './problems.ts';

/** As in the contract, but with two properties in a readable form. */
export type FeedbackRequest = Omit<components['schemas']['FeedbackRequest'], 'employee' | 'do_not_send'> & {
  employee?: { custom_id?: string; email?: string };
  do_not_send?: boolean;
};

export type RequestOutcome =
  | { status: 'accepted' }
  /** Certainly nothing was taken. `temporary`: the same request may succeed later. */
  | { status: 'refused'; temporary: boolean; failure: Failure }
  /** It may have been taken, so it must not be repeated automatically: a repeat would be a second request. */
  | { status: 'uncertain'; failure: Failure };

/** The answer repeats the request. */
const mostAnswerBytes = 1024 * 1024;

/**
 * Asks Agent Connect for one survey, once: it documents no idempotency (contract, createRequest). A 200 means accepted,
 * not sent. `leaving` is awaited right before the request leaves; if it throws, its error is passed on and nothing
 * leaves.
 */
export async function createRequest(
  exchange: Exchange,
  request: FeedbackRequest,
  leaving: () => Promise<void>,
): Promise<RequestOutcome> {
  const call: MedalliaCall = {
    operation: 'createRequest',
    method: 'POST',
    path: '/v1/requests',
    json: request,
    needsToken: false,
    freshConnection: true,
  };
  let answer: Answer;
  try {
    answer = await exchange.once(call, leaving);
  } catch (error) {
    if (error instanceof MedalliaProblem) return outcomeOf(error);
    throw error;
  }
  try {
    const text = (await answer.text(mostAnswerBytes)).trim();
    // The repeated request is not compared: the contract promises none of its fields.
    if (text === '' || isObject(JSON.parse(text))) return { status: 'accepted' };
    return { status: 'uncertain', failure: notTheEcho(exchange) };
  } catch (error) {
    const problem = exchange.problemOf(call.operation, error);
    const failure = problem instanceof MedalliaProblem ? problem.failure : notTheEcho(exchange);
    return { status: 'uncertain', failure };
  }
}

/** The answer may be another server's, e.g. the login page of a proxy. */
function notTheEcho({ host }: Exchange): Failure {
  return unreadableBy(host, 'createRequest', 'it does not repeat the request').failure;
}

function outcomeOf({ failure, status, beforeConnect }: MedalliaProblem): RequestOutcome {
  if (status === null) {
    return beforeConnect ? { status: 'refused', temporary: true, failure } : { status: 'uncertain', failure };
  }
  if (status < 400 || status >= 500) return { status: 'uncertain', failure };
  const temporary = failure.kind === 'configuration' || status === 429;
  return { status: 'refused', temporary, failure };
}
