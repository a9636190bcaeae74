import { expect, test } from 'vitest';
import { localTime } from '../../../src/domain/values/local-time.ts';

const time = '2026-01-02T03:04:05.678Z';

test.each([
  ['Europe/Berlin', '2026-01-02 04:04 GMT+1'],
  ['America/New_York', '2026-01-01 22:04 EST'],
  ['UTC', '2026-01-02 03:04 UTC'],
  [null, '2026-01-02 03:04 UTC'],
  ['Mars/Olympus', '2026-01-02 03:04 UTC'],
])('a time in the zone %s is %s', (zone, expected) => {
  expect(localTime(time, zone)).toBe(expected);
  // A zone is remembered.
  expect(localTime(time, zone)).toBe(expected);
});

test('midnight is the hour 00', () => {
  expect(localTime('2026-11-22T00:05:00Z', 'UTC')).toBe('2026-11-22 00:05 UTC');
});

test('what is no time stays as it is, and none is a dash', () => {
  expect(localTime('some day', 'UTC')).toBe('some day');
  expect(localTime(null, 'UTC')).toBe('-');
});
