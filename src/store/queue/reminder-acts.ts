/** What people decide about reminders, and how many reminders are open. */
import { sql } from 'kysely';
import type { Lane } from '../../domain/values/lanes.ts';
import type { ReminderState } from '../../domain/closing/reminder-state.ts';
import type { Ledger, Reading, Writing } from '../ledger/ledger.ts';
import { changeReminder, reminderChanged } from './reminder-rows.ts';

/** A person says that an uncertain reminder did arrive. @throws Failure reminder_changed */
export async function confirmReminder(ledger: Ledger, closingId: string, at: string): Promise<void> {
  const sent = { state: 'sent', due_at: null, settled_at: at, error: null } as const;
  await ledger.write({ closings: [closingId] }, async (trx) => {
    if (!(await changeReminder(trx, closingId, ['uncertain'], sent))) throw reminderChanged(closingId);
  });
}

/**
 * A person says that an uncertain reminder did not leave, or has a failed one tried again.
 * @throws Failure reminder_changed
 */
export async function resendReminder(ledger: Ledger, closingId: string, at: string): Promise<void> {
  const due = {
    state: 'due',
    at,
    due_at: at,
    tries: 0,
    left_at: null,
    settled_at: null,
    error: null,
  } as const;
  await ledger.write({ closings: [closingId] }, async (trx) => {
    if (!(await changeReminder(trx, closingId, ['uncertain', 'failed'], due)))
      throw reminderChanged(closingId);
  });
}

/** The customer is forgotten: a reminder that has not left never leaves. */
export async function forgetReminderIn(trx: Writing, closingId: string, at: string): Promise<void> {
  const reasons = JSON.stringify([{ code: 'forgotten', detail: `forgotten at ${at}` }]);
  const out = { state: 'left_out', due_at: null, settled_at: at, reasons } as const;
  await changeReminder(trx, closingId, ['due', 'failed'], out);
}

export interface OpenReminders {
  /** Not sent yet although their time has come. */
  due: number;
  uncertain: number;
  failed: number;
}

/** Open reminders of surveys that are not answered. The cost grows with the number of open reminders. */
export async function openRemindersIn(db: Reading, lane: Lane): Promise<OpenReminders> {
  const rows = await db
    .selectFrom('reminders')
    .innerJoin('closings', 'closings.id', 'reminders.closing_id')
    .select(({ fn }) => ['reminders.state as state', fn.countAll().as('count')])
    .where(
      'reminders.state',
      'in',
      (['due', 'leaving', 'uncertain', 'failed'] as const).map((state) => sql.lit(state)),
    )
    .where(sql`closings.state || ''`, '=', 'sent')
    .where(sql`closings.lane || ''`, '=', lane)
    .groupBy('reminders.state')
    .execute();
  const number = (state: ReminderState): number =>
    Number(rows.find((row) => row.state === state)?.count ?? 0);
  return {
    due: number('due') + number('leaving'),
    uncertain: number('uncertain'),
    failed: number('failed'),
  };
}
