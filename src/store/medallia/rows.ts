import { sql } from 'kysely';
import type { MedalliaRow } from '../../domain/survey/medallia-row.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { MedalliaRowsTable } from '../ledger/medallia-tables.ts';

/** A row as it was read, and the closing that it belongs to. */
export interface KeptRow extends Omit<MedalliaRow, 'isRecovery' | 'customer'> {
  /** Null: it belongs to no closing that the ledger knows. */
  closingId: string | null;
}

/** How far the list of one host has been read; 0: not at all. */
export async function medalliaCursor(ledger: Ledger, origin: string): Promise<number> {
  const row = await ledger.read((db) =>
    db.selectFrom('medallia_cursors').select('sequence').where('origin', '=', origin).executeTakeFirst(),
  );
  return row?.sequence ?? 0;
}

/** The most rows in one statement, because databases limit the number of values. */
const rowsAtOnce = 50;

/**
 * Keeps the newest change of each row by its uuid, and moves the cursor past the rows in the same transaction: never
 * before they are on disk, and never back. The customer does not go to disk: the closing knows who it is.
 */
export async function keepMedalliaRows(
  ledger: Ledger,
  origin: string,
  rows: readonly MedalliaRow[],
  at: string,
): Promise<void> {
  const sequence = rows.reduce((highest, row) => Math.max(highest, row.sequence), 0);
  const newest = new Map(rows.map((row) => [row.uuid, row]));
  for (const row of rows) {
    if (row.sequence > (newest.get(row.uuid)?.sequence ?? 0)) newest.set(row.uuid, row);
  }
  const values = [...newest.values()].map((row) => columnsOf(row, at));
  await ledger.write({ names: [`medallia ${origin}`] }, async (trx) => {
    for (let from = 0; from < values.length; from += rowsAtOnce) {
      await trx
        .insertInto('medallia_rows')
        .values(values.slice(from, from + rowsAtOnce))
        .onConflict((conflict) =>
          conflict
            .column('uuid')
            .doUpdateSet((eb) => ({
              sequence: eb.ref('excluded.sequence'),
              interaction_id: eb.ref('excluded.interaction_id'),
              interaction_url: eb.ref('excluded.interaction_url'),
              channel: eb.ref('excluded.channel'),
              requested_at: eb.ref('excluded.requested_at'),
              sent_at: eb.ref('excluded.sent_at'),
              delivered_at: eb.ref('excluded.delivered_at'),
              delivery_status: eb.ref('excluded.delivery_status'),
              answered_at: eb.ref('excluded.answered_at'),
              rating: eb.ref('excluded.rating'),
              resolved: eb.ref('excluded.resolved'),
              comment: eb.ref('excluded.comment'),
              only_counted: eb.ref('excluded.only_counted'),
              employee_email: eb.ref('excluded.employee_email'),
              employee_id: eb.ref('excluded.employee_id'),
              due: eb.ref('excluded.due'),
              read_at: eb.ref('excluded.read_at'),
            }))
            .whereRef('medallia_rows.sequence', '<', 'excluded.sequence'),
        )
        .execute();
    }
    await trx
      .insertInto('medallia_cursors')
      .values({ origin, sequence, at })
      .onConflict((conflict) =>
        conflict
          .column('origin')
          .doUpdateSet({ sequence, at })
          .where('medallia_cursors.sequence', '<', sequence),
      )
      .execute();
  });
}

/** Rows after a sequence id that changed and have not been worked on since, oldest change first. */
export async function medalliaRowsDue(ledger: Ledger, after: number, limit: number): Promise<KeptRow[]> {
  const rows = await ledger.read((db) =>
    db
      .selectFrom('medallia_rows')
      .selectAll()
      // A literal: SQLite uses the partial index only if it can see the value.
      .where('due', '=', sql.lit(1))
      .where('sequence', '>', after)
      .orderBy('sequence')
      .limit(limit)
      .execute(),
  );
  return rows.map(toKept);
}

/** Marks a row as worked on, unless it changed meanwhile. The customer's comment stays with the answer, or nowhere. */
export async function finishMedalliaRow(
  ledger: Ledger,
  { uuid, sequence }: Pick<KeptRow, 'uuid' | 'sequence'>,
  closingId: string | null,
): Promise<void> {
  await ledger.write({ names: [`medallia row ${uuid}`] }, (trx) =>
    trx
      .updateTable('medallia_rows')
      .set({ due: 0, comment: null, closing_id: closingId })
      .where('uuid', '=', uuid)
      .where('sequence', '=', sequence)
      .execute(),
  );
}

/**
 * Deletes a row, unless it changed meanwhile: the customer of its closing was forgotten, and its link names the
 * customer.
 */
export async function dropMedalliaRow(
  ledger: Ledger,
  { uuid, sequence }: Pick<KeptRow, 'uuid' | 'sequence'>,
): Promise<void> {
  await ledger.write({ names: [`medallia row ${uuid}`] }, (trx) =>
    trx.deleteFrom('medallia_rows').where('uuid', '=', uuid).where('sequence', '=', sequence).execute(),
  );
}

/** Rows that belong to no closing that the ledger knows, newest change first. */
export async function unmatchedMedalliaRows(ledger: Ledger, limit: number): Promise<KeptRow[]> {
  const rows = await ledger.read((db) =>
    db
      .selectFrom('medallia_rows')
      .selectAll()
      .where('closing_id', 'is', null)
      .where('due', '=', sql.lit(0))
      .where('sequence', '>=', 0)
      .orderBy('sequence', 'desc')
      .limit(limit)
      .execute(),
  );
  return rows.map(toKept);
}

function columnsOf(row: MedalliaRow, at: string): MedalliaRowsTable {
  return {
    uuid: row.uuid,
    sequence: row.sequence,
    interaction_id: row.interactionId,
    interaction_url: row.interactionUrl,
    channel: row.channel,
    requested_at: row.requestedAt,
    sent_at: row.sentAt,
    delivered_at: row.deliveredAt,
    delivery_status: row.deliveryStatus,
    only_counted: Number(row.isOnlyCounted),
    // A second survey, after a follow-up, is not an answer to the first.
    answered_at: row.isRecovery ? null : row.answeredAt,
    rating: row.isRecovery ? null : row.rating,
    resolved: row.resolved === null ? null : Number(row.resolved),
    comment: row.isRecovery ? null : row.comment,
    employee_email: row.employee.email,
    employee_id: row.employee.customId,
    closing_id: null,
    due: 1,
    read_at: at,
  };
}

function toKept(row: MedalliaRowsTable): KeptRow {
  return {
    uuid: row.uuid,
    sequence: row.sequence,
    interactionId: row.interaction_id,
    interactionUrl: row.interaction_url,
    channel: row.channel,
    requestedAt: row.requested_at,
    sentAt: row.sent_at,
    deliveredAt: row.delivered_at,
    deliveryStatus: row.delivery_status,
    answeredAt: row.answered_at,
    rating: row.rating,
    resolved: row.resolved === null ? null : row.resolved === 1,
    comment: row.comment,
    isOnlyCounted: row.only_counted === 1,
    employee: { email: row.employee_email, customId: row.employee_id },
    closingId: row.closing_id,
  };
}
