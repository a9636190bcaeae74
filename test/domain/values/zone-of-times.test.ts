import { expect, onTestFinished, test } from 'vitest';
import { parseGladlyTime, parseInstant } from '../../../src/domain/values/instant.ts';

test('a time without an offset is UTC or none, wherever this machine stands', () => {
  const before = process.env['TZ'];
  process.env['TZ'] = 'Asia/Tokyo';
  onTestFinished(() => {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  });
  expect(new Date(2026, 10, 22).getTimezoneOffset()).toBe(-540);
  const half = parseInstant('2026-11-22T10:00:00.5Z');
  expect(parseGladlyTime('2026-11-22T10:00:00.5')).toBe(half);
  expect(parseInstant('2026-11-22T10:00:00')).toBeNull();
  expect(parseGladlyTime('2026-11-22 10:00:00')).toBe(parseInstant('2026-11-22T10:00:00Z'));
});
