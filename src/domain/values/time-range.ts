import { usualDuration } from './usual-duration.ts';
import { TimeRangeError } from './time-range-error.ts';
import { inZone, offsetsOf, type OffsetAt } from './time-zone.ts';
import { parseInstant, timeAt, toMilliseconds } from './instant.ts';

/** ISO-8601 times in UTC with milliseconds; `since` is inclusive, `until` exclusive. */
export interface TimeRange {
  since: string;
  until: string;
}

/** A range as a person types it. */
export interface GivenRange {
  since: string;
  until?: string | undefined;
}

type Edge = 'since' | 'until';

/** What the texts of a range are relative to. */
interface Context {
  nowMs: number;
  /** IANA name: the zone of texts without an offset. */
  timeZone: string;
}

const day = 86_400_000;
/** No zone is further from UTC than this. */
const zoneSlack = day;
const units: Readonly<Record<string, number>> = { d: day, h: 3_600_000, m: 60_000 };
/** The first moment whose year has more than four digits. */
const endOfTime = Date.UTC(10_000, 0, 1);
const forms =
  'a date (2026-11-01), a time (2026-11-01T09:30, 2026-11-01T09:30:00-06:00), a while ago (7d, 36h, 90m), yesterday, today or now.';

/**
 * The range that two texts name: `2026-11-01`, `2026-11-01T09:30`, RFC 3339, `7d`, `36h`, `90m` (that many times 24
 * hours, hours, or minutes before now), `yesterday`, `today`, `now`. A text without an offset is a local time of the
 * zone. A time that the zone's clocks skip moves forward by the skipped time; a time that they show twice means the
 * earlier one. A day as `until` means its end. Without `until` the range ends now; an `until` in the future stays, and
 * the sources clamp it.
 *
 * @throws TimeRangeError
 */
export function resolveTimeRange(given: GivenRange, context: Context): TimeRange {
  const offsetAt = offsetsOf(context.timeZone);
  const since = momentOf(given.since, 'since', context, offsetAt);
  const until = given.until === undefined ? context.nowMs : momentOf(given.until, 'until', context, offsetAt);
  for (const [edge, moment] of [
    ['since', since],
    ['until', until],
  ] as const) {
    if (moment < 0 || moment >= endOfTime) throw outOfReach(edge, given);
  }
  const range = { since: timeAt(since), until: timeAt(until) };
  if (since > context.nowMs) throw inTheFuture(range.since);
  if (until <= since) throw given.until === undefined ? notBefore(range) : notAfter(range.until, range.since);
  return range;
}

/**
 * Refuses a range that is wrong in every zone, before the zone is known.
 *
 * @throws TimeRangeError which quotes the texts as they were given if they depend on the zone
 */
export function checkTimeRange(given: GivenRange, nowMs: number): void {
  const context = { nowMs, timeZone: 'UTC' };
  if (!needsTimeZone(given)) {
    resolveTimeRange(given, context);
    return;
  }
  const moment = (text: string, edge: Edge): number => {
    const at = momentOf(text, edge, context, () => 0);
    if (at < -zoneSlack || at >= endOfTime + zoneSlack) throw outOfReach(edge, given);
    return at;
  };
  const since = moment(given.since, 'since');
  const until = given.until === undefined ? nowMs : moment(given.until, 'until');
  if (since - zoneSlack > nowMs) throw inTheFuture(given.since);
  if (until + 2 * zoneSlack <= since) throw notAfter(given.until ?? timeAt(nowMs), given.since);
}

/** Whether a text depends on the zone: a date or a time without an offset, yesterday, today. */
export function needsTimeZone({ since, until }: GivenRange): boolean {
  return [since, until ?? 'now'].some((text) => !isZoned(text));
}

/** Whether a text means the same moment in every zone. */
export function isZoned(text: string): boolean {
  const plain = text.trim().toLowerCase();
  return agoOf(plain, 0) !== null || absoluteOf(plain) !== null;
}

/**
 * A moment in the future at which something ends: a time, a day (its end), or a while from now (`2h`).
 *
 * @throws TimeRangeError
 */
export function resolveEnd(text: string, context: Context): string {
  const plain = text.trim().toLowerCase();
  const ago = plain === 'now' ? null : agoOf(plain, 0);
  const moment =
    ago === null ? momentOf(text, 'until', context, offsetsOf(context.timeZone)) : context.nowMs - ago;
  if (moment >= endOfTime) throw outOfReach('until', { since: '', until: text });
  if (moment <= context.nowMs) {
    throw new TimeRangeError(
      `until (${timeAt(moment)}) has passed`,
      'Give a time in the future, e.g. 2h or 2026-11-01T09:30.',
    );
  }
  return timeAt(moment);
}

function outOfReach(edge: Edge, given: GivenRange): TimeRangeError {
  const message = `${edge} '${given[edge] ?? ''}' is out of range`;
  return new TimeRangeError(message, 'Give a time between the years 1970 and 9999.');
}

function inTheFuture(since: string): TimeRangeError {
  return new TimeRangeError(`since is in the future: ${since}`, 'Begin the range in the past.');
}

/** No until was given, so it is now. */
function notBefore({ since, until }: TimeRange): TimeRangeError {
  const message = `since (${since}) is not before now (${until})`;
  return new TimeRangeError(message, 'Begin the range in the past.');
}

function notAfter(until: string, since: string): TimeRangeError {
  const hint = 'End the range after it begins; until is exclusive.';
  return new TimeRangeError(`until (${until}) is not after since (${since})`, hint);
}

/** Every day in UTC, YYYY-MM-DD, that the range touches, ascending. An empty range has none. */
export function utcDays({ since, until }: TimeRange): string[] {
  const [start, end] = [Date.parse(since), Date.parse(until)];
  const days: string[] = [];
  for (let at = Math.floor(start / day) * day; at < end && start < end; at += day) {
    days.push(timeAt(at).slice(0, 10));
  }
  return days;
}

/** The epoch milliseconds of one text. */
function momentOf(given: string, edge: Edge, context: Context, offsetAt: OffsetAt): number {
  const text = given.trim().toLowerCase();
  const moment = agoOf(text, context.nowMs) ?? absoluteOf(text) ?? localOf(text, edge, context, offsetAt);
  if (moment !== null) return moment;
  const usual = usualDuration(text);
  const hint = usual === null || usual.endsWith('s') ? `Give ${forms}` : `Write ${usual}, or give ${forms}`;
  throw new TimeRangeError(`${edge} '${given}' is not a time`, hint);
}

function agoOf(text: string, nowMs: number): number | null {
  if (text === 'now') return nowMs;
  const [, count, unit = ''] = /^(\d+)([dhm])$/.exec(text) ?? [];
  const length = units[unit];
  return count === undefined || length === undefined ? null : nowMs - Number(count) * length;
}

function absoluteOf(text: string): number | null {
  const instant = parseInstant(text);
  return instant === null ? null : toMilliseconds(instant);
}

function localOf(text: string, edge: Edge, { nowMs }: Context, offsetAt: OffsetAt): number | null {
  const whole = dayOf(text, nowMs, offsetAt);
  // Read as UTC, then moved to the zone.
  const local = whole === null ? absoluteOf(`${text}z`) : whole + (edge === 'until' ? day : 0);
  return local === null ? null : inZone(local, offsetAt);
}

/** The midnight of the day that the text names. */
function dayOf(text: string, nowMs: number, offsetAt: OffsetAt): number | null {
  const today = (): number => Math.floor((nowMs + offsetAt(nowMs)) / day) * day;
  if (text === 'today') return today();
  if (text === 'yesterday') return today() - day;
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? absoluteOf(`${text}t00:00z`) : null;
}
