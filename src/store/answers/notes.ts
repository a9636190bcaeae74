import type { Note } from '../../domain/survey/records.ts';
import { closingForgotten } from '../closings/closing-failures.ts';
import { closingIn, nextAfter } from '../closings/rows.ts';
import type { Ledger, Reading } from '../ledger/ledger.ts';

/** The notes of each closing that has any, oldest first. */
export async function notesIn(db: Reading, closingIds: readonly string[]): Promise<Map<string, Note[]>> {
  const found = new Map<string, Note[]>();
  if (closingIds.length === 0) return found;
  const rows = await db
    .selectFrom('notes')
    .selectAll()
    .where('closing_id', 'in', closingIds)
    .orderBy('closing_id')
    .orderBy('sequence')
    .execute();
  for (const { closing_id: id, at, text, done } of rows) {
    const notes = found.get(id) ?? [];
    notes.push({ at, text, done: done === 1 });
    found.set(id, notes);
  }
  return found;
}

/**
 * @throws Failure closing_not_found, closing_forgotten: the note would keep something about a customer who was erased
 */
export async function addNote(ledger: Ledger, closingId: string, note: Note): Promise<void> {
  await ledger.write({ closings: [closingId] }, async (trx) => {
    const closing = await closingIn(trx, closingId);
    if (closing.forgottenAt !== null) throw closingForgotten(closing);
    const last = await trx
      .selectFrom('notes')
      .select(({ fn }) => fn.max('sequence').as('sequence'))
      .where('closing_id', '=', closingId)
      .executeTakeFirst();
    const { at, text, done } = note;
    await trx
      .insertInto('notes')
      .values({ closing_id: closingId, sequence: nextAfter(last?.sequence), at, text, done: Number(done) })
      .execute();
  });
}
