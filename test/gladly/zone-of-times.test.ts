import { expect, onTestFinished, test } from 'vitest';
import { parseInstant, parseReportTime } from '../../src/domain/values/instant.ts';
import { readTime } from '../../src/gladly/resources/answers.ts';

test('a time without an offset is UTC or none, wherever this machine stands', () => {
  const before = process.env['TZ'];
  process.env['TZ'] = 'Asia/Tokyo';
  onTestFinished(() => {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  });
  expect(new Date(2026, 10, 22).getTimezoneOffset()).toBe(-540);
  expect(readTime('2026-11-22T10:00:00')).toBe('2026-11-22T10:00:00.000Z');
  expect(readTime('2026-11-22T10:00:00.5')).toBe('2026-11-22T10:00:00.500Z');
  expect(parseInstant('2026-11-22T10:00:00')).toBeNull();
  expect(parseReportTime('2026-11-22 10:00:00')).toBe(parseInstant('2026-11-22T10:00:00Z'));
});
