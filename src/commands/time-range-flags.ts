import {
  checkTimeRange,
  isTimeZone,
  needsTimeZone,
  resolveTimeRange,
  TimeRangeError,
  type GivenRange,
  type TimeRange,
} from '../domain/values/time-range.ts';
import { Failure } from '../failure.ts';
import type { Output } from '../terminal/output.ts';
import type { Services } from '../workflow/context/services.ts';

/**
 * Reads `--since` and `--until`.
 *
 * @param timeZone IANA name of the zone of times without an offset
 * @throws Failure kind usage
 */
export function parseTimeRange(given: GivenRange, nowMs: number, timeZone: string): TimeRange {
  return asUsage(() => resolveTimeRange(given, { nowMs, timeZone }));
}

/**
 * Refuses what is wrong in every zone, or in the one that is given.
 *
 * @throws Failure kind usage
 */
export function refuseBadTimeRange(given: GivenRange, nowMs: number, timeZone: string | undefined): void {
  if (timeZone === undefined) asUsage(() => checkTimeRange(given, nowMs));
  else parseTimeRange(given, nowMs, timeZone);
}

/**
 * The organization's zone. UTC where Gladly tells none, or one whose clocks cannot be read here, with a warning if
 * the range depends on it.
 */
export async function timeZoneFor(
  given: GivenRange,
  services: Pick<Services, 'organization'>,
  output: Pick<Output, 'warn'>,
): Promise<string> {
  const { timezone } = await services.organization();
  if (timezone !== null && isTimeZone(timezone)) return timezone;
  if (needsTimeZone(given)) {
    const why =
      timezone === null
        ? 'Gladly tells no time zone of the organization'
        : `the organization's time zone '${timezone}' is unknown here`;
    output.warn(`${why}; times without an offset are read in UTC`);
  }
  return 'UTC';
}

function asUsage<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TimeRangeError)) throw error;
    throw new Failure('usage', 'bad_time_range', error.message, { hint: error.hint });
  }
}
