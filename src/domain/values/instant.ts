/** A moment as nanoseconds since the Unix epoch: the fractions in Gladly's times have 0 to 9 digits. */
export type Instant = bigint;

const pattern =
  /^(\d{4}-\d{2}-\d{2})[Tt ]((?:[01]\d|2[0-3]):\d{2})(?::(\d{2})(?:\.(\d{1,9})\d*)?)?([Zz]|[+-]\d{2}:?\d{2})$/;
const nanosecondsPerMillisecond = 1_000_000n;

/** No time of Gladly's lies outside of these years: it was founded in 2014, and programs write 9999 for "never". */
const writtenYear = /^\s*([+-]?\d{4,6})-\d{2}/;
const isPossibleYear = (year: number): boolean => year >= 2000 && year < 9999;

/**
 * Whether this is what programs write when they have no time: the first or the last moment of their calendar
 * (`0001-01-01T00:00:00Z`, 1601, 1753, 1899-12-30, 1900, 1970, 1980, 9999-12-31, in some zone), a number of seconds or
 * milliseconds that is zero or less, or a text of zeros and separators.
 */
export function isZeroTime(value: unknown): boolean {
  if (typeof value === 'number') return value <= 0;
  if (typeof value !== 'string') return false;
  const year = writtenYear.exec(value)?.[1];
  if (year !== undefined) return !isPossibleYear(Number(year));
  const text = value.trim();
  return /^-\d+$/.test(text) || /^[0:./T+Z\s-]+$/i.test(text);
}

/** Reads an RFC 3339 time. Null for anything else: without an offset, a time is not a moment. */
export function parseInstant(value: unknown): Instant | null {
  if (typeof value !== 'string') return null;
  const match = pattern.exec(value.trim());
  if (match === null) return null;
  const [, date = '', minutes = '', seconds = '00', fraction = '', offset = ''] = match;
  // A leap second is read as the nanosecond before it, which keeps it between its neighbors.
  const leap = seconds === '60';
  const zone = offset.toUpperCase() === 'Z' ? 'Z' : `${offset.slice(0, 3)}:${offset.slice(-2)}`;
  const whole = Date.parse(`${date}T${minutes}:${leap ? '59' : seconds}${zone}`);
  if (Number.isNaN(whole) || !isCalendarDate(date)) return null;
  const nanoseconds = leap ? 999_999_999n : BigInt(fraction.padEnd(9, '0'));
  return BigInt(whole) * nanosecondsPerMillisecond + nanoseconds;
}

/** Date.parse reads 2026-02-30 as a day in March. */
function isCalendarDate(date: string): boolean {
  const read = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(date);
}

/** Milliseconds since the epoch, rounded down. */
export function toMilliseconds(instant: Instant): number {
  const milliseconds = instant / nanosecondsPerMillisecond;
  const roundsUp = instant < 0n && instant % nanosecondsPerMillisecond !== 0n;
  return Number(roundsUp ? milliseconds - 1n : milliseconds);
}

/** RFC 3339 in UTC with milliseconds, e.g. `2026-11-22T10:00:00.000Z`. */
export function formatInstant(instant: Instant): string {
  return timeAt(toMilliseconds(instant));
}

/** The same moment as we write it; null for text that is not an RFC 3339 time. */
export function normalizeTime(value: unknown): string | null {
  const instant = parseInstant(value);
  return instant === null ? null : formatInstant(instant);
}

const withoutOffset = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/;

/**
 * Reads a time that Gladly wrote. Gladly states RFC 3339 for its API and says nothing about the cells of reports, so a
 * time without an offset, with ` UTC` after it, or with a space before its offset is read, too. Without an offset, it
 * is UTC: the API sends nothing else, and we request reports in UTC. Null for a zero time (isZeroTime) and for anything
 * else.
 */
export function parseGladlyTime(value: unknown): Instant | null {
  if (typeof value !== 'string' || isZeroTime(value)) return null;
  const text = value.trim();
  return parseInstant(
    withoutOffset.test(text)
      ? `${text}Z`
      : text.replace(/ (?:UTC|GMT)$/, 'Z').replace(/ (?=(?:Z|[+-]\d{2}:?\d{2})$)/, ''),
  );
}

/** The current time in RFC 3339, in UTC with milliseconds, as the ledger and all documents write it. */
export function timeNow(clock: () => number): string {
  return timeAt(clock());
}

/** The same for a moment in milliseconds since the epoch. */
export function timeAt(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
