import { timeAt } from '../../domain/values/instant.ts';
import type { ReportRange } from '../../documents/report.ts';

/** What a point of the trend stands for. */
export type TrendUnit = 'day' | 'week' | 'month';

const dayMs = 86_400_000;

/** As many points as a reader can distinguish: days for up to five weeks, weeks for up to a year, else months. */
export function trendUnitOf({ since, until }: Pick<ReportRange, 'since' | 'until'>): TrendUnit {
  const days = (Date.parse(until) - Date.parse(since)) / dayMs;
  if (days <= 36) return 'day';
  return days <= 372 ? 'week' : 'month';
}

/** `Nov 1 – 28, 2026`, with times of day if the range does not begin and end at midnight. */
export function rangeText({ since, until, timezone }: ReportRange): string {
  const isWhole = [since, until].every((time) => clockIn(time, timezone) === '00:00');
  const format = formatter(timezone, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    ...(isWhole ? {} : { hour: 'numeric', minute: '2-digit' }),
  });
  const from = Date.parse(since);
  // The end is the first moment after the range.
  const to = Math.max(from, Date.parse(until) - (isWhole ? 1 : 0));
  return plainSpaces(format.formatRange(from, to));
}

/** `Nov 29, 2026, 1:30 PM`. */
export function momentText(time: string, timezone: string): string {
  return plainSpaces(
    formatter(timezone, { dateStyle: 'medium', timeStyle: 'short' }).format(Date.parse(time)),
  );
}

/** `Nov 29, 2026`. */
export function dayText(time: string, timezone: string): string {
  return plainSpaces(formatter(timezone, { dateStyle: 'medium' }).format(Date.parse(time)));
}

/** The name of a day, a week by its Monday, or a month: `Nov 2`, `Nov 2026`. */
export function unitText(key: string, unit: TrendUnit, style: 'short' | 'long' = 'short'): string {
  const date = Date.parse(unit === 'month' ? `${key}-01` : key);
  const parts: Intl.DateTimeFormatOptions =
    unit === 'month'
      ? { year: 'numeric', month: 'short' }
      : style === 'short'
        ? { month: 'short', day: 'numeric' }
        : { weekday: 'short', year: 'numeric', month: 'short', day: 'numeric' };
  const text = formatter('UTC', parts).format(date);
  return unit === 'week' && style === 'long' ? `Week of ${text}` : text;
}

/** Every day, Monday or month of the range, including those without a closing. */
export function unitsOf(range: ReportRange, unit: TrendUnit): string[] {
  const last = dateIn(
    new Date(Math.max(Date.parse(range.since), Date.parse(range.until) - 1)),
    range.timezone,
  );
  const units: string[] = [];
  for (
    let at = startOf(dateIn(new Date(range.since), range.timezone), unit);
    at <= last;
    at = nextOf(at, unit)
  ) {
    units.push(unit === 'month' ? at.slice(0, 7) : at);
  }
  return units;
}

/** The date of a moment in a zone, as `2026-11-29`. */
function dateIn(time: Date, timezone: string): string {
  const parts = new Map(
    formatter(timezone, { year: 'numeric', month: '2-digit', day: '2-digit' })
      .formatToParts(time)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.get('year') ?? ''}-${parts.get('month') ?? ''}-${parts.get('day') ?? ''}`;
}

function startOf(date: string, unit: TrendUnit): string {
  if (unit === 'day') return date;
  if (unit === 'month') return `${date.slice(0, 7)}-01`;
  const sinceMonday = (new Date(date).getUTCDay() + 6) % 7;
  return shifted(date, -sinceMonday);
}

function nextOf(date: string, unit: TrendUnit): string {
  if (unit === 'month') return `${shifted(date, 31).slice(0, 7)}-01`;
  return shifted(date, unit === 'week' ? 7 : 1);
}

function shifted(date: string, days: number): string {
  return timeAt(Date.parse(date) + days * dayMs).slice(0, 10);
}

function clockIn(time: string, timezone: string): string {
  return formatter(timezone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    Date.parse(time),
  );
}

function formatter(timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', { ...options, timeZone });
}

/** Newer Unicode tables put thin and narrow spaces here, which differ between versions of Node. */
function plainSpaces(text: string): string {
  return text.replace(/[\u2009\u202f]/g, ' ');
}
