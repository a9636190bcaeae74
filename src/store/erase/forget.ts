import { traitsOf, type DeliveryName } from '../../domain/delivery.ts';
import { allows, type ClosingState } from '../../domain/closing/transitions.ts';
import { suppression } from '../../domain/closing/moves.ts';
import { cardPostLock } from '../answers/cards-due.ts';
import { apply } from '../closings/rows.ts';
import type { Ledger, Reading, Writing } from '../ledger/ledger.ts';
import { isSendClaimed, resolveInTransaction } from '../queue/claims.ts';
import { forgetReminderIn } from '../queue/reminder-acts.ts';
import { resolveReminderIn } from '../queue/reminder-rows.ts';
import { described, isLocked } from '../ledger/workers.ts';
import { eraseRows } from './rows.ts';
import { inParts, subjectIn, type Subject } from './subject.ts';
import { expectErasures } from './to-dos.ts';

/** What would be forgotten, or was. */
export interface Inventory {
  subject: Subject;
  /** How many surveys had not left and never will. */
  cancelled: number;
  messages: number;
  answers: number;
  /** Ids of the cards that may be in Gladly. */
  cards: string[];
  /** Surveys for which the outbox may have a file. */
  outbox: string[];
}

export type Forgetting =
  | { done: true; inventory: Inventory }
  /** A process is sending a message or posting a card right now; whatever had not left is already canceled. */
  | { done: false; heldBy: string };

type Who = Parameters<typeof subjectIn>[1];

export async function inventoryOf(ledger: Ledger, who: Who): Promise<Inventory> {
  return ledger.read(async (db) => inventoryIn(db, await subjectIn(db, who)));
}

/**
 * Forgets a customer in one transaction: cancels what has not left, erases every personal column, and records what must
 * be erased outside the ledger's rows until that is done.
 *
 * @param keepCards leaves the cards in Gladly
 */
export async function forget(
  ledger: Ledger,
  who: Who,
  { at, keepCards }: { at: string; keepCards: boolean },
): Promise<Forgetting> {
  return ledger.write('ledger', async (trx) => {
    const subject = await subjectIn(trx, who);
    const inventory = await inventoryIn(trx, subject);
    const heldBy = (await stopClosings(trx, subject.closings, at)) ?? (await cardsHeldBy(trx, subject, at));
    if (heldBy !== null) return { done: false, heldBy };
    if (isNothing(inventory)) return { done: true, inventory };
    await eraseRows(trx, subject, at);
    await expectErasures(trx, [
      { kind: 'remnants', name: '' },
      ...subject.recordings.map((name) => ({ kind: 'recording' as const, name })),
      ...inventory.outbox.map((name) => ({ kind: 'message' as const, name })),
      ...(keepCards ? [] : inventory.cards.map((name) => ({ kind: 'card' as const, name }))),
    ]);
    return { done: true, inventory };
  });
}

export function isNothing({ subject }: Inventory): boolean {
  const { closings, surveys, unsubscribed, recordings } = subject;
  return [closings, surveys, unsubscribed, recordings].every((found) => found.length === 0);
}

export async function inventoryIn(db: Reading, subject: Subject): Promise<Inventory> {
  const { closings, surveys } = subject;
  const states = await inParts(closings, (part) =>
    db.selectFrom('closings').select(['state', 'provider']).where('id', 'in', part).execute(),
  );
  const messages = await inParts(closings, (part) =>
    db.selectFrom('messages').select(['survey_id', 'provider']).where('closing_id', 'in', part).execute(),
  );
  const answers = await inParts(surveys, (part) =>
    db.selectFrom('answers').select('revision').where('survey_id', 'in', part).execute(),
  );
  const cards = await inParts(surveys, (part) =>
    db
      .selectFrom('cards')
      .select('item_id')
      .where('survey_id', 'in', part)
      .where('state', '<>', 'deleted')
      .execute(),
  );
  return {
    subject,
    cancelled: states.filter(({ state }) => allows('suppress', state)).length,
    messages: messages.length,
    answers: answers.length,
    cards: cards.map((row) => row.item_id),
    outbox: [...new Set(messages.filter(isOnDisk).map((row) => row.survey_id))],
  };
}

function isOnDisk({ provider }: { provider: DeliveryName }): boolean {
  return traitsOf(provider).carrier === 'disk';
}

/**
 * @returns the process whose message or reminder is leaving, which keeps its closing from being stopped; null: none is
 */
export async function stopClosings(trx: Writing, ids: readonly string[], at: string): Promise<string | null> {
  let heldBy: string | null = null;
  const rows = await inParts(ids, (part) =>
    trx
      .selectFrom('closings')
      .select(['id', 'state', 'claimed_by', 'claim_until', 'reminder'])
      .where('id', 'in', part)
      .execute(),
  );
  for (const { id, state, claimed_by: by, claim_until: until, reminder } of rows) {
    if (reminder !== null) {
      const isLeaving = reminder === 'leaving' && isSendClaimed(by, until, at);
      if (isLeaving) heldBy = described(by ?? '');
      else await stopReminder(trx, id, at);
    }
    if (allows('suppress', state)) await stop(trx, id, at);
    else if (state === 'sending' && isSendClaimed(by, until, at)) heldBy = described(by ?? '');
    else if (state === 'sending' && isStopped(await resolveInTransaction(trx, id, at)))
      await stop(trx, id, at);
  }
  return heldBy;
}

/** A message that does no harm when it is repeated would be sent again, so its closing must be stopped. */
function isStopped({ state }: { state: ClosingState }): boolean {
  return allows('suppress', state);
}

/** A reminder that may have left becomes uncertain, and stays so. */
async function stopReminder(trx: Writing, id: string, at: string): Promise<void> {
  await resolveReminderIn(trx, id, at);
  await forgetReminderIn(trx, id, at);
}

async function stop(trx: Writing, id: string, at: string): Promise<void> {
  const reason = { code: 'forgotten', detail: `forgotten at ${at}` } as const;
  await apply(trx, id, suppression([reason]), at);
}

/** A card on its way to Gladly would stay there. @returns the process that is posting one; null: none is */
async function cardsHeldBy(trx: Writing, { surveys }: Subject, now: string): Promise<string | null> {
  const locks = await inParts(surveys.map(cardPostLock), (part) =>
    trx.selectFrom('locks').selectAll().where('name', 'in', part).execute(),
  );
  const held = locks.find((lock) => isLocked(lock.claimed_by, lock.claim_until, now));
  return held === undefined ? null : described(held.claimed_by);
}
