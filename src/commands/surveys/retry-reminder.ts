import { doubtHint } from '../../domain/closing/doubt.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import { Failure } from '../../failure.ts';
import type { Services } from '../../workflow/context/services.ts';

interface Given {
  wasSent: boolean;
  notSent: boolean;
  /** Asks whether the message is certainly not there. */
  isConfirmed: () => Promise<boolean>;
}

/**
 * Settles a reminder that waits for a person, as `surveys retry` settles a survey: an uncertain one only on a
 * person's word, while a failed one is tried again.
 *
 * @returns what kept it from leaving; null if nothing did
 * @throws Failure kind usage if nobody says what became of it
 */
export async function retryReminder(
  services: Services,
  closing: Closing,
  { wasSent, notSent, isConfirmed }: Given,
  now: () => string,
): Promise<Failure | null> {
  const { confirmReminderOf, resendReminderOf } = await import('../../workflow/operator/reminders.ts');
  if (wasSent) {
    await confirmReminderOf(services.ledger, closing.id, now());
    return null;
  }
  if (closing.reminder === 'uncertain') {
    if (!notSent) throw stillUncertain(closing);
    if (!(await isConfirmed())) return null;
  }
  const { readyToDeliver } = await import('../../workflow/survey/decide.ts');
  const { remind } = await import('../../workflow/survey/remind.ts');
  await readyToDeliver(services);
  await resendReminderOf(services.ledger, closing.id, now());
  const { result, failure } = await remind(services, closing.id);
  // An uncertain reminder is only a warning, as for a survey.
  return result === 'failed' ? failure : null;
}

function stillUncertain({ id, surveyId }: Closing): Failure {
  const message = `the reminder of the closing ${id} may have left, and nothing was sent`;
  return new Failure('usage', 'reminder_uncertain', message, { hint: doubtHint(surveyId ?? '') });
}
