import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calendarFields, periodKey, periodsOf } from '../../../src/domain/values/calendar.ts';

const zones = [
  'UTC',
  'America/Chicago',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/Sao_Paulo',
  'America/Havana',
  'Pacific/Apia',
];

/** `YYYY-MM-DD` as a wall calendar in the zone shows it. */
function dateIn(timeZone: string, time: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone }).format(Date.parse(time));
}

describe('periods', () => {
  test('together are the range, and each holds the days of its name in its zone', () => {
    const moment = fc.integer({ min: Date.UTC(2005, 0, 1), max: Date.UTC(2030, 0, 1) });
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom(...calendarFields),
        moment,
        fc.integer({ min: 1, max: 50 * 86_400_000 }),
        (timeZone, field, since, length) => {
          const range = {
            since: new Date(since).toISOString(),
            until: new Date(since + length).toISOString(),
          };
          const periods = periodsOf(range, field, timeZone);
          expect(periods[0]?.since).toBe(range.since);
          expect(periods.at(-1)?.until).toBe(range.until);
          for (const [index, period] of periods.entries()) {
            if (index > 0) expect(period.since).toBe(periods[index - 1]?.until);
            const last = new Date(Date.parse(period.until) - 1).toISOString();
            for (const time of [period.since, last]) {
              expect(periodKey(dateIn(timeZone, time), field)).toBe(period.key);
            }
          }
          expect(new Set(periods.map(({ key }) => key)).size).toBe(periods.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a day is as long as the clocks make it', () => {
    const hours = (timeZone: string, since: string, until: string): number[] =>
      periodsOf({ since, until }, 'day', timeZone).map(
        (day) => (Date.parse(day.until) - Date.parse(day.since)) / 3_600_000,
      );
    expect(hours('America/Chicago', '2026-03-07T06:00:00.000Z', '2026-03-10T05:00:00.000Z')).toEqual([
      24, 23, 24,
    ]);
    expect(hours('America/Chicago', '2026-10-31T05:00:00.000Z', '2026-11-03T06:00:00.000Z')).toEqual([
      24, 25, 24,
    ]);
    // Clocks went forward at midnight, and back at midnight.
    expect(hours('America/Sao_Paulo', '2018-11-03T03:00:00.000Z', '2018-11-06T02:00:00.000Z')).toEqual([
      24, 23, 24,
    ]);
    expect(hours('America/Sao_Paulo', '2018-02-16T02:00:00.000Z', '2018-02-19T03:00:00.000Z')).toEqual([
      24, 25, 24,
    ]);
  });

  test('a week begins on Monday, and the edges of the range cut periods', () => {
    const range = { since: '2026-11-25T12:00:00.000Z', until: '2026-12-01T12:00:00.000Z' };
    expect(periodsOf(range, 'week', 'UTC')).toEqual([
      { key: '2026-11-23', since: range.since, until: '2026-11-30T00:00:00.000Z' },
      { key: '2026-11-30', since: '2026-11-30T00:00:00.000Z', until: range.until },
    ]);
    expect(periodsOf(range, 'month', 'UTC').map(({ key }) => key)).toEqual(['2026-11', '2026-12']);
  });

  test('a day that a zone skipped is none', () => {
    const range = { since: '2011-12-29T12:00:00.000Z', until: '2011-12-31T12:00:00.000Z' };
    expect(periodsOf(range, 'day', 'Pacific/Apia').map(({ key }) => key)).toEqual([
      '2011-12-29',
      '2011-12-31',
      '2012-01-01',
    ]);
  });
});
