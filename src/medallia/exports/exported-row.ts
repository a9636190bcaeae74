import type { MedalliaRow } from '../../domain/survey/medallia-row.ts';

/** An interaction from a file, with the fields that identify its closing. */
export interface ExportedRow extends MedalliaRow {
  /** Gladly's id, as the link or a property of the request names it. */
  conversationId: string | null;
  /** Gladly's id, as the link names it. */
  customerId: string | null;
  employeeName: string | null;
}

/** A row as the file has it. */
export type GivenRow = { line: number } & ({ value: unknown } | { unreadable: string });

/** A row that cannot be used; the message says why, in words that fit after the number of its line. */
export class UnreadableRow extends Error {}
