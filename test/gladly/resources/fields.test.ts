import { expect, test } from 'vitest';
import { readTime } from '../../../src/gladly/resources/fields.ts';

test.each([
  ['2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z'],
  ['2026-11-22T10:00:00.07272933Z', '2026-11-22T10:00:00.072Z'],
  ['2026-11-22T12:00:00.5+02:00', '2026-11-22T10:00:00.500Z'],
  ['2026-11-22T10:00:00', '2026-11-22T10:00:00.000Z'],
  ['yesterday', null],
  ['', null],
])('the time %j is %j', (given, read) => {
  expect(readTime(given)).toBe(read);
});
