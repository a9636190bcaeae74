export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object to look fields up in; an empty one for anything else. */
export function objectOf(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

/** A text, or a number as text, because some JSON writers send ids as numbers. Null for anything else. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' ? value : null;
}

/** An id or another name, unchanged. Null for anything else, and for blank text, which names nothing. */
export function idOf(value: unknown): string | null {
  const text = textOf(value);
  return text === null || text.trim() === '' ? null : text;
}

/** A word of a fixed set, such as a type: in upper case, without blanks around it. Null as for an id. */
export function wordOf(value: unknown): string | null {
  return idOf(value)?.trim().toUpperCase() ?? null;
}

/** A number, or decimal digits as text; null for anything else, and for numbers below zero. */
export function numberOf(value: unknown): number | null {
  const text = textOf(value)?.trim() ?? '';
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}

/**
 * An id that can be stored and requested: Gladly cannot have given a very long one, or one with NUL or half a
 * character.
 */
export function storableId(value: unknown): string | null {
  const id = idOf(value);
  return id === null || id.length > longestId || id.includes('\0') || !id.isWellFormed() ? null : id;
}

/** Any text may be an id, but a longer one would only fill the ledger. */
const longestId = 4096;
