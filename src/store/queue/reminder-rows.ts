import { sql } from 'kysely';
import type { ClosingError } from '../../domain/closing/closing.ts';
import { inDoubt } from '../../domain/closing/doubt.ts';
import type { Reminder, ReminderReason } from '../../domain/closing/reminder.ts';
import type { ReminderState } from '../../domain/closing/reminder-state.ts';
import { traitsOf } from '../../domain/delivery.ts';
import { Failure } from '../../failure.ts';
import { fromJson, toJson } from '../closings/rows.ts';
import type { Reading, Writing } from '../ledger/ledger.ts';
import type { RemindersTable } from '../ledger/tables.ts';

export async function reminderIn(db: Reading, closingId: string): Promise<Reminder | null> {
  const row = await db
    .selectFrom('reminders')
    .selectAll()
    .where('closing_id', '=', closingId)
    .executeTakeFirst();
  return row === undefined ? null : toReminder(row);
}

/**
 * Changes the reminder's row together with the columns of its closing.
 * @returns whether the reminder was in a `from` state
 */
export async function changeReminder(
  trx: Writing,
  closingId: string,
  from: readonly ReminderState[],
  to: Partial<RemindersTable>,
): Promise<boolean> {
  const failed = to.error !== undefined && to.error !== null && to.state !== 'uncertain';
  const row = await trx
    .updateTable('reminders')
    .set({ ...to, ...(failed ? { tries: sql<number>`tries + 1` } : {}) })
    .where('closing_id', '=', closingId)
    .where('state', 'in', from)
    .returning(['state', 'left_at'])
    .executeTakeFirst();
  if (row === undefined) return false;
  await trx
    .updateTable('closings')
    .set({ reminder: row.state, reminded_at: row.left_at })
    .where('id', '=', closingId)
    .execute();
  return true;
}

/** The change of a reminder that may or may not have left. */
export function doubtful(error: ClosingError, surveyId: string, at: string) {
  const kept = toJson(inDoubt(error, surveyId));
  return { state: 'uncertain', due_at: null, settled_at: at, error: kept } as const;
}

/** Resolves a reminder whose process ended while it was leaving. */
export async function resolveReminderIn(trx: Writing, closingId: string, at: string): Promise<void> {
  const reminder = await reminderIn(trx, closingId);
  if (reminder?.state !== 'leaving') return;
  const to = traitsOf(reminder.provider).repeatable
    ? { state: 'due' as const, due_at: at, left_at: null }
    : doubtful(interrupted, reminder.surveyId, at);
  await changeReminder(trx, closingId, ['leaving'], to);
}

const interrupted: ClosingError = {
  code: 'send_interrupted',
  message: 'The process ended while the reminder was leaving, so it may or may not have left.',
  hint: '',
};

/** Another run, a person, or the customer was faster. */
export function reminderChanged(closingId: string): Failure {
  return new Failure('ledger', 'reminder_changed', `The reminder of the closing ${closingId} has changed.`, {
    hint: 'Look at it with `gcsat surveys show`: another run, a person, or the customer changed it first.',
    scope: 'contention',
  });
}

function toReminder(row: RemindersTable): Reminder {
  return {
    closingId: row.closing_id,
    surveyId: row.survey_id,
    provider: row.provider,
    state: row.state,
    at: row.at,
    tries: row.tries,
    dueAt: row.due_at,
    address: row.address,
    leftAt: row.left_at,
    settledAt: row.settled_at,
    externalId: row.external_id,
    reasons: JSON.parse(row.reasons) as ReminderReason[],
    error: fromJson(row.error) as ClosingError | null,
  };
}
