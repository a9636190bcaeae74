/**
 * SQLite's library for Node cuts text at a NUL when it reads, and PostgreSQL refuses to store one, but ids and
 * customers' words may be any string. So a NUL is stored as DLE 0, and a DLE as DLE 1.
 */
const dle = '\u0010';
const nul = '\u0000';

export function toStoredText(text: string): string {
  if (!text.includes(nul) && !text.includes(dle)) return text;
  return text.replaceAll(dle, `${dle}1`).replaceAll(nul, `${dle}0`);
}

export function fromStoredText(text: string): string {
  return text.includes(dle) ? text.replaceAll(`${dle}0`, nul).replaceAll(`${dle}1`, dle) : text;
}

/** A value as both stores can bind it: SQLite has no booleans. */
export function toStoredValue(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'string' ? toStoredText(value) : value;
}

/** A row as it was given to the ledger. Every read passes here, so a row without such text costs no copy. */
export function fromStoredRow(row: Record<string, unknown>): Record<string, unknown> {
  for (const column of Object.keys(row)) {
    const value = row[column];
    if (typeof value === 'string' && value.includes(dle)) row[column] = fromStoredText(value);
  }
  return row;
}
