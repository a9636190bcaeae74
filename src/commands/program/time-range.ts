import {
  checkTimeRange,
  needsTimeZone,
  resolveEnd,
  resolveTimeRange,
  TimeRangeError,
  zoneProblem,
  type GivenRange,
  type TimeRange,
} from '../../domain/values/time-range.ts';
import { Failure } from '../../failure.ts';
import type { Output } from '../../terminal/output.ts';
import type { Services } from '../../workflow/context/services.ts';

/**
 * Reads `--since` and `--until`.
 *
 * @param timeZone IANA name of the zone of times without an offset
 * @throws Failure kind usage
 */
export function parseTimeRange(given: GivenRange, nowMs: number, timeZone: string): TimeRange {
  return asUsage(() => resolveTimeRange(given, { nowMs, timeZone }));
}

/** When something ends that lasts until then. @throws Failure kind usage */
export function parsePauseEnd(text: string, nowMs: number, timeZone: string): string {
  return asUsage(() => resolveEnd(text, { nowMs, timeZone }));
}

/** Refuses a range that is wrong in every zone, or in the given one. @throws Failure kind usage */
export function refuseBadTimeRange(given: GivenRange, nowMs: number, timeZone: string | undefined): void {
  if (timeZone === undefined) asUsage(() => checkTimeRange(given, nowMs));
  else parseTimeRange(given, nowMs, timeZone);
}

/**
 * The organization's zone. If Gladly reports none, or one that is unknown here, it is UTC, with a warning when something
 * depends on it.
 *
 * @param given null: no range was given, and the times of the range that was found are shown
 */
export async function timeZoneFor(
  given: GivenRange | null,
  services: Pick<Services, 'organization' | 'settings'>,
  output: Pick<Output, 'warn'>,
): Promise<string> {
  const { timezone } = await services.organization();
  const problem = zoneProblem(timezone);
  if (problem === null) return timezone ?? 'UTC';
  const inUtc = [
    ...(given !== null && needsTimeZone(given) ? ['times without an offset'] : []),
    ...(given === null ? ['times'] : []),
    ...(services.settings.policy.quietHours === null ? [] : ['quiet hours']),
  ];
  if (inUtc.length > 0) output.warn(`${problem}; ${inUtc.join(' and ')} are read as UTC`);
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
