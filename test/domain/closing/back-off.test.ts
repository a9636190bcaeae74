import { expect, test } from 'vitest';
import { backOff, mostAttempts } from '../../../src/domain/closing/back-off.ts';

const minute = 60_000;
const doubling = [1, 2, 4, 8, 16, 32, 64].map((minutes) => minutes * minute);
const waits = (passes: boolean, count: number): (number | null)[] =>
  Array.from({ length: count }, (_, index) => backOff(index + 1, passes));

test('a failed closing waits twice as long each time, and after the last try for a person', () => {
  expect(waits(false, mostAttempts)).toEqual([...doubling, null]);
  expect(backOff(mostAttempts + 1, false)).toBeNull();
});

test('what passes by itself is tried for ever, about every hour', () => {
  expect(waits(true, mostAttempts + 1)).toEqual([...doubling, 64 * minute, 64 * minute]);
  expect(backOff(10_000, true)).toBe(64 * minute);
});

test('without a failed try it waits as after the first', () => expect(backOff(0, false)).toBe(minute));
