import { describe, expect, test } from 'vitest';
import {
  checkTimeRange,
  isZoned,
  needsTimeZone,
  resolveEnd,
  resolveTimeRange,
} from '../../../src/domain/values/time-range.ts';
import { TimeRangeError } from '../../../src/domain/values/time-range-error.ts';

const now = '2026-11-22T10:00:00.000Z';
const nowMs = Date.parse(now);
const end = (text: string, timeZone = 'UTC'): string => resolveEnd(text, { nowMs, timeZone });

/** The message of the error and its hint. */
function refusal(ask: () => unknown): string[] {
  try {
    return [`no error, but ${String(ask())}`];
  } catch (error) {
    if (error instanceof TimeRangeError) return [error.message, error.hint];
    throw error;
  }
}

describe('a time to come', () => {
  test.each([
    ['2h', 'America/Chicago', '2026-11-22T12:00:00.000Z'],
    [' 90M ', 'UTC', '2026-11-22T11:30:00.000Z'],
    ['3d', 'UTC', '2026-11-25T10:00:00.000Z'],
    ['2026-11-22T04:30', 'America/Chicago', '2026-11-22T10:30:00.000Z'],
    ['2026-11-22T10:00:00.001Z', 'Asia/Tokyo', '2026-11-22T10:00:00.001Z'],
    ['2026-11-23', 'America/Chicago', '2026-11-24T06:00:00.000Z'],
    ['today', 'UTC', '2026-11-23T00:00:00.000Z'],
    ['9999-12-30', 'UTC', '9999-12-31T00:00:00.000Z'],
  ])('%j in %s is %s', (text, zone, expected) => expect(end(text, zone)).toBe(expected));

  test.each([
    ['now', now],
    [' NOW ', now],
    ['0h', now],
    ['2026-11-22T10:00Z', now],
    ['yesterday', '2026-11-22T00:00:00.000Z'],
  ])('is not %j', (text, moment) => {
    expect(refusal(() => end(text))).toEqual([
      `until (${moment}) has passed`,
      'Give a time in the future, e.g. 2h or 2026-11-01T09:30.',
    ]);
  });

  test('is within reach, and a time', () => {
    for (const text of ['9999-12-31', '99999999d']) {
      expect(refusal(() => end(text))).toEqual([
        `until '${text}' is out of range`,
        'Give a time between the years 1970 and 9999.',
      ]);
    }
    expect(refusal(() => end('soon'))[0]).toBe("until 'soon' is not a time");
  });
});

describe('what to give instead', () => {
  const range = (since: string, until?: string): string[] =>
    refusal(() => resolveTimeRange({ since, until }, { nowMs, timeZone: 'UTC' }));

  test.each([
    ['1969-12-31', '1d', 'Give a time between the years 1970 and 9999.'],
    ['7d', '9999-12-31', 'Give a time between the years 1970 and 9999.'],
    ['2026-11-23', '2026-12-01', 'Begin the range in the past.'],
    ['now', undefined, 'Begin the range in the past.'],
    ['1d', '2d', 'End the range after it begins; until is exclusive.'],
  ])('of %s until %s', (since, until, hint) => expect(range(since, until)[1]).toBe(hint));

  test('of a duration that people write otherwise, as we write it', () => {
    expect(range('2w')[1]).toMatch(/^Write 14d, or give a date /);
    expect(range('3 hours')[1]).toMatch(/^Write 3h, or give a date /);
    // Seconds are not a unit here.
    expect(range('45 seconds')[1]).toMatch(/^Give a date /);
    expect(range('soon')[1]).toMatch(/^Give a date /);
  });

  test.each(['7days', '36hours', 'in 7d', 'nowhere', '2026-11-01 soon'])('of %j', (text) => {
    expect(range(text)[0]).toBe(`since '${text}' is not a time`);
  });
});

describe('at the edge', () => {
  test('a range may begin with the year 1970', () => {
    const range = resolveTimeRange({ since: '1970-01-01' }, { nowMs, timeZone: 'UTC' });
    expect(range.since).toBe('1970-01-01T00:00:00.000Z');
  });

  test.each([
    ['1969-12-31', '1d'],
    ['2026-11-23T10:00', undefined],
  ])('%s until %s may be valid in some zone', (since, until) => {
    expect(() => {
      checkTimeRange({ since, until }, nowMs);
    }).not.toThrow();
  });

  test('spaces and capitals do not make a text depend on the zone', () => {
    expect([' 7D ', 'NOW', ' 2026-11-01T09:30Z '].map(isZoned)).toEqual([true, true, true]);
    expect(needsTimeZone({ since: ' 7D ', until: 'Now' })).toBe(false);
  });
});
