import type { Bindable } from './engine.ts';

/**
 * SQLite's library for Node cuts text at a NUL when it reads, and PostgreSQL refuses it, but ids and customers' words may
 * be any string. So a NUL is stored as DLE 0, and a DLE as DLE 1.
 */
const dle = '\u0010';
const nul = '\u0000';

/** A value as SQLite can bind it. */
export function toStored(value: unknown): Bindable {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string') return value as Bindable;
  if (!value.includes(nul) && !value.includes(dle)) return value;
  return value.replaceAll(dle, `${dle}1`).replaceAll(nul, `${dle}0`);
}

/** A row as it was given to the ledger. */
export function fromStored(row: Record<string, unknown>): Record<string, unknown> {
  for (const [column, value] of Object.entries(row)) {
    if (typeof value === 'string' && value.includes(dle)) {
      row[column] = value.replaceAll(`${dle}0`, nul).replaceAll(`${dle}1`, dle);
    }
  }
  return row;
}
