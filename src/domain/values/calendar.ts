import { timeAt } from './instant.ts';
import { type TimeRange } from './time-range.ts';
import { daysOf } from './time-zone.ts';

export const calendarFields = ['day', 'week', 'month'] as const;

export type CalendarField = (typeof calendarFields)[number];

/** The part of a day, a week, or a month that lies within a range. */
export interface Period extends TimeRange {
  /** `2026-11-22`; a week has the date of its Monday, a month is `2026-11`. */
  key: string;
}

const day = 86_400_000;

/** The periods of a zone that a range touches, in order. Together they make up the range. */
export function periodsOf({ since, until }: TimeRange, field: CalendarField, timeZone: string): Period[] {
  const { dayAt, beginningOf } = daysOf(timeZone);
  const [from, to] = [Date.parse(since), Date.parse(until)];
  const periods: Period[] = [];
  let first = firstDay(dayAt(from), field);
  for (let begins = from; begins < to;) {
    const next = dayAfter(first, field);
    const ends = Math.min(to, beginningOf(next));
    // A zone may have skipped a whole day.
    if (begins < ends) periods.push({ key: keyOf(first, field), since: timeAt(begins), until: timeAt(ends) });
    begins = Math.max(begins, ends);
    first = next;
  }
  return periods;
}

/** The key of the period that a day such as `2026-11-22` belongs to. */
export function periodKey(date: string, field: CalendarField): string {
  return keyOf(firstDay(Date.parse(`${date}T00:00:00Z`), field), field);
}

function keyOf(first: number, field: CalendarField): string {
  return timeAt(first).slice(0, field === 'month' ? 7 : 10);
}

/** Weeks begin on Monday. */
function firstDay(whole: number, field: CalendarField): number {
  const date = new Date(whole);
  if (field === 'week') return whole - ((date.getUTCDay() + 6) % 7) * day;
  return field === 'month' ? whole - (date.getUTCDate() - 1) * day : whole;
}

function dayAfter(first: number, field: CalendarField): number {
  if (field !== 'month') return first + (field === 'week' ? 7 : 1) * day;
  const date = new Date(first);
  return date.setUTCMonth(date.getUTCMonth() + 1);
}
