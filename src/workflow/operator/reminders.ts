import type { Closing } from '../../domain/closing/closing.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import { confirmReminder, resendReminder } from '../../store/queue/reminder-acts.ts';

/** Whether a closing waits for a person because of its reminder, not because of its survey. */
export function waitsForPerson({ state, reminder }: Pick<Closing, 'state' | 'reminder'>): boolean {
  return ['sent', 'answered'].includes(state) && (reminder === 'uncertain' || reminder === 'failed');
}

/** A person says that an uncertain reminder did arrive. @throws Failure when it is in another state */
export function confirmReminderOf(ledger: Ledger, closingId: string, at: string): Promise<void> {
  return confirmReminder(ledger, closingId, at);
}

/** A person says that the reminder did not leave; it is decided again. @throws Failure when it is in another state */
export function resendReminderOf(ledger: Ledger, closingId: string, at: string): Promise<void> {
  return resendReminder(ledger, closingId, at);
}
