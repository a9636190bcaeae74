import { TimeRangeError } from './time-range-error.ts';

const day = 86_400_000;

/** Whether this machine knows the zone. */
export function isTimeZone(name: string): boolean {
  try {
    formatFor(name);
    return true;
  } catch {
    return false;
  }
}

/** Why times cannot be in the organization's zone; null when they can. */
export function zoneProblem(timeZone: string | null): string | null {
  if (timeZone === null) return 'Gladly reports no time zone for the organization';
  return isTimeZone(timeZone) ? null : `the organization's time zone '${timeZone}' is unknown here`;
}

/** The days of a zone. A day is given as the midnight of its date in UTC, in epoch milliseconds. */
export interface ZoneDays {
  /** The day that a moment belongs to. */
  readonly dayAt: (moment: number) => number;
  /** The first moment of a day, even if its midnight is skipped or comes twice. */
  readonly beginningOf: (day: number) => number;
}

/** @throws TimeRangeError for a zone that this machine does not know */
export function daysOf(timeZone: string): ZoneDays {
  const offsetAt = offsetsOf(timeZone);
  return {
    dayAt: (moment) => Math.floor((moment + offsetAt(moment)) / day) * day,
    beginningOf: (whole) => inZone(whole, offsetAt),
  };
}

/** By how many milliseconds the clocks of a zone are ahead of UTC at a moment. */
export type OffsetAt = (at: number) => number;

/**
 * The moment of a local time, which is given as if it were in UTC. No zone is a day away from UTC, so the moment lies
 * within a day of it.
 */
export function inZone(local: number, offsetAt: OffsetAt): number {
  const before = offsetAt(local - day);
  const after = offsetAt(local + day);
  const moments = [local - before, local - after].filter((at) => at + offsetAt(at) === local);
  return moments.length === 0 ? local - before : Math.min(...moments);
}

/** @throws TimeRangeError for a zone that this machine does not know */
export function offsetsOf(timeZone: string): OffsetAt {
  const format = formatFor(timeZone);
  // Date.UTC reads the years 0 to 99 as 1900 to 1999. Times before 1970 are out of reach either way.
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const [year = 0, month = 1, date, hour, minute, second] = clockParts.map((name) => parts.get(name));
    return Date.UTC(year, month - 1, date, hour, minute, second) - Math.floor(at / 1000) * 1000;
  };
}

const clockParts = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

function formatFor(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    const hint = 'Give an IANA name such as America/Chicago or UTC.';
    throw new TimeRangeError(`the time zone '${timeZone}' is unknown`, hint);
  }
}
