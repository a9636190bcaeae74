import { expect, test } from 'vitest';
import { backOff, mostAttempts } from '../../src/domain/back-off.ts';

const minute = 60_000;

test('a failed closing waits twice as long each time, and after the last try for a person', () => {
  const waits = Array.from({ length: mostAttempts }, (_, index) => backOff(index + 1));
  expect(waits).toEqual([...[1, 2, 4, 8, 16, 32, 64].map((minutes) => minutes * minute), null]);
  expect(backOff(mostAttempts + 1)).toBeNull();
});

test('without a failed try it waits as after the first', () => expect(backOff(0)).toBe(minute));
