import type { SurveyOutcome } from '../../documents/survey.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import type { Reason } from '../../domain/closing/reason.ts';
import { timeNow } from '../../domain/values/instant.ts';
import { about, Failure, stopsTheRun } from '../../failure.ts';
import { renewClaim, resolveInterruptedSend } from '../../store/queue/claims.ts';
import { recordFailure } from '../../store/queue/decisions.ts';
import { defectOf } from '../context/defect.ts';
import { errorFields } from '../context/error-fields.ts';
import type { Services } from '../context/services.ts';
import { createSteps } from '../context/steps.ts';
import { readAsNeeded, type AskForCustomer, type ConversationRead } from '../survey/read-conversation.ts';
import { retryTime } from '../survey/retry-time.ts';
import { surveyBefore, surveyClosing } from '../survey/survey-closing.ts';

/** The result of one piece of work; `waiting`: the closing is looked at again later, or another worker has it. */
export interface WorkResult {
  outcome: SurveyOutcome | 'waiting';
  reasons: readonly Reason[];
  failure: Failure | null;
  /** The closing afterwards; null while nothing was decided. */
  row: Closing | null;
}

export const waiting: WorkResult = { outcome: 'waiting', reasons: [], failure: null, row: null };

/**
 * Works on one claimed closing from the queue, with as few requests as its verdict needs. A failure, even a defect in
 * gcsat, is recorded with its back-off before any other worker can take the closing.
 *
 * @param read the conversation, if it was just read
 * @throws Failure that the next closing would meet too
 */
export async function processClosing(
  services: Services,
  closing: Closing,
  { askForCustomer, read }: { askForCustomer: AskForCustomer; read: ConversationRead | null },
): Promise<WorkResult> {
  try {
    const before = await surveyBefore(services, closing);
    if (before.survey !== null) return before.survey;
    const steps = createSteps(services, () => undefined);
    let given = read;
    const readsOf = () => {
      const reads = readAsNeeded(services, closing.conversationId, { given, askForCustomer }, steps);
      given = null;
      return reads;
    };
    return (await surveyClosing(services, before.row, readsOf, steps)) ?? waiting;
  } catch (error) {
    // When a run is being stopped, its work may end with any error.
    if (error instanceof Failure ? stopsTheRun(error) : services.signal.aborted) throw error;
    return recordProblem(services, closing, error);
  }
}

async function recordProblem(services: Services, closing: Closing, error: unknown): Promise<WorkResult> {
  const { ledger, worker, clock } = services;
  const failure = about(
    closing.conversationId,
    error instanceof Failure ? error : defectIn(services, closing, error),
  );
  if (!(await renewClaim(ledger, closing.id, worker, timeNow(clock)))) return waiting;
  // If it failed while the message was leaving, nobody knows whether it left.
  const row = await resolveInterruptedSend(ledger, closing.id, timeNow(clock));
  if (row.state === 'uncertain') return { outcome: 'uncertain', reasons: [], failure, row };
  const retryAt = retryTime(services, closing, failure);
  const failed = await recordFailure(ledger, closing.id, worker, timeNow(clock), failure, retryAt);
  return { outcome: 'failed', reasons: [], failure, row: failed };
}

function defectIn({ debug }: Services, { id }: Closing, error: unknown): Failure {
  debug(`closing ${id}: ${JSON.stringify(errorFields(error))}`);
  return defectOf(error);
}
