/** What people decide about reminders, and what is asked about all of them. */
import { sql } from 'kysely';
import type { Lane } from '../../domain/values/lanes.ts';
import type { ReminderState } from '../../domain/closing/reminder-state.ts';
import type { Ledger, Reading, Writing } from '../ledger/ledger.ts';
import { changeReminder, reminderChanged } from './reminder-rows.ts';

/** A person says that a reminder in doubt did arrive. @throws Failure reminder_changed */
export async function confirmReminder(ledger: Ledger, closingId: string, at: string): Promise<void> {
  const sent = { state: 'sent', due_at: null, settled_at: at, error: null } as const;
  await ledger.write({ closings: [closingId] }, async (trx) => {
    if (!(await changeReminder(trx, closingId, ['uncertain'], sent))) throw reminderChanged(closingId);
  });
}

/** A person says that a reminder in doubt did not leave, or wants a failed one tried again. @throws Failure reminder_changed */
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

/** Of customers who are forgotten: what has not left never does. */
export async function forgetReminderIn(trx: Writing, closingId: string, at: string): Promise<void> {
  const reasons = JSON.stringify([{ code: 'forgotten', detail: `forgotten at ${at}` }]);
  const out = { state: 'left_out', due_at: null, settled_at: at, reasons } as const;
  await changeReminder(trx, closingId, ['due', 'failed'], out);
}

export interface OpenReminders {
  /** Not sent yet, though their time has come. */
  due: number;
  uncertain: number;
  failed: number;
}

/** Of surveys that are not answered; the cost grows with what is open. */
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
