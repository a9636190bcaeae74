import { offsetsOf, type OffsetAt } from '../domain/values/time-zone.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** "RFC3339 with millis" of the contract: always three digits. */
export function withMillis(at: number): string {
  return new Date(at).toISOString();
}

/** "RFC3339" of the contract: only as many digits after the second as are needed, or none. */
export function withoutZeros(at: number): string {
  return withMillis(at).replace(/\.?0+Z$/, 'Z');
}

/**
 * Epoch milliseconds of an ISO 8601 time with a zone, to the minute or finer; undefined for anything else. An unescaped
 * plus sign in a query arrives as a space, and the text is then not a time.
 */
export function readTime(text: string): number | undefined {
  const pattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;
  if (!pattern.test(text)) return undefined;
  const at = Date.parse(text.replace(',', '.').replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(at) ? undefined : at;
}

/** Kept because making a formatter costs a hundred times as much as using it, and a report has a time in every row. */
const offsets = new Map<string, OffsetAt>();

/** How many milliseconds the zone is ahead of UTC at that moment. */
function offsetAt(at: number, timezone: string): number {
  if (timezone === 'UTC') return 0;
  const known = offsets.get(timezone) ?? offsetsOf(timezone);
  offsets.set(timezone, known);
  return known(at);
}

/** Midnight in the zone at the start of the day that is `days` after a YYYY-mm-dd date. */
export function startOfDate(date: string, timezone: string, days: number): number {
  const local = Date.parse(`${date}T00:00:00.000Z`) + days * day;
  const near = local - offsetAt(local, timezone);
  return local - offsetAt(near, timezone);
}

/** The time as the zone's clocks show it, with the zone's offset. */
export function inZone(at: number, timezone: string): string {
  const offset = offsetAt(at, timezone);
  if (offset === 0) return withMillis(at);
  const total = Math.abs(offset) / minute;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${withMillis(at + offset).slice(0, -1)}${offset < 0 ? '-' : '+'}${two(total / 60)}:${two(total % 60)}`;
}
