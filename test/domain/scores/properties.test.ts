import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changeOf } from '../../../src/domain/scores/change.ts';
import { differencesOf, discoveries } from '../../../src/domain/scores/differs.ts';
import { fisherTwoSided } from '../../../src/domain/scores/fisher.ts';
import { shareOf } from '../../../src/domain/scores/share.ts';

const million = 1_000_000;
const share = (most: number) =>
  fc.integer({ min: 1, max: most }).chain((of) => fc.record({ of: fc.constant(of), count: fc.nat(of) }));

test('0 <= low <= value <= high <= 1, and not satisfied is the mirror of satisfied', () => {
  fc.assert(
    fc.property(share(million), ({ count, of }) => {
      const { value, low, high } = shareOf(count, of);
      const limits = [0, low ?? -1, value ?? -1, high ?? -1, 1];
      expect(limits).toEqual([...limits].sort((one, other) => one - other));
      const mirror = shareOf(of - count, of);
      expect(1 - (mirror.high ?? -1)).toBeCloseTo(low ?? -1, 12);
    }),
  );
});

test('the limit of none is exactly 0, and of all exactly 1', () => {
  for (let of = 1; of <= 3000; of += 1) {
    expect(shareOf(0, of).low).toBe(0);
    expect(shareOf(of, of).high).toBe(1);
  }
});

test('more answers of the same share narrow the interval', () => {
  fc.assert(
    fc.property(share(1000), fc.integer({ min: 2, max: 100 }), ({ count, of }, times) => {
      const width = ({ low, high }: ReturnType<typeof shareOf>): number => (high ?? 0) - (low ?? 0);
      expect(width(shareOf(count * times, of * times))).toBeLessThan(width(shareOf(count, of)));
    }),
  );
});

test('a change lies between -1 and 1, inside its interval, and turns around with its order', () => {
  fc.assert(
    fc.property(share(million), share(million), (one, other) => {
      const [now, before] = [shareOf(one.count, one.of), shareOf(other.count, other.of)];
      const { value, low, high } = changeOf(now, before);
      const limits = [-1, low ?? -2, value ?? -2, high ?? -2, 1];
      for (const [index, limit] of limits.entries()) {
        if (index > 0) expect(limit).toBeGreaterThanOrEqual((limits[index - 1] ?? 0) - 1e-12);
      }
      const back = changeOf(before, now);
      expect([back.value, back.low, back.high].map((limit) => -(limit ?? 0))).toEqual([
        expect.closeTo(value ?? 0, 12),
        expect.closeTo(high ?? 0, 12),
        expect.closeTo(low ?? 0, 12),
      ]);
    }),
  );
});

describe("Fisher's exact test", () => {
  const table = (most: number) => fc.record({ one: share(most), other: share(most) });
  const pOf = (one: { count: number; of: number }, other: { count: number; of: number }): number =>
    fisherTwoSided({ ...one, otherCount: other.count, otherOf: other.of });

  /** Calculated with whole numbers of any size. */
  const exactly = (one: { count: number; of: number }, other: { count: number; of: number }): number => {
    const choose = (n: number, k: number): bigint => {
      let ways = 1n;
      for (let i = 1; i <= k; i += 1) ways = (ways * BigInt(n - k + i)) / BigInt(i);
      return ways;
    };
    const counted = one.count + other.count;
    const waysOf = (x: number): bigint =>
      x > one.of || counted - x > other.of || x > counted
        ? 0n
        : choose(one.of, x) * choose(other.of, counted - x);
    const own = waysOf(one.count);
    let extreme = 0n;
    for (let x = 0; x <= counted; x += 1) if (waysOf(x) <= own) extreme += waysOf(x);
    const scale = 10n ** 18n;
    return Number((extreme * scale) / choose(one.of + other.of, counted)) / Number(scale);
  };

  test('is what whole numbers say', () => {
    fc.assert(
      fc.property(table(60), ({ one, other }) => {
        expect(pOf(one, other)).toBeCloseTo(exactly(one, other), 9);
      }),
    );
  });

  test('is between 0 and 1, and the same for both groups and for the mirror, also among millions', () => {
    fc.assert(
      fc.property(table(million), ({ one, other }) => {
        const p = pOf(one, other);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        const unlike = ({ count, of }: { count: number; of: number }) => ({ count: of - count, of });
        for (const same of [pOf(other, one), pOf(unlike(one), unlike(other))]) {
          expect(same).toBeCloseTo(p, 9);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('is close to the normal distribution among millions', () => {
    // 500,000 of 1,000,000 against 501,386: z = 1.9602, so p is near 0.05.
    const p = pOf({ count: 500_000, of: million }, { count: 501_386, of: million });
    expect(p).toBeGreaterThan(0.0498);
    expect(p).toBeLessThan(0.0502);
  });

  test('of equal groups is 1', () => {
    expect(pOf({ count: 400_000, of: million }, { count: 400_000, of: million })).toBeCloseTo(1, 9);
    expect(pOf({ count: 0, of: 5 }, { count: 0, of: 0 })).toBe(1);
  });
});

test('what is rejected has smaller p-values than what is not, and a higher rate rejects no less', () => {
  const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 50 });
  fc.assert(
    fc.property(pValues, (given) => {
      const rejected = discoveries(given, 0.05);
      const largest = Math.max(-1, ...given.filter((_, index) => rejected[index]));
      expect(given.every((p, index) => rejected[index] === p <= largest)).toBe(true);
      const more = discoveries(given, 0.2);
      expect(rejected.every((is, index) => !is || more[index])).toBe(true);
    }),
  );
});

describe('rows', () => {
  test('a row alone differs from nobody', () => {
    fc.assert(
      fc.property(share(million), (row) => {
        expect(differencesOf([row], row, 1)).toEqual(['no']);
      }),
    );
  });

  test('with too few answers are neither compared nor counted among those that are', () => {
    const rows = [
      { count: 9, of: 9 },
      { count: 60, of: 60 },
      { count: 20, of: 60 },
      { count: 40, of: 60 },
      { count: 0, of: 0 },
    ];
    const overall = { count: 129, of: 189 };
    expect(differencesOf(rows, overall, 10)).toEqual(['too_few', 'above', 'below', 'no', 'too_few']);
    expect(differencesOf(rows, overall, 0)).toEqual(['no', 'above', 'below', 'no', 'too_few']);
  });
});
