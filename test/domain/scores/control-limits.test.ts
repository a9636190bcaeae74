import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alarmTail, controlLimits, warningTail } from '../../../src/domain/scores/control-limits.ts';

/** P(X ≤ count) by Pascal's triangle with whole numbers; the expected share is given in hundredths. */
function atMost(count: number, of: number, hundredths: number): number {
  const satisfied = BigInt(hundredths);
  const not = 100n - satisfied;
  let ways = 1n;
  let sum = 0n;
  for (let k = 0; k <= count; k += 1) {
    sum += ways * satisfied ** BigInt(k) * not ** BigInt(of - k);
    ways = (ways * BigInt(of - k)) / BigInt(k + 1);
  }
  // 15 digits are more than any comparison here needs.
  return Number((sum * 10n ** 15n) / 100n ** BigInt(of)) / 1e15;
}

describe('control limits', () => {
  // Computed with scipy.stats.binom (SciPy 1.17.1) and Spiegelhalter's formula.
  test.each([
    [1, 0.8, [0, 1], [0, 1]],
    [5, 0.8, [0.27140625, 1], [0.02125, 1]],
    [20, 0.8, [0.5838845205, 0.9883159566], [0.4607458737, 1]],
    [50, 0.9, [0.8002772724, 0.986137073], [0.7398715812, 1]],
    [100, 0.5, [0.3968240417, 0.6031759583], [0.3412158837, 0.6587841163]],
    [137, 0.8537, [0.7885870235, 0.914136245], [0.7497656866, 0.9424985778]],
    [1000, 0.85, [0.8270453504, 0.8723057291], [0.8136233041, 0.8843808133]],
    [12_000, 0.87, [0.8639122107, 0.8760297773], [0.8603837422, 0.8794403801]],
    [30, 0.02, [0, 0.0988929688], [0, 0.1576728531]],
  ])('of %i answers where %f is expected', (of, expected, warning, alarm) => {
    for (const [tail, [low, high]] of [
      [warningTail, warning],
      [alarmTail, alarm],
    ] as const) {
      const limits = controlLimits(of, expected, tail);
      expect(limits.low).toBeCloseTo(low!, 9);
      expect(limits.high).toBeCloseTo(high!, 9);
    }
  });

  test('a million answers are no harder', () => {
    const { low, high } = controlLimits(1_000_000, 0.85, warningTail);
    // With this many, the distribution is normal: 1.959964 standard errors of 0.000357.
    expect(low).toBeCloseTo(0.8493, 5);
    expect(high).toBeCloseTo(0.8507, 5);
  });

  test('where nobody or everybody is satisfied, nothing else is expected', () => {
    expect(controlLimits(10, 0, warningTail)).toEqual({ low: 0, high: 0 });
    expect(controlLimits(10, 1, warningTail)).toEqual({ low: 1, high: 1 });
  });

  test('a share lies beyond a limit exactly if chance gives one so extreme too seldom', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 99 }),
        fc.constantFrom(warningTail, alarmTail),
        (of, hundredths, tail) => {
          const { low, high } = controlLimits(of, hundredths / 100, tail);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          expect(low).toBeLessThanOrEqual(high);
          for (let count = 0; count <= of; count += 1) {
            const least = atMost(count, of, hundredths);
            const most = count === 0 ? 1 : 1 - atMost(count - 1, of, hundredths);
            // A probability equal to the tail may round to either side.
            if (Math.abs(least - tail) > 1e-12) expect(count / of < low - 1e-12).toBe(least < tail);
            if (Math.abs(most - tail) > 1e-12) expect(count / of > high + 1e-12).toBe(most < tail);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test('limits of 99.8% are wider, and more answers narrow both', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (of, share) => {
          const warning = controlLimits(of, share, warningTail);
          const alarm = controlLimits(of, share, alarmTail);
          expect(alarm.low).toBeLessThanOrEqual(warning.low);
          expect(alarm.high).toBeGreaterThanOrEqual(warning.high);
          const more = controlLimits(of * 10, share, warningTail);
          expect(more.high - more.low).toBeLessThanOrEqual(warning.high - warning.low + 1e-9);
        },
      ),
    );
  });
});
