import { timeAt } from '../../domain/values/instant.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import { interruptedMove } from '../../domain/closing/moves.ts';
import { Failure } from '../../failure.ts';
import { closeMessage } from '../closings/messages.ts';
import { apply, closingIn, toClosing } from '../closings/rows.ts';
import type { Ledger, Reading, Writing } from '../ledger/ledger.ts';
import { claimMs, described, expiry, isClaimValid, nameOf, type Worker } from '../ledger/workers.ts';
import { resolveReminderIn } from './reminder-rows.ts';

export type Claim = { claimed: true; closing: Closing } | { claimed: false; heldBy: string; until: string };

/**
 * Takes a closing for one piece of work. A claim is exclusive, even among the tasks of one process. A claim whose
 * process ran on this host and has ended is taken over at once, any other claim when it has expired.
 * @throws Failure closing_not_found
 */
export async function claimClosing(
  ledger: Ledger,
  closingId: string,
  worker: Worker,
  now: string,
): Promise<Claim> {
  return ledger.write({ closings: [closingId] }, async (trx) => {
    const { claimedBy, claimUntil, state, reminder } = await closingIn(trx, closingId);
    const isLeaving = state === 'sending' || reminder === 'leaving';
    if (claimedBy !== null && claimUntil !== null && isClaimValid(claimedBy, claimUntil, now, isLeaving)) {
      return { claimed: false, heldBy: described(claimedBy), until: claimUntil };
    }
    return { claimed: true, closing: await claim(trx, closingId, worker, now) };
  });
}

/** Extends the claim by another 30 s from `now`. @returns false when it was lost to another worker */
export async function renewClaim(
  ledger: Ledger,
  closingId: string,
  worker: Worker,
  now: string,
): Promise<boolean> {
  return ledger.write({ closings: [closingId] }, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('closings')
      .set({ claim_until: expiry(now) })
      .where('id', '=', closingId)
      .where('claimed_by', '=', nameOf(worker))
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  });
}

/** Releases the claim; a claim that was lost meanwhile stays with its new holder. */
export async function releaseClaim(ledger: Ledger, closingId: string, worker: Worker): Promise<void> {
  await ledger.write({ closings: [closingId] }, (trx) =>
    trx
      .updateTable('closings')
      .set({ claimed_by: null, claim_until: null })
      .where('id', '=', closingId)
      .where('claimed_by', '=', nameOf(worker))
      .execute(),
  );
}

/** Resolves a closing whose worker ended while the message was leaving. */
export async function resolveInterruptedSend(
  ledger: Ledger,
  closingId: string,
  at: string,
): Promise<Closing> {
  return ledger.write({ closings: [closingId] }, (trx) => resolveInTransaction(trx, closingId, at));
}

/** Resolves every closing whose message was leaving when its process ended. */
export async function resolveAbandonedSends(ledger: Ledger, now: string): Promise<Closing[]> {
  // Usually there is none, and then there is nothing to write.
  const abandoned = await ledger.read((db) => abandonedIn(db, now));
  if (abandoned.length === 0) return [];
  return ledger.write({ closings: abandoned }, async (trx) => {
    const resolved: Closing[] = [];
    for (const id of await abandonedIn(trx, now)) resolved.push(await resolveInTransaction(trx, id, now));
    return resolved;
  });
}

async function abandonedIn(db: Reading, now: string): Promise<string[]> {
  const sending = await db
    .selectFrom('closings')
    .select(['id', 'claimed_by', 'claim_until'])
    .where('state', '=', 'sending')
    .forUpdate()
    .execute();
  return sending.filter((row) => !isSendClaimed(row.claimed_by, row.claim_until, now)).map(({ id }) => id);
}

/** Resolves a reminder whose worker ended while it was leaving. */
export async function resolveReminder(ledger: Ledger, closingId: string, at: string): Promise<void> {
  await ledger.write({ closings: [closingId] }, (trx) => resolveReminderIn(trx, closingId, at));
}

/** Resolves every reminder that was leaving when its process ended. @returns ids of closings */
export async function resolveAbandonedReminders(ledger: Ledger, now: string): Promise<string[]> {
  const abandoned = await ledger.read((db) => abandonedRemindersIn(db, now));
  if (abandoned.length === 0) return [];
  return ledger.write({ closings: abandoned }, async (trx) => {
    const ids = await abandonedRemindersIn(trx, now);
    for (const id of ids) await resolveReminderIn(trx, id, now);
    return ids;
  });
}

async function abandonedRemindersIn(db: Reading, now: string): Promise<string[]> {
  const rows = await leavingReminders(db);
  return rows.filter((row) => !isSendClaimed(row.claimed_by, row.claim_until, now)).map(({ id }) => id);
}

function leavingReminders(db: Reading) {
  return db
    .selectFrom('closings')
    .select(['id', 'claimed_by', 'claim_until'])
    .where('reminder', '=', 'leaving')
    .execute();
}

/** How many messages and reminders are leaving right now from a live process. */
export async function countLeaving(ledger: Ledger, now: string): Promise<number> {
  const rows = await ledger.read(async (db) => [
    ...(await db
      .selectFrom('closings')
      .select(['claimed_by', 'claim_until'])
      .where('state', '=', 'sending')
      .execute()),
    ...(await leavingReminders(db)),
  ]);
  return rows.filter((row) => isSendClaimed(row.claimed_by, row.claim_until, now)).length;
}

/**
 * Messages and reminders that are leaving from a live process whose claim expired over 30 s ago: the process was
 * suspended, or is stuck.
 */
export async function stuckSends(ledger: Ledger, now: string): Promise<{ id: string; heldBy: string }[]> {
  const latest = timeAt(Date.parse(now) - claimMs);
  const rows = await ledger.read(async (db) => [
    ...(await db
      .selectFrom('closings')
      .select(['id', 'claimed_by', 'claim_until'])
      .where('state', '=', 'sending')
      .where('claim_until', '<', latest)
      .execute()),
    ...(await leavingReminders(db)).filter(({ claim_until: until }) => (until ?? '') < latest),
  ]);
  return rows
    .filter((row) => isSendClaimed(row.claimed_by, row.claim_until, now))
    .map(({ id, claimed_by: by }) => ({ id, heldBy: described(by ?? '') }));
}

/** Whether the claim of a closing whose message is leaving still holds. */
export function isSendClaimed(by: string | null, until: string | null, now: string): boolean {
  return by !== null && until !== null && isClaimValid(by, until, now, true);
}

/** @throws Failure claim_lost when the closing is claimed by another worker */
export function refuseClaimOfOther(closing: Closing, worker: Worker): void {
  if (closing.claimedBy === null || closing.claimedBy === nameOf(worker)) return;
  throw claimLost(closing);
}

/** Renews the claim within a transaction. @throws Failure claim_lost when this worker does not hold it */
export async function keepClaim(trx: Writing, closingId: string, worker: Worker, now: string): Promise<void> {
  const closing = await closingIn(trx, closingId);
  if (closing.claimedBy !== nameOf(worker)) throw claimLost(closing);
  await claim(trx, closingId, worker, now);
}

function claimLost(closing: Closing): Failure {
  const now = closing.claimedBy === null ? '' : `, but by ${described(closing.claimedBy)}`;
  return new Failure(
    'ledger',
    'claim_lost',
    `The closing ${closing.id} is no longer claimed by this process${now}.`,
    { hint: 'Leave it to that process, or run this again when it is done.', scope: 'contention' },
  );
}

export async function resolveInTransaction(trx: Writing, closingId: string, at: string): Promise<Closing> {
  const closing = await closingIn(trx, closingId);
  if (closing.state !== 'sending') return closing;
  await closeMessage(trx, closingId, { at, outcome: 'interrupted' });
  return apply(trx, closingId, interruptedMove(closing, at), at);
}

/** Claims the closing for the worker, whoever holds it. */
export async function claim(trx: Writing, closingId: string, worker: Worker, now: string): Promise<Closing> {
  const row = await trx
    .updateTable('closings')
    .set({ claimed_by: nameOf(worker), claim_until: expiry(now) })
    .where('id', '=', closingId)
    .returningAll()
    .executeTakeFirstOrThrow();
  return toClosing(row);
}
