import { resolveTimeRange, TimeRangeError, type TimeRange } from '../domain/time-range.ts';
import { Failure } from '../failure.ts';

/** The slack covers every zone, in which it may be tomorrow already. */
const day = 86_400_000;

/**
 * Reads `--since` and `--until`.
 *
 * @param timeZone IANA name of the zone of times without an offset; null while it is not known: then only what is
 *   wrong in every zone is refused.
 * @throws Failure kind usage
 */
export function parseTimeRange(
  given: { since: string; until?: string | undefined },
  nowMs: number,
  timeZone: string | null,
): TimeRange {
  const context = timeZone === null ? { nowMs: nowMs + day, timeZone: 'UTC' } : { nowMs, timeZone };
  try {
    return resolveTimeRange(given, context);
  } catch (error) {
    if (!(error instanceof TimeRangeError)) throw error;
    throw new Failure('usage', 'bad_time_range', error.message, { hint: error.hint });
  }
}
