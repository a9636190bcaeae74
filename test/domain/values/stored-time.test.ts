import { expect, test } from 'vitest';
import { canHaveHappened, clockDifferenceMs, isAhead } from '../../../src/domain/values/stored-time.ts';

const now = Date.UTC(2026, 10, 22);

test('a time is ahead when it lies further in the future than it may', () => {
  expect([now - 1, now, now + 50, now + 51].map((time) => isAhead(time, now, 50))).toEqual([
    false,
    false,
    false,
    true,
  ]);
});

test('nothing happened before gcsat was made, or later than five minutes from now', () => {
  expect(clockDifferenceMs).toBe(300_000);
  const made = Date.UTC(2025, 0, 1);
  expect([made - 1, now + 300_001].map((time) => canHaveHappened(time, now))).toEqual([false, false]);
  expect([made, now, now + 300_000].map((time) => canHaveHappened(time, now))).toEqual([true, true, true]);
});
