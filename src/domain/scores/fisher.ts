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
  const least = Math.max(0, counted - otherOf);
  const most = Math.min(of, counted);
  /** The probability of a table relative to the one before it. */
  const ratio = (x: number): number => ((of - x + 1) * (counted - x + 1)) / (x * (otherOf - counted + x));
  const mode = Math.min(most, Math.max(least, Math.floor(((of + 1) * (counted + 1)) / (all + 2))));

  // Probabilities fall on both sides of the mode. Once one underflows to 0, all that follow are negligible.
  const above: number[] = [];
  for (let [x, chance] = [mode + 1, 1]; x <= most; x += 1) {
    chance *= ratio(x);
    if (chance === 0) break;
    above.push(chance);
  }
  const below: number[] = [];
  for (let [x, chance] = [mode - 1, 1]; x >= least; x -= 1) {
    chance /= ratio(x + 1);
    if (chance === 0) break;
    below.push(chance);
  }
  const own = (count === mode ? 1 : count > mode ? above[count - mode - 1] : below[mode - count - 1]) ?? 0;
  let [extreme, total] = [0, 0];
  // Add the small ones first, so that rounding does not lose them beside the large ones.
  for (const chance of [...above.reverse(), ...below.reverse(), 1]) {
    total += chance;
    if (chance <= own * tolerance) extreme += chance;
  }
  return Math.min(1, extreme / total);
}
