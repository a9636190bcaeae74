import { sql } from 'kysely';
import { timeAt } from '../../domain/values/instant.ts';
import type { Closing, ClosingError } from '../../domain/closing/closing.ts';
import { errorOf, type MessageResult } from '../../domain/closing/moves.ts';
import { latestReminderMs, type Reminder, type ReminderReason } from '../../domain/closing/reminder.ts';
import type { DeliveryName } from '../../domain/delivery.ts';
import { hasUnsubscribed } from '../addresses/unsubscribes.ts';
import { closingIn, toClosing, toJson } from '../closings/rows.ts';
import type { Ledger, Reading } from '../ledger/ledger.ts';
import { refuseWhilePaused, sendingLock } from '../closings/pause.ts';
import type { Worker } from '../ledger/workers.ts';
import { keepClaim } from './claims.ts';
import { capLock, refuseAtCap, type HourlyCap } from './hourly-cap.ts';
import { changeReminder, doubtful, reminderChanged, reminderIn } from './reminder-rows.ts';

/** In one transaction; the next call finds the rest. */
const mostBegun = 200;

/**
 * Records a due reminder for each survey whose time for one has come: sent, not answered, and with a page of ours. Each
 * survey gets one reminder, however many processes look; a survey whose time is long past gets none.
 *
 * @param afterMs how long after the survey left
 * @returns how many were found
 */
export async function beginReminders(
  ledger: Ledger,
  { provider, afterMs, now }: { provider: DeliveryName; afterMs: number; now: string },
): Promise<number> {
  const latest = timeAt(Date.parse(now) - afterMs);
  const earliest = timeAt(Date.parse(now) - afterMs - latestReminderMs);
  const find = (db: Reading) =>
    db
      .selectFrom('closings')
      .select(['id', 'survey_id', 'sent_at'])
      // Literals: SQLite uses the partial index only if it can see them.
      .where('state', '=', sql.lit('sent'))
      .where('reminder', 'is', null)
      .where('provider', '=', provider)
      .where('sent_at', '<=', latest)
      .where('sent_at', '>', earliest)
      // Not surveys of another program, surveys without a page of ours, or those of forgotten customers.
      .where('imported', 'is', null)
      .where('survey_url', 'is not', null)
      .where('forgotten_at', 'is', null)
      .orderBy('sent_at', 'desc')
      .limit(mostBegun)
      .execute();
  // Usually there is none, and then there is nothing to write.
  if ((await ledger.read(find)).length === 0) return 0;
  return ledger.write({ names: [`reminders by ${provider}`] }, async (trx) => {
    const found = await find(trx);
    for (const { id, survey_id: surveyId, sent_at: sentAt } of found) {
      if (surveyId === null || sentAt === null) continue;
      const at = timeAt(Date.parse(sentAt) + afterMs);
      await trx
        .insertInto('reminders')
        .values({
          ...{ closing_id: id, survey_id: surveyId, provider, state: 'due', at, tries: 0, due_at: at },
          reasons: '[]',
        })
        .onConflict((conflict) => conflict.column('closing_id').doNothing())
        .execute();
      await trx
        .updateTable('closings')
        .set({ reminder: 'due' })
        .where('id', '=', id)
        .where('reminder', 'is', null)
        .execute();
    }
    return found.length;
  });
}

/** Closings whose reminder is due, newest first, as in the queue. */
export async function remindersDue(
  ledger: Ledger,
  provider: DeliveryName,
  limit: number,
  now: string,
): Promise<string[]> {
  const rows = await ledger.read((db) =>
    db
      .selectFrom('reminders')
      .select('closing_id')
      .where('provider', '=', provider)
      .where('due_at', '<=', now)
      .orderBy('due_at', 'desc')
      .limit(limit)
      .execute(),
  );
  return rows.map((row) => row.closing_id);
}

/** The reminder as it is now; null if it is no longer due or no longer exists. */
export async function dueReminder(
  ledger: Ledger,
  closingId: string,
): Promise<{ reminder: Reminder; closing: Closing; begun: boolean } | null> {
  return ledger.read(async (db) => {
    const reminder = await reminderIn(db, closingId);
    const row = await db.selectFrom('closings').selectAll().where('id', '=', closingId).executeTakeFirst();
    if (reminder === null || reminder.dueAt === null || row === undefined) return null;
    return { reminder, closing: toClosing(row), begun: await isBegun(db, reminder.surveyId) };
  });
}

/** Whether the customer followed a star's link or tried to send an answer. Scanners that open links do not count. */
async function isBegun(db: Reading, surveyId: string): Promise<boolean> {
  const row = await db
    .selectFrom('visits')
    .select('kind')
    .where('survey_id', '=', surveyId)
    .where('kind', 'in', ['clicked', 'begun'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Records that the reminder is about to leave, right before it does; until its outcome is recorded, it may have left.
 *
 * @throws Failure claim_lost, sending_paused, hourly_cap_reached; reminder_changed when it must no longer leave,
 * because the customer answered, began to, unsubscribed, or was forgotten, or because another process recorded its
 * outcome. Then nothing may leave
 */
export async function markReminderLeaving(
  ledger: Ledger,
  closingId: string,
  worker: Worker,
  at: string,
  cap: HourlyCap,
): Promise<void> {
  const alone = { closings: [closingId], shared: [sendingLock], names: capLock(cap) };
  await ledger.write(alone, async (trx) => {
    await refuseWhilePaused(trx, at);
    await refuseAtCap(trx, cap, at);
    await keepClaim(trx, closingId, worker, at);
    const { state, forgottenAt, address, surveyId } = await closingIn(trx, closingId);
    const isOver =
      state !== 'sent' ||
      forgottenAt !== null ||
      address === null ||
      surveyId === null ||
      (await hasUnsubscribed(trx, address)) ||
      (await isBegun(trx, surveyId));
    if (isOver) throw reminderChanged(closingId);
    const leaving = { state: 'leaving', left_at: at, address } as const;
    if (!(await changeReminder(trx, closingId, ['due'], leaving))) throw reminderChanged(closingId);
  });
}

/**
 * Records how a reminder ended, unless more is known already.
 *
 * @param retryAt when a reminder that did not leave is tried again; null: only when a person asks for it
 */
export async function recordReminderOutcome(
  ledger: Ledger,
  closingId: string,
  at: string,
  result: MessageResult,
  retryAt: string | null,
): Promise<void> {
  await ledger.write({ closings: [closingId] }, async (trx) => {
    switch (result.status) {
      case 'sent': {
        // Even after others gave up on its process. For a forgotten customer, only the fact that the reminder left is
        // kept.
        const { forgottenAt } = await closingIn(trx, closingId);
        const externalId = forgottenAt === null ? result.externalId : null;
        const sent = {
          state: 'sent',
          due_at: null,
          settled_at: at,
          external_id: externalId,
          error: null,
        } as const;
        return changeReminder(trx, closingId, ['leaving', 'uncertain'], sent);
      }
      case 'uncertain': {
        const { surveyId } = await closingIn(trx, closingId);
        const doubt = doubtful(errorOf(result.failure), surveyId ?? '', at);
        return changeReminder(trx, closingId, ['leaving'], doubt);
      }
      case 'not_sent': {
        const error = errorOf(result.failure);
        return changeReminder(trx, closingId, ['due', 'leaving'], unsent(error, { at, retryAt }));
      }
    }
  });
}

/** Ends a reminder without sending it. */
export async function leaveOutReminder(
  ledger: Ledger,
  closingId: string,
  at: string,
  reasons: readonly ReminderReason[],
): Promise<void> {
  const out = { state: 'left_out', due_at: null, settled_at: at, reasons: JSON.stringify(reasons) } as const;
  await ledger.write({ closings: [closingId] }, (trx) =>
    changeReminder(trx, closingId, ['due'], { ...out, error: null }),
  );
}

/** Nothing failed: the reminder is looked at again later. */
export async function postponeReminder(ledger: Ledger, closingId: string, dueAt: string): Promise<void> {
  await ledger.write({ closings: [closingId] }, (trx) =>
    changeReminder(trx, closingId, ['due'], { due_at: dueAt, error: null }),
  );
}

function unsent(error: ClosingError, { at, retryAt }: { at: string; retryAt: string | null }) {
  const failure = { left_at: null, error: toJson(error) };
  return retryAt === null
    ? ({ ...failure, state: 'failed', due_at: null, settled_at: at } as const)
    : ({ ...failure, state: 'due', due_at: retryAt } as const);
}
