/** How many of two groups are in question. */
export interface TwoByTwo {
  readonly count: number;
  readonly of: number;
  readonly otherCount: number;
  readonly otherOf: number;
}

/** Tables that are as likely count as at least as extreme, although rounding makes them differ; as R's fisher.test has it. */
const tolerance = 1 + 1e-7;

/**
 * The two-sided p-value of Fisher's exact test: how likely a table is, with the same sums, that is at most as likely as
 * this one. Probabilities are relative to that of the likeliest table, from which each follows by its neighbor, so that
 * millions cost no more than the width of the distribution, and nothing overflows.
 */
export function fisherTwoSided({ count, of, otherCount, otherOf }: TwoByTwo): number {
  const all = of + otherOf;
  const counted = count + otherCount;
  const least = Math.max(0, counted - otherOf);
  const most = Math.min(of, counted);
  /** Of a table over the one before it. */
  const ratio = (x: number): number => ((of - x + 1) * (counted - x + 1)) / (x * (otherOf - counted + x));
  const mode = Math.min(most, Math.max(least, Math.floor(((of + 1) * (counted + 1)) / (all + 2))));

  // Falling on both sides of the mode; beyond the smallest number that there is, nothing is likely.
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
  // The small ones first, so that they are not lost beside the large ones.
  for (const chance of [...above.reverse(), ...below.reverse(), 1]) {
    total += chance;
    if (chance <= own * tolerance) extreme += chance;
  }
  return Math.min(1, extreme / total);
}
