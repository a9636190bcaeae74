import { alertPayload, nextAlertTry, type Alert, type AlertSubject } from '../../domain/survey/alert.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import { errorOf } from '../../domain/closing/moves.ts';
import type { Answer } from '../../domain/survey/records.ts';
import { timeNow } from '../../domain/values/instant.ts';
import { Failure, isContention } from '../../failure.ts';
import {
  alertLock,
  alertNow,
  alertsDue,
  alertsDueOf,
  markAlertLeaving,
  postponeAlert,
  recordAlertOutcome,
} from '../../store/answers/alerts.ts';
import { closingById } from '../../store/closings/closings.ts';
import { withLock } from '../context/claim.ts';
import { defectOf } from '../context/defect.ts';
import type { Services } from '../context/services.ts';
import { conversationUrl } from '../../domain/survey/conversation-url.ts';
import { tellAlert } from '../context/tell-alert.ts';

/** `gone`: another process has it in hand or sent it, or the customer was forgotten. */
export type AlertResult =
  { result: 'sent' | 'gone'; failure: null } | { result: 'failed' | 'uncertain'; failure: Failure };

/** The alerts that are due, longest overdue first. */
export async function dueAlerts({ ledger, clock }: Services, limit: number): Promise<Alert[]> {
  return alertsDue(ledger, limit, timeNow(clock));
}

/** Tries the alerts of one survey at once, because a person is waiting. @returns the failures of those not sent */
export async function sendAlertsOf(services: Services, surveyId: string): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const alert of await alertsDueOf(services.ledger, surveyId)) {
    const { failure } = await sendAlert(services, alert);
    if (failure !== null) failures.push(failure);
  }
  return failures;
}

/**
 * Sends one alert under its lock. A webhook or mail goes out at least once, always with the same id. A note in Gladly
 * carries no id of ours, so it is sent at most once: when in doubt, it becomes uncertain and is not repeated.
 *
 * @throws Failure of the ledger, which the next alert would meet too
 */
export async function sendAlert(services: Services, due: Alert): Promise<AlertResult> {
  try {
    return await withLock(services, alertLock(due), () => trySend(services, due));
  } catch (error) {
    if (services.signal.aborted) throw error;
    if (!(error instanceof Failure) || !isContention(error)) throw error;
    return { result: 'gone', failure: null };
  }
}

async function trySend(services: Services, due: Alert): Promise<AlertResult> {
  const { ledger, clock } = services;
  const now = await alertNow(ledger, due);
  const closing = now === null ? null : await closingById(ledger, due.closingId);
  if (now === null || closing === null || now.alert.dueAt === null) return { result: 'gone', failure: null };
  const { alert, answer } = now;
  // We hold the lock, so the process that was sending this note has ended.
  if (alert.state === 'leaving') return recordDoubt(services, alert, interrupted());
  const sending = { mayHaveLeft: false };
  try {
    const payload = alertPayload(subjectOf(services, answer, closing), {
      personal: services.settings.policy.alertPersonalData,
    });
    const outcome = await tellAlert(services, alert, payload, async () => {
      if (!(await markAlertLeaving(ledger, alert))) throw new NotDue();
      sending.mayHaveLeft = true;
    });
    if (outcome !== null) return await recordDoubt(services, alert, outcome);
    await recordAlertOutcome(ledger, alert, { state: 'sent', at: timeNow(clock), error: null });
    return { result: 'sent', failure: null };
  } catch (error) {
    if (error instanceof NotDue) return { result: 'gone', failure: null };
    if (services.signal.aborted || (error instanceof Failure && error.kind === 'ledger')) throw error;
    const failure = error instanceof Failure ? error : defectOf(error);
    // After an unexpected error, the note may still have arrived.
    if (sending.mayHaveLeft && !(error instanceof Failure)) return recordDoubt(services, alert, failure);
    await keepFailure(services, alert, failure);
    return { result: 'failed', failure };
  }
}

/** Another process sent it meanwhile. */
class NotDue extends Error {}

async function recordDoubt(services: Services, alert: Alert, failure: Failure): Promise<AlertResult> {
  const at = timeNow(services.clock);
  await recordAlertOutcome(services.ledger, alert, { state: 'uncertain', at, error: errorOf(failure) });
  return { result: 'uncertain', failure };
}

async function keepFailure({ ledger, clock }: Services, alert: Alert, failure: Failure): Promise<void> {
  const error = errorOf(failure);
  // A problem that a person has to fix is retried as often as one that passes by itself.
  const passes = ['temporary', 'configuration', 'credentials'].includes(failure.kind);
  const dueAt = nextAlertTry(alert, passes, clock());
  if (dueAt !== null) await postponeAlert(ledger, alert, { dueAt, error });
  else await recordAlertOutcome(ledger, alert, { state: 'failed', at: timeNow(clock), error });
}

function interrupted(): Failure {
  return new Failure(
    'temporary',
    'note_uncertain',
    'the process ended while the note was on its way to Gladly',
    { hint: 'Look at the conversation: the note may be there. gcsat does not repeat it.' },
  );
}

function subjectOf({ settings }: Services, answer: Answer, closing: Closing): AlertSubject {
  const { conversationId, customerId, evidence } = closing;
  return {
    answer,
    closing,
    inbox: evidence?.conversation.inbox ?? null,
    channel: evidence?.attribution?.channel ?? null,
    conversationUrl:
      customerId === null
        ? null
        : conversationUrl(settings.policy.conversationLink, {
            origin: settings.origin,
            customerId,
            conversationId,
          }),
  };
}
