/** How many of each of two groups are counted. */
export interface TwoByTwo {
  readonly count: number;
  readonly of: number;
  readonly otherCount: number;
  readonly otherOf: number;
}

/**
 * Tables that are equally likely count as equally extreme although rounding makes them differ, as in R's fisher.test.
 */
const tolerance = 1 + 1e-7;

/**
 * The two-sided p-value of Fisher's exact test: the probability, given the same sums, of a table that is at most as
 * likely as this one. Probabilities are relative to that of the likeliest table and are computed outward from it, each
 * from its neighbor, so that millions of answers cost no more than the width of the distribution, and nothing
 * overflows.
 */
export function fisherTwoSided({ count, of, otherCount, otherOf }: TwoByTwo): number {
  const all = of + otherOf;
  const counted = count + otherCount;
  /** The probability of a table relative to the one before it: 0 after the last table, infinite for the first. */
  const ratio = (x: number): number => ((of - x + 1) * (counted - x + 1)) / (x * (otherOf - counted + x));
  const mode = Math.floor(((of + 1) * (counted + 1)) / (all + 2));

  // Probabilities fall on both sides of the mode. Once one is 0 or underflows to 0, all that follow are negligible.
  const chances = new Map([[mode, 1]]);
  for (let [x, chance] = [mode + 1, ratio(mode + 1)]; chance > 0; chance *= ratio(x)) {
    chances.set(x, chance);
    x += 1;
  }
  for (let [x, chance] = [mode - 1, 1 / ratio(mode)]; chance > 0; chance /= ratio(x + 1)) {
    chances.set(x, chance);
    x -= 1;
  }
  const own = chances.get(count) ?? 0;
  let [extreme, total] = [0, 0];
  // Add the small ones first, so that rounding does not lose them beside the large ones.
  for (const chance of [...chances.values()].sort((one, other) => one - other)) {
    total += chance;
    if (chance <= own * tolerance) extreme += chance;
  }
  return Math.min(1, extreme / total);
}
