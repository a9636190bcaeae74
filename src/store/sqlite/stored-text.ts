import { fromStoredText, toStoredText } from '../../domain/values/stored-text.ts';
import type { Bindable } from './engine.ts';

/** A value as SQLite can bind it. */
export function toStored(value: unknown): Bindable {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'string' ? toStoredText(value) : (value as Bindable);
}

/** A row as it was given to the ledger. */
export function fromStored(row: Record<string, unknown>): Record<string, unknown> {
  for (const [column, value] of Object.entries(row)) {
    if (typeof value === 'string') row[column] = fromStoredText(value);
  }
  return row;
}
