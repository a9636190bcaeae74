import { describe, expect, test } from 'vitest';
import { changeOf, mayBeChance } from '../../../src/domain/scores/change.ts';
import { shareOf } from '../../../src/domain/scores/share.ts';

describe('a change', () => {
  test('from something to nothing is unknown', () => {
    expect(changeOf(shareOf(0, 0), shareOf(1, 2))).toEqual({ value: null, low: null, high: null });
  });

  test.each([
    [0, 0.2, true],
    [-0.2, 0, true],
    [0.001, 0.2, false],
    [-0.2, -0.001, false],
  ])('of %d to %d may be chance: %s', (low, high, expected) => {
    expect(mayBeChance({ value: 0, low, high })).toBe(expected);
  });
});
