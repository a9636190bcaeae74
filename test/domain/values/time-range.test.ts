import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkTimeRange,
  needsTimeZone,
  resolveTimeRange,
  utcDays,
} from '../../../src/domain/values/time-range.ts';
import { TimeRangeError } from '../../../src/domain/values/time-range-error.ts';
import { isTimeZone } from '../../../src/domain/values/time-zone.ts';

const now = '2026-11-22T10:00:00.000Z';
const hour = 3_600_000;
const day = 24 * hour;

interface Given {
  since: string;
  until?: string;
  zone?: string;
  at?: string;
}

function resolve({ since, until, zone = 'UTC', at = now }: Given) {
  return resolveTimeRange({ since, until }, { nowMs: Date.parse(at), timeZone: zone });
}

/** What the text means as the start and as the end of a range. */
const sinceOf = (since: string, zone = 'UTC', at = now): string =>
  resolve({ since, zone, at, until: '2040-01-01T00:00Z' }).since;
const untilOf = (until: string, zone = 'UTC', at = now): string =>
  resolve({ since: '1990-01-01T00:00Z', until, zone, at }).until;

function errorOf(given: Given): TimeRangeError {
  try {
    const range = resolve(given);
    throw new Error(`no error, but ${JSON.stringify(range)}`);
  } catch (error) {
    if (error instanceof TimeRangeError) return error;
    throw error;
  }
}

describe('the forms of a time', () => {
  test.each([
    ['2026-11-01', 'UTC', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01', 'America/Chicago', '2026-11-01T05:00:00.000Z'],
    ['2026-11-02', 'America/Chicago', '2026-11-02T06:00:00.000Z'],
    ['2026-11-01T09:30', 'America/Chicago', '2026-11-01T15:30:00.000Z'],
    ['2026-11-01T09:30:15', 'Asia/Kolkata', '2026-11-01T04:00:15.000Z'],
    ['2026-11-01t09:30:15.1239', 'Asia/Kathmandu', '2026-11-01T03:45:15.123Z'],
    ['2026-11-01T09:30:00Z', 'America/Chicago', '2026-11-01T09:30:00.000Z'],
    ['2026-11-01T09:30:00-06:00', 'Asia/Tokyo', '2026-11-01T15:30:00.000Z'],
    ['2026-11-01T09:30+05:30', 'Asia/Tokyo', '2026-11-01T04:00:00.000Z'],
    ['7d', 'America/Chicago', '2026-11-15T10:00:00.000Z'],
    ['36h', 'UTC', '2026-11-20T22:00:00.000Z'],
    ['90m', 'UTC', '2026-11-22T08:30:00.000Z'],
    ['yesterday', 'UTC', '2026-11-21T00:00:00.000Z'],
    ['today', 'UTC', '2026-11-22T00:00:00.000Z'],
    ['today', 'Pacific/Kiritimati', '2026-11-22T10:00:00.000Z'],
    ['yesterday', 'Pacific/Kiritimati', '2026-11-21T10:00:00.000Z'],
    ['today', 'Pacific/Pago_Pago', '2026-11-21T11:00:00.000Z'],
    ['now', 'UTC', now],
    [' Yesterday ', 'UTC', '2026-11-21T00:00:00.000Z'],
    ['7D', 'UTC', '2026-11-15T10:00:00.000Z'],
    ['2024-02-29', 'UTC', '2024-02-29T00:00:00.000Z'],
  ])('%j in %s begins at %s', (text, zone, expected) => expect(sinceOf(text, zone)).toBe(expected));

  test.each([
    ['2026-11-01', 'UTC', '2026-11-02T00:00:00.000Z'],
    ['2026-11-01', 'America/Chicago', '2026-11-02T06:00:00.000Z'],
    ['2026-12-31', 'UTC', '2027-01-01T00:00:00.000Z'],
    ['yesterday', 'America/Chicago', '2026-11-22T06:00:00.000Z'],
    ['today', 'America/Chicago', '2026-11-23T06:00:00.000Z'],
    ['2026-11-01T09:30', 'America/Chicago', '2026-11-01T15:30:00.000Z'],
    ['2026-11-01T00:00', 'America/Chicago', '2026-11-01T05:00:00.000Z'],
    ['2h', 'America/Chicago', '2026-11-22T08:00:00.000Z'],
    ['now', 'America/Chicago', now],
  ])('%j in %s ends at %s', (text, zone, expected) => expect(untilOf(text, zone)).toBe(expected));

  test('a range without an end ends now', () => {
    expect(resolve({ since: '7d' })).toEqual({ since: '2026-11-15T10:00:00.000Z', until: now });
  });

  test('an end in the future stays', () => {
    expect(resolve({ since: 'today', until: '2026-12-01' }).until).toBe('2026-12-02T00:00:00.000Z');
  });
});

describe('clocks that change', () => {
  test.each([
    // Skipped: 02:00 to 03:00 in Chicago and Berlin, half an hour on Lord Howe Island.
    ['2026-03-08T02:00', 'America/Chicago', '2026-03-08T08:00:00.000Z'],
    ['2026-03-08T02:30', 'America/Chicago', '2026-03-08T08:30:00.000Z'],
    ['2026-03-08T03:00', 'America/Chicago', '2026-03-08T08:00:00.000Z'],
    ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    ['2026-10-04T02:10', 'Australia/Lord_Howe', '2026-10-03T15:40:00.000Z'],
    // Shown twice.
    ['2026-11-01T01:30', 'America/Chicago', '2026-11-01T06:30:00.000Z'],
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    // Days that do not begin at midnight, or begin twice, and one that never existed.
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    ['2026-11-01', 'America/Havana', '2026-11-01T04:00:00.000Z'],
    ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['2011-12-29', 'Pacific/Apia', '2011-12-29T10:00:00.000Z'],
  ])('%s in %s is %s', (text, zone, expected) => expect(sinceOf(text, zone)).toBe(expected));

  test.each([
    ['2026-03-08', 'America/Chicago', 23],
    ['2026-11-01', 'America/Chicago', 25],
    ['2018-11-04', 'America/Sao_Paulo', 23],
    ['2018-02-17', 'America/Sao_Paulo', 25],
    ['2026-10-04', 'Australia/Lord_Howe', 23.5],
    ['2026-11-22', 'America/Chicago', 24],
  ])('the day %s in %s has %d hours', (date, zone, hours) => {
    const range = resolve({ since: date, until: date, zone });
    expect((Date.parse(range.until) - Date.parse(range.since)) / hour).toBe(hours);
  });

  test('a day ago is 24 hours ago, yesterday a day of the calendar', () => {
    const at = '2026-11-01T12:00:00.000Z';
    expect(sinceOf('1d', 'America/Chicago', at)).toBe('2026-10-31T12:00:00.000Z');
    expect(sinceOf('yesterday', 'America/Chicago', at)).toBe('2026-10-31T05:00:00.000Z');
    expect(untilOf('today', 'America/Chicago', at)).toBe('2026-11-02T06:00:00.000Z');
  });
});

describe('a range that cannot be', () => {
  test.each([
    '',
    ' ',
    'soon',
    '2026-02-30',
    '2026-02-29',
    '2026-13-01',
    '2026-1-1',
    '26-11-01',
    '20261101',
    '2026-11-01T24:00',
    '2026-11-01T9:30',
    '2026-11-01T09',
    '2026-11-01T09:30 America/Chicago',
    '2026-11-01Z',
    '2026-02-30T10:00',
    '2026-02-30T10:00:00Z',
    '7',
    'd',
    '-7d',
    '1.5h',
    '7 d',
    '2w',
    'tomorrow',
    '1763805600',
  ])('has %j for a time', (text) => {
    for (const given of [{ since: text }, { since: '7d', until: text }]) {
      const error = errorOf(given);
      expect(error.message).toContain(`'${text}' is not a time`);
      expect(error.hint).toContain('36h');
    }
  });

  test('names the wrong side', () => {
    expect(errorOf({ since: 'x' }).message).toMatch(/^since /);
    expect(errorOf({ since: '7d', until: 'x' }).message).toMatch(/^until /);
  });

  test.each([
    '1969-12-31',
    '0000-01-01',
    '0001-01-01T10:00',
    '0050-06-01',
    '999999999d',
    `${'9'.repeat(30)}h`,
  ])('begins before 1970: %s', (since) => {
    for (const zone of ['UTC', 'America/Chicago', 'Pacific/Apia']) {
      expect(errorOf({ since, zone }).message).toContain('out of range');
    }
  });

  test('ends after the years of four digits', () => {
    expect(errorOf({ since: '7d', until: '9999-12-31' }).message).toContain('out of range');
    expect(untilOf('9999-12-30')).toBe('9999-12-31T00:00:00.000Z');
  });

  test.each([
    ['is empty', { since: '2026-11-01T09:30', until: '2026-11-01T09:30' }],
    ['runs backwards', { since: '2026-11-02', until: '2026-11-01' }],
    ['runs backwards', { since: '1h', until: '2h' }],
    ['runs backwards', { since: '2026-11-01T09:30:00Z', until: '2026-11-01T09:30:00+01:00' }],
  ])('%s: %j', (_, given) => {
    expect(errorOf(given).message).toMatch(/^until \(.*Z\) is not after since \(.*Z\)$/);
  });

  test('is empty without an until, which the message does not mention', () => {
    expect(errorOf({ since: 'now' }).message).toBe(`since (${now}) is not before now (${now})`);
  });

  test.each(['2026-11-23', '2026-11-22T10:00:00.001Z', '2026-11-22T04:01'])(
    'begins in the future: %s',
    (since) => {
      const error = errorOf({ since, until: '2027-01-01', zone: 'America/Chicago' });
      expect(error.message).toContain('since is in the future');
    },
  );

  test.each(['Mars/Olympus', '', 'America/Chicag'])('is in the zone %j', (zone) => {
    const error = errorOf({ since: '7d', zone });
    expect(error.message).toBe(`the time zone '${zone}' is unknown`);
    expect(error.hint).toContain('America/Chicago');
  });
});

const zones = [
  'UTC',
  'America/Chicago',
  'Europe/Berlin',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'America/Havana',
  'Africa/Casablanca',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'America/St_Johns',
] as const;

/** A moment as the clocks of a zone show it, without an offset. */
function shown(at: number, zone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return format.format(at).replace(' ', 'T');
}

describe('whatever the time', () => {
  const seconds = fc.integer({ min: Date.UTC(2000) / 1000, max: Date.UTC(2026, 10, 22) / 1000 });
  const anyZone = fc.constantFrom(...zones);

  test('a local time is read as its moment, or as the earlier of two', () => {
    fc.assert(
      fc.property(seconds, anyZone, (second, zone) => {
        const at = second * 1000;
        const text = shown(at, zone);
        const read = Date.parse(sinceOf(text, zone));
        expect(shown(read, zone)).toBe(text);
        expect(read).toBeLessThanOrEqual(at);
        expect(at - read).toBeLessThanOrEqual(hour);
      }),
      { numRuns: 400 },
    );
  });

  test('later texts are never earlier moments', () => {
    const minutes = fc.integer({ min: Date.UTC(2005) / 60_000, max: Date.UTC(2026, 10, 1) / 60_000 });
    fc.assert(
      fc.property(minutes, fc.integer({ min: 0, max: 3000 }), anyZone, (minute, later, zone) => {
        const text = (of: number): string => new Date(of * 60_000).toISOString().slice(0, 16);
        const [one, other] = [minute, minute + later].map((of) => Date.parse(sinceOf(text(of), zone)));
        // A skipped time moves past the times that follow it, by less than was skipped.
        const skipped = shown(one!, zone).slice(0, 16) !== text(minute);
        if (!skipped) expect(other).toBeGreaterThanOrEqual(one!);
      }),
      { numRuns: 400 },
    );
  });

  test('days follow each other without a gap and without an overlap', () => {
    const days = fc.integer({ min: Date.UTC(2000) / day, max: Date.UTC(2026, 10, 20) / day });
    fc.assert(
      fc.property(days, anyZone, (number, zone) => {
        const date = (of: number): string => new Date(of * day).toISOString().slice(0, 10);
        expect(untilOf(date(number), zone)).toBe(sinceOf(date(number + 1), zone));
      }),
      { numRuns: 400 },
    );
  });

  test('a resolved range resolves to itself', () => {
    const moments = fc.integer({ min: 0, max: Date.parse(now) });
    fc.assert(
      fc.property(moments, moments, anyZone, (one, other, zone) => {
        fc.pre(one !== other);
        const since = new Date(Math.min(one, other)).toISOString();
        const until = new Date(Math.max(one, other)).toISOString();
        expect(resolve({ since, until, zone })).toEqual({ since, until });
      }),
    );
  });

  test('any text is a time or an error with a hint', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[0-9tTzZ:. +-]{0,25}$/),
      fc.stringMatching(/^\d+[dhm]$/),
    );
    fc.assert(
      fc.property(texts, anyZone, (text, zone) => {
        try {
          const { since, until } = resolve({ since: text, zone });
          expect([since.length, until.length]).toEqual([24, 24]);
          expect(since < until).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(TimeRangeError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the days of a range', () => {
  test.each([
    ['2026-11-01T00:00:00.000Z', '2026-11-02T00:00:00.000Z', ['2026-11-01']],
    ['2026-11-01T00:00:00.000Z', '2026-11-02T00:00:00.001Z', ['2026-11-01', '2026-11-02']],
    ['2026-11-01T23:59:59.999Z', '2026-11-02T00:00:00.000Z', ['2026-11-01']],
    ['2026-11-01T05:00:00.000Z', '2026-11-02T06:00:00.000Z', ['2026-11-01', '2026-11-02']],
    ['2024-02-28T10:00:00.000Z', '2024-03-01T10:00:00.000Z', ['2024-02-28', '2024-02-29', '2024-03-01']],
    ['2026-11-01T10:00:00.000Z', '2026-11-01T10:00:00.000Z', []],
  ])('from %s until %s', (since, until, days) => expect(utcDays({ since, until })).toEqual(days));

  test('hold every moment of it, and no more days', () => {
    const start = fc.integer({ min: 0, max: Date.parse(now) });
    fc.assert(
      fc.property(start, fc.integer({ min: 1, max: 40 * day }), (since, length) => {
        const range = { since: new Date(since).toISOString(), until: new Date(since + length).toISOString() };
        const days = utcDays(range);
        expect(days[0]).toBe(range.since.slice(0, 10));
        expect(days.at(-1)).toBe(new Date(since + length - 1).toISOString().slice(0, 10));
        const starts = days.map((date) => Date.parse(`${date}T00:00:00Z`));
        expect(starts.slice(1).every((at, index) => at - starts[index]! === day)).toBe(true);
      }),
    );
  });
});

describe('before the zone is known', () => {
  const check = (since: string, until?: string): (() => void) => {
    return () => checkTimeRange({ since, until }, Date.parse(now));
  };

  test.each([
    ['now', undefined, `since (${now}) is not before now (${now})`],
    ['0d', undefined, `since (${now}) is not before now (${now})`],
    ['2d', '3d', 'until (2026-11-19T10:00:00.000Z) is not after since (2026-11-20T10:00:00.000Z)'],
    ['2026-11-22T10:01Z', undefined, 'since is in the future: 2026-11-22T10:01:00.000Z'],
    ['2026-11-24', undefined, 'since is in the future: 2026-11-24'],
    ['2026-11-10', '2026-11-07', 'until (2026-11-07) is not after since (2026-11-10)'],
    ['today', '2026-11-18', 'until (2026-11-18) is not after since (today)'],
    ['soon', undefined, "since 'soon' is not a time"],
    ['7d', '2026-02-30', "until '2026-02-30' is not a time"],
    ['1969-12-30', '2d', "since '1969-12-30' is out of range"],
    ['99999d', undefined, "since '99999d' is out of range"],
  ])('%s until %s is refused by its real values', (since, until, message) => {
    expect(check(since, until)).toThrow(message);
  });

  test.each([
    ['1970-06-01', '1970-06-03'],
    ['1970-01-01', '1970-01-01'],
    ['1969-12-31T20:00', '1d'],
    ['2026-11-23', undefined],
    ['today', 'now'],
    ['2026-11-08T03:00', '2026-11-08T02:30'],
    ['1h', '9999-12-31'],
  ])('%s until %s may be valid', (since, until) => expect(check(since, until)).not.toThrow());

  test('refuses no range that is valid in some zone', () => {
    const text = fc.oneof(
      fc.constantFrom('today', 'yesterday', 'now', '0d', '1h', '26h', '2d', '1970-01-01', '1969-12-31T19:30'),
      fc
        .integer({ min: -96, max: 96 })
        .map((hours) => new Date(Date.parse(now) + hours * hour).toISOString())
        .chain((iso) => fc.constantFrom(iso, iso.slice(0, 10), iso.slice(0, 16))),
    );
    const zone = fc.constantFrom('UTC', 'Pacific/Kiritimati', 'Etc/GMT+12', 'America/Chicago');
    fc.assert(
      fc.property(text, fc.option(text, { nil: undefined }), zone, (since, until, timeZone) => {
        const given = { since, until };
        try {
          resolveTimeRange(given, { nowMs: Date.parse(now), timeZone });
        } catch {
          return;
        }
        checkTimeRange(given, Date.parse(now));
      }),
    );
  });
});

describe('a zone', () => {
  test.each([
    ['7d', undefined, false],
    ['now', '2026-11-01T09:30:00-06:00', false],
    ['2026-11-01T09:30Z', '1h', false],
    ['2026-11-01', undefined, true],
    ['7d', 'yesterday', true],
    ['2026-11-01T09:30', '1h', true],
  ])('of %s until %s is needed: %s', (since, until, isNeeded) => {
    expect(needsTimeZone({ since, until })).toBe(isNeeded);
  });

  test('is known or not', () => {
    expect(['America/Chicago', 'UTC', 'Mars/Phobos', ''].map(isTimeZone)).toEqual([true, true, false, false]);
  });
});
