import { timeAt } from '../values/instant.ts';
import { traitsOf } from '../delivery.ts';
import type { Reason } from './reason.ts';
import { backOff } from './back-off.ts';
import { inDoubt } from './doubt.ts';
import type { Closing, ClosingChange, ClosingError } from './closing.ts';
import { isQueued, type Transition } from './transitions.ts';

/** One step along the transitions, worked out by a rule; the store applies it. */
export interface Move {
  transition: Transition;
  change: ClosingChange;
  /** For the history. */
  note: string | null;
}

/** How a message ended. `not_sent`: certainly nothing left; `temporary`: the same message may succeed later. */
export type MessageResult =
  | { status: 'sent'; externalId: string | null }
  | { status: 'uncertain'; failure: ClosingError }
  | { status: 'not_sent'; temporary: boolean; failure: ClosingError };

/** Ends a closing without a survey. Earlier failures no longer matter. */
export function suppression(reasons: readonly Reason[], reading: ClosingChange = {}): Move {
  return {
    transition: 'suppress',
    change: { ...reading, reasons: [...reasons], dueAt: null, error: null },
    note: reasons.map(({ code }) => code).join(', '),
  };
}

/** A reopening ends a closing that waits for the queue; a message that left stays as it is. */
export function reopeningMove(
  { state, dueAt }: Pick<Closing, 'state' | 'dueAt'>,
  reopenedAt: string,
): Move | null {
  if (!isQueued(state, dueAt)) return null;
  return suppression([{ code: 'reopened', detail: `reopened at ${reopenedAt}` }]);
}

/**
 * What the end of a message means for its closing. Null if more is known already: the closing was answered meanwhile,
 * or is uncertain and stays so.
 *
 * @param attempts failed tries before this run; all tries of one run count as one
 */
export function messageMove(
  { state, surveyId }: Pick<Closing, 'state' | 'surveyId'>,
  result: MessageResult,
  at: string,
  attempts: number,
): Move | null {
  if (state === 'answered' || (state === 'uncertain' && result.status !== 'sent')) return null;
  if (result.status === 'sent') {
    return {
      transition: 'confirm',
      change: { sentAt: at, externalId: result.externalId, error: null },
      note: null,
    };
  }
  if (result.status === 'uncertain') {
    const error = inDoubt(result.failure, surveyId ?? '');
    return { transition: 'doubt', change: { error }, note: error.code };
  }
  const error = errorOf(result.failure);
  const change = { error, leftAt: null, attempts: attempts + 1 };
  if (!result.temporary) return { transition: 'fail', change: { ...change, dueAt: null }, note: error.code };
  const dueAt = timeAt(Date.parse(at) + backOff(attempts + 1, true));
  return { transition: 'resume', change: { ...change, dueAt }, note: error.code };
}

/**
 * The process ended while the message was leaving. If a second delivery does no harm, the closing is scheduled again.
 * Otherwise, nobody knows whether the message left, and it is never repeated by itself.
 */
export function interruptedMove(
  { provider, surveyId }: Pick<Closing, 'provider' | 'surveyId'>,
  at: string,
): Move {
  if (provider !== null && traitsOf(provider).repeatable) {
    return { transition: 'resume', change: { dueAt: at, leftAt: null }, note: 'interrupted' };
  }
  const error = inDoubt(sendInterrupted, surveyId ?? '');
  return { transition: 'doubt', change: { error }, note: 'interrupted' };
}

const sendInterrupted: ClosingError = {
  code: 'send_interrupted',
  message: 'The process ended while the message was leaving, so it may or may not have left.',
  hint: '',
};

/** @param retryAt when the queue tries again; null: only a person does */
export function failureMove(failure: ClosingError, attempts: number, retryAt: string | null): Move {
  const change = { error: errorOf(failure), dueAt: retryAt, leftAt: null, attempts: attempts + 1 };
  return { transition: 'fail', change, note: failure.code };
}

const decidedAnew = { attempts: 0, dueAt: null, leftAt: null, error: null, reasons: [] };

/** A person has a closing decided again: at once, with all its tries. */
export function retryMove(): Move {
  return { transition: 'retry', change: decidedAnew, note: null };
}

/** A person says that an uncertain message did not leave. */
export function resendMove(): Move {
  return { transition: 'resend', change: decidedAnew, note: null };
}

/** Only these fields are stored; a failure may have more. */
export function errorOf({ code, message, hint }: ClosingError): ClosingError {
  return { code, message, hint };
}
