import type { Closing } from '../../domain/closing/closing.ts';
import { isSameInteraction, type ImportedInteraction } from '../../domain/closing/imports.ts';
import { toClosing } from '../closings/rows.ts';
import type { Ledger, Writing } from '../ledger/ledger.ts';

/**
 * The closing that an interaction was imported for, found by its id or, if the export had none, by its conversation and
 * its times; null: it was not imported.
 *
 * @param conversationIds the conversations that the interaction may belong to
 */
export async function importedClosing(
  ledger: Ledger,
  {
    uuid,
    conversationIds,
    ...times
  }: { uuid: string; conversationIds: readonly string[]; requestedAt: string | null; sentAt: string | null },
): Promise<Closing | null> {
  return ledger.read(async (db) => {
    const known = await db.selectFrom('closings').selectAll().where('imported', '=', uuid).executeTakeFirst();
    if (known !== undefined || conversationIds.length === 0)
      return known === undefined ? null : toClosing(known);
    const rows = await db
      .selectFrom('closings')
      .selectAll()
      .where('conversation_id', 'in', conversationIds)
      .where('lane', '=', 'live')
      .where('imported', 'is not', null)
      .orderBy('closed_at', 'desc')
      .execute();
    const found = rows.find((row) =>
      isSameInteraction(times, { requestedAt: row.closed_at, sentAt: row.sent_at }),
    );
    return found === undefined ? null : toClosing(found);
  });
}

/** Links rows of Agent Connect that were read earlier to the closing of an interaction that is imported now. */
export async function claimReadRows(
  trx: Writing,
  { id, interactionId, closedAt, sentAt }: ImportedInteraction,
  closingId: string,
): Promise<void> {
  const unmatched = trx.selectFrom('medallia_rows').select(['uuid', 'requested_at', 'sent_at']);
  const ofId = await unmatched.where('uuid', '=', id).where('closing_id', 'is', null).execute();
  const named =
    interactionId === null
      ? []
      : await unmatched.where('interaction_id', '=', interactionId).where('closing_id', 'is', null).execute();
  const times = { requestedAt: closedAt, sentAt };
  const near = named.filter((row) =>
    isSameInteraction({ requestedAt: row.requested_at, sentAt: row.sent_at }, times),
  );
  for (const { uuid } of [...ofId, ...near]) {
    await trx.updateTable('medallia_rows').set({ closing_id: closingId }).where('uuid', '=', uuid).execute();
  }
}
