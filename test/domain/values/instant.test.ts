import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatInstant,
  isZeroTime,
  normalizeTime,
  parseInstant,
  parseGladlyTime,
  timeNow,
  toMilliseconds,
} from '../../../src/domain/values/instant.ts';

const ten = BigInt(Date.UTC(2026, 10, 22, 10)) * 1_000_000n;

describe('an RFC 3339 time', () => {
  test.each([
    ['2026-11-22T10:00:00Z', 0n],
    ['2026-11-22T10:00:00.1Z', 100_000_000n],
    ['2026-11-22T10:00:00.12Z', 120_000_000n],
    ['2026-11-22T10:00:00.123Z', 123_000_000n],
    ['2026-11-22T10:00:00.1234Z', 123_400_000n],
    ['2026-11-22T10:00:00.12345Z', 123_450_000n],
    ['2026-11-22T10:00:00.123456Z', 123_456_000n],
    ['2026-11-22T10:00:00.1234567Z', 123_456_700n],
    ['2026-11-22T10:00:00.12345678Z', 123_456_780n],
    ['2026-11-22T10:00:00.123456789Z', 123_456_789n],
    ['2026-11-22T10:00:00.1234567899Z', 123_456_789n],
    ['2026-11-22T10:00:00.000000001Z', 1n],
  ])('%s has its fraction to the nanosecond', (text, nanoseconds) => {
    expect(parseInstant(text)).toBe(ten + nanoseconds);
  });

  test.each([
    '2026-11-22T11:00:00+01:00',
    '2026-11-22T05:00:00-05:00',
    '2026-11-22T15:30:00+05:30',
    '2026-11-22T15:45:00+05:45',
    '2026-11-23T00:00:00+14:00',
    '2026-11-21T22:00:00-12:00',
    '2026-11-22T10:00:00+00:00',
    '2026-11-22T10:00:00-00:00',
    '2026-11-22T11:00:00+0100',
    '2026-11-22t10:00:00z',
    '2026-11-22 10:00:00Z',
    ' 2026-11-22T10:00:00Z\n',
    '2026-11-22T10:00Z',
  ])('%j is ten o’clock in UTC', (text) => expect(parseInstant(text)).toBe(ten));

  test.each([
    undefined,
    null,
    1_795_341_600_000,
    {},
    ['2026-11-22T10:00:00Z'],
    '',
    'Z',
    'now',
    '2026-11-22',
    '10:00:00Z',
    '2026-11-22T10:00:00',
    '2026-11-22T10:00:00.Z',
    '2026-11-22T10:00:00,5Z',
    '2026-02-30T10:00:00Z',
    '2026-02-29T10:00:00Z',
    '2026-00-10T10:00:00Z',
    '2026-13-10T10:00:00Z',
    '2026-11-00T10:00:00Z',
    '2026-11-31T10:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T25:00:00Z',
    '2026-11-22T10:60:00Z',
    '2026-11-22T10:00:61Z',
    '2026-11-22T10:00:00+24:00',
    '2026-11-22T10:00:00+01:60',
    '2026-11-22T10:00:00+1',
    '26-11-22T10:00:00Z',
    '+002026-11-22T10:00:00Z',
    '2026-11-22T10:00:00Z extra',
    '٢٠٢٦-١١-٢٢T10:00:00Z',
  ])('%j is none', (value) => expect(parseInstant(value)).toBeNull());

  test('29 February is a day of leap years only', () => {
    expect(normalizeTime('2028-02-29T10:00:00Z')).toBe('2028-02-29T10:00:00.000Z');
    expect(normalizeTime('2000-02-29T10:00:00Z')).toBe('2000-02-29T10:00:00.000Z');
    expect(normalizeTime('1900-02-29T10:00:00Z')).toBeNull();
  });

  test('a leap second lies between its neighbors', () => {
    const before = parseInstant('2016-12-31T23:59:59.999Z') ?? 0n;
    const leap = parseInstant('2016-12-31T23:59:60Z') ?? 0n;
    const after = parseInstant('2017-01-01T00:00:00Z') ?? 0n;
    expect(before < leap).toBe(true);
    expect(leap < after).toBe(true);
    expect(parseInstant('2016-12-31T23:59:60.5Z')).toBe(leap);
    expect(parseInstant('2017-01-01T00:59:60+01:00')).toBe(leap);
  });

  test('one moment is one instant in every offset', () => {
    const moments = fc.date({
      min: new Date('1970-01-02T00:00:00Z'),
      max: new Date('2100-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    const offsets = fc.integer({ min: -14 * 60, max: 14 * 60 });
    fc.assert(
      fc.property(moments, offsets, fc.integer({ min: 0, max: 999_999 }), (moment, offset, finer) => {
        const two = (value: number): string => String(value).padStart(2, '0');
        const local = new Date(moment.getTime() + offset * 60_000).toISOString().slice(0, 23);
        const away = Math.abs(offset);
        const sign = offset < 0 ? '-' : '+';
        const text = `${local}${String(finer).padStart(6, '0')}${sign}${two(Math.floor(away / 60))}:${two(away % 60)}`;
        expect(parseInstant(text)).toBe(BigInt(moment.getTime()) * 1_000_000n + BigInt(finer));
      }),
    );
  });

  test('any value is an instant or null', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string({ unit: 'binary' })), (value) => {
        const instant = parseInstant(value);
        if (instant !== null) expect(normalizeTime(value)).toBe(formatInstant(instant));
      }),
    );
  });
});

describe('milliseconds', () => {
  test.each([
    [0n, 0],
    [999_999n, 0],
    [1_000_000n, 1],
    [1_999_999n, 1],
    [-1n, -1],
    [-999_999n, -1],
    [-1_000_000n, -1],
    [-1_000_001n, -2],
  ])('%d ns are %d ms, rounded down', (instant, milliseconds) => {
    expect(toMilliseconds(instant)).toBe(milliseconds);
  });

  test('a time before 1970 keeps its order', () => {
    expect(parseInstant('1969-12-31T23:59:59.999999999Z')).toBe(-1n);
    expect(normalizeTime('1969-12-31T23:59:59.9999Z')).toBe('1969-12-31T23:59:59.999Z');
  });

  test('there and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 }), (milliseconds) => {
        expect(toMilliseconds(BigInt(milliseconds) * 1_000_000n)).toBe(milliseconds);
      }),
    );
  });

  test('our spelling is UTC with three digits', () => {
    expect(normalizeTime('2026-11-22T11:00:00.9999+01:00')).toBe('2026-11-22T10:00:00.999Z');
    expect(normalizeTime('2026-11-22T10:00:00Z')).toBe('2026-11-22T10:00:00.000Z');
    expect(normalizeTime('tomorrow')).toBeNull();
  });
});

test('now is what the clock says, as all documents write it', () => {
  expect(timeNow(() => 1_795_341_600_005)).toBe('2026-11-22T10:00:00.005Z');
});

describe('a time from Gladly', () => {
  test.each([
    '2026-11-22T10:00:00Z',
    '2026-11-22T10:00:00.000Z',
    '2026-11-22 10:00:00',
    '2026-11-22 10:00',
    '2026-11-22T10:00:00',
    '2026-11-22 10:00:00 UTC',
    ' 2026-11-22 10:00:00 UTC ',
    ' 2026-11-22 10:00:00 ',
    '2026-11-22T12:00:00+02:00',
    '2026-11-22 10:00:00 GMT',
    '2026-11-22 10:00:00 +0000',
    '2026-11-22 12:00:00.000 +02:00',
    '2026-11-22T10:00:00 Z',
  ])('%j', (text) => expect(parseGladlyTime(text)).toBe(ten));

  test.each([
    '',
    '22.11.2026 10:00',
    '11/22/2026 10:00:00',
    '2026-02-30 10:00:00',
    '2026-11-22 24:00:00',
    'UTC',
    '0001-01-01T00:00:00Z',
    '0001-01-01 00:00:00 UTC',
    '0001-01-01T00:00:00.000000000Z',
    '0001-01-01T01:00:00+01:00',
    '0000-12-31T16:00:00-08:00',
    '1970-01-01T00:00:00Z',
    '1970-01-01 00:00:00.000',
    '1969-12-31T16:00:00-08:00',
    '1970-01-01T01:00:00+01:00',
  ])('%j is none', (text) => expect(parseGladlyTime(text)).toBeNull());

  test('is zero only where it begins so', () => {
    expect([' \t0001-01-01T00:00:00Z', '0000-12-31', '1969-12-31 16:00'].map(isZeroTime)).toEqual([
      true,
      true,
      true,
    ]);
    const others = [
      '2000-01-01',
      '9998-12-31',
      'at 1970-01-01',
      'at 00:00',
      '00:00 noon',
      '-7 days',
      '7',
      null,
      1,
    ];
    expect(others.filter(isZeroTime)).toEqual([]);
  });

  test('fractions count', () => {
    expect(parseGladlyTime('2026-11-22 10:00:00.000000007')).toBe(ten + 7n);
  });
});

describe('no time, as programs write it', () => {
  const zeros = [
    '0000-00-00 00:00:00',
    '0001-01-01',
    '-0001-11-30T00:00:00Z',
    '1601-01-01T00:00:00Z',
    '1752-12-31T18:00:00-06:00',
    '1753-01-01T00:00:00Z',
    '1899-12-30T00:00:00.000Z',
    ' 1900-01-01 00:00:00',
    '1904-01-01T00:00:00Z',
    '1980-01-01T00:00:00Z',
    '1999-12-31T19:00:00-05:00',
    '9999-12-31T23:59:59Z',
    '9999-12-31 23:59:59.9999999 UTC',
    '+10000-01-01T04:59:59Z',
    '0',
    '-62135596800000',
    '-',
    ' -- ',
    '00:00:00',
  ];

  test.each([...zeros, 0, -0, -1, -62_135_596_800, -62_135_596_800_000])('%j', (value) => {
    expect(isZeroTime(value)).toBe(true);
    expect(parseGladlyTime(value)).toBeNull();
  });

  test.each(['2000-01-01T00:00:00Z', '2026-11-22T10:00:00Z', '9998-12-31T23:59:59Z'])(
    '%j is a time',
    (text) => {
      expect(isZeroTime(text)).toBe(false);
      expect(parseGladlyTime(text)).toBe(parseInstant(text));
    },
  );

  test.each(['soon', '11/22/2026 10:00 PM', '1795341600', 1_795_341_600_000, {}, null, undefined, '', ' '])(
    '%j is not: it says something else, or nothing',
    (value) => expect(isZeroTime(value)).toBe(false),
  );
});
