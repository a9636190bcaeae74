import {
  checkTimeRange,
  needsTimeZone,
  resolveEnd,
  resolveTimeRange,
  type GivenRange,
  type TimeRange,
} from '../../domain/values/time-range.ts';
import { TimeRangeError } from '../../domain/values/time-range-error.ts';
import { zoneProblem } from '../../domain/values/time-zone.ts';
import { Failure } from '../../failure.ts';
import type { Output } from '../../terminal/output.ts';
import { showTimesIn } from '../../terminal/readable-times.ts';
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

/** The end of a pause that lasts until the given time. @throws Failure kind usage */
export function parsePauseEnd(text: string, nowMs: number, timeZone: string): string {
  return asUsage(() => resolveEnd(text, { nowMs, timeZone }));
}

/** Refuses a range that is wrong in every zone, or in the given one. @throws Failure kind usage */
export function refuseBadTimeRange(given: GivenRange, nowMs: number, timeZone: string | undefined): void {
  if (timeZone === undefined) asUsage(() => checkTimeRange(given, nowMs));
  else parseTimeRange(given, nowMs, timeZone);
}

/**
 * The zone of a run's times: the named one, else the organization's. If Gladly reports no zone, or one that is
 * unknown here, UTC is used, with a warning if something depends on it. From now on, sentences show times in this
 * zone.
 *
 * @param given null: no range was given, and the times of the range that was found are shown
 * @param named IANA name; quiet hours use the organization's zone all the same
 */
export async function timeZoneFor(
  given: GivenRange | null,
  services: Pick<Services, 'organization' | 'settings'>,
  output: Pick<Output, 'warn'>,
  named?: string,
): Promise<string> {
  const { quietHours } = services.settings.policy;
  const isAsked = named === undefined || quietHours !== null;
  const { timezone } = isAsked ? await services.organization() : { timezone: named };
  const problem = zoneProblem(timezone);
  const zone = named ?? (problem === null && timezone !== null ? timezone : 'UTC');
  showTimesIn(zone);
  if (problem === null) return zone;
  const inUtc = [
    ...(named === undefined && given !== null && needsTimeZone(given) ? ['times without an offset'] : []),
    ...(named === undefined && given === null ? ['times'] : []),
    ...(quietHours === null ? [] : ['quiet hours']),
  ];
  if (inUtc.length > 0) output.warn(`${problem}; ${inUtc.join(' and ')} are read as UTC`);
  return zone;
}

function asUsage<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TimeRangeError)) throw error;
    throw new Failure('usage', 'bad_time_range', error.message, { hint: error.hint });
  }
}
