import { backOff } from '../../domain/closing/back-off.ts';
import { timeNow } from '../../domain/values/instant.ts';
import type { Reason } from '../../domain/eligibility/reason.ts';
import type { SurveyOutcome } from '../../documents/survey.ts';
import { about, Failure, isForbidden, stopsTheRun } from '../../failure.ts';
import { renewClaim, resolveInterruptedSend } from '../../store/queue/claims.ts';
import type { Closing } from '../../store/closings/closing.ts';
import { recordFailure } from '../../store/queue/decisions.ts';
import { defectOf } from '../context/defect.ts';
import { errorFields } from '../context/error-fields.ts';
import type { PendingLook } from '../survey/look-in-stages.ts';
import type { Services } from '../context/services.ts';
import { createSteps } from '../context/steps.ts';
import { surveyPending } from '../survey/survey-pending.ts';

/** What one piece of work came to; `waiting`: the closing is to be looked at again, or is somebody else's. */
export interface WorkResult {
  outcome: SurveyOutcome | 'waiting';
  reasons: readonly Reason[];
  failure: Failure | null;
}

export const waiting: WorkResult = { outcome: 'waiting', reasons: [], failure: null };

/**
 * What becomes of a claimed closing. A failure, also a defect of ours, is recorded with its back-off before anybody else
 * can take the closing.
 *
 * @throws Failure that the rest would meet too
 */
export async function processClaimed(
  services: Services,
  closing: Closing,
  { askForCustomer, read }: Omit<PendingLook, 'steps'>,
): Promise<WorkResult> {
  const { ledger, worker } = services;
  try {
    const steps = createSteps(services, () => undefined);
    return (await surveyPending(services, closing, { askForCustomer, read, steps })) ?? waiting;
  } catch (error) {
    // Work that is stopped may end by anything.
    if (error instanceof Failure ? stopsTheRun(error) : services.signal.aborted) throw error;
    const failure = about(
      closing.conversationId,
      error instanceof Failure ? error : defectIn(services, closing, error),
    );
    const now = (): string => timeNow(services.clock);
    if (!(await renewClaim(ledger, closing.id, worker, now()))) return waiting;
    // Whatever failed while the message was leaving, nobody knows whether it left; a trial's is repeated without harm.
    const { state } = await resolveInterruptedSend(ledger, closing, now());
    if (state === 'uncertain') return { outcome: 'uncertain', reasons: [], failure };
    const { code, message, hint } = failure;
    const retryAt = retryTime(services, closing, failure);
    await recordFailure(ledger, closing.id, worker, now(), { code, message, hint }, retryAt);
    return { outcome: 'failed', reasons: [], failure };
  }
}

/** An outage, or a permission that is missing, must not use up the tries of all closings that meet it. */
export function passes(failure: Failure): boolean {
  return failure.kind === 'temporary' || isForbidden(failure);
}

function defectIn({ debug }: Services, { id }: Closing, error: unknown): Failure {
  debug(`closing ${id}: ${JSON.stringify(errorFields(error))}`);
  return defectOf(error);
}

/** When the queue tries a failed closing again; null where another try cannot help. */
function retryTime({ clock }: Services, closing: Closing, failure: Failure): string | null {
  const wait = failure.kind === 'not_found' ? null : backOff(closing.attempts + 1, passes(failure));
  return wait === null ? null : new Date(clock() + wait).toISOString();
}
