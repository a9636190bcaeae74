import { describe, expect, test } from 'vitest';
import {
  dayText,
  momentText,
  rangeText,
  trendUnitOf,
  unitText,
  unitsOf,
} from '../../../src/html/report/dates.ts';

const timezone = 'America/Los_Angeles';
/** Daylight saving time ends on November 1. */
const november = { since: '2026-11-01T07:00:00.000Z', until: '2026-11-29T08:00:00.000Z', timezone };

describe('a range', () => {
  test('of whole days names the days, the last one included', () => {
    expect(rangeText(november)).toBe('Nov 1 – 28, 2026');
    expect(rangeText({ ...november, until: '2026-11-02T08:00:00.000Z' })).toBe('Nov 1, 2026');
    expect(rangeText({ ...november, since: '2025-12-31T08:00:00.000Z' })).toBe('Dec 31, 2025 – Nov 28, 2026');
  });

  test('that begins or ends within a day says when', () => {
    expect(rangeText({ ...november, until: '2026-11-29T21:30:00.000Z' })).toBe(
      'Nov 1, 2026, 12:00 AM – Nov 29, 2026, 1:30 PM',
    );
    expect(rangeText({ since: '2026-11-29T01:00:00Z', until: '2026-11-29T01:00:00Z', timezone: 'UTC' })).toBe(
      'Nov 29, 2026, 1:00 AM',
    );
  });

  test('is drawn by day, week or month', () => {
    const units = ['2026-12-06', '2026-12-08', '2027-11-07', '2027-11-09'].map((day) =>
      trendUnitOf({ since: november.since, until: `${day}T08:00:00.000Z` }),
    );
    expect(units).toEqual(['day', 'week', 'week', 'month']);
  });
});

test('times are the organization’s', () => {
  expect(momentText('2026-11-29T07:59:00.000Z', timezone)).toBe('Nov 28, 2026, 11:59 PM');
  expect(dayText('2026-11-29T07:59:00.000Z', timezone)).toBe('Nov 28, 2026');
});

test('no day, week or month of the range is left out', () => {
  const days = unitsOf(november, 'day');
  expect([days.length, days[0], days.at(-1)]).toEqual([28, '2026-11-01', '2026-11-28']);
  expect(unitsOf(november, 'week')).toEqual([
    ...['2026-10-26', '2026-11-02', '2026-11-09', '2026-11-16', '2026-11-23'],
  ]);
  expect(unitsOf({ ...november, since: '2025-12-31T08:00:00.000Z' }, 'month')).toHaveLength(12);
  expect(unitsOf({ ...november, until: november.since }, 'day')).toEqual(['2026-11-01']);
});

test('units have short names for an axis and long ones for a table', () => {
  expect([unitText('2026-11-02', 'day'), unitText('2026-11-02', 'day', 'long')]).toEqual([
    ...['Nov 2', 'Mon, Nov 2, 2026'],
  ]);
  expect(unitText('2026-11-02', 'week', 'long')).toBe('Week of Mon, Nov 2, 2026');
  expect(unitText('2026-11', 'month')).toBe('Nov 2026');
});
