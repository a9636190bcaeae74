/** The shares between which chance alone keeps a group of `of` answers. */
export interface ControlLimits {
  readonly low: number;
  readonly high: number;
}

/** The probability beyond each of the two limits: 2.5% for 95% limits, 0.1% for 99.8% limits. */
export const warningTail = 0.025;
export const alarmTail = 0.001;

/**
 * Exact binomial control limits of a funnel plot, interpolated between two counts as in Spiegelhalter, "Funnel plots
 * for comparing institutional performance" (Statistics in Medicine 24, 2005), appendix A.1.1. The upper limit is 1
 * minus the lower limit for the answers that are not satisfied. So a share lies below `low` or above `high` exactly if
 * chance gives a share that extreme with a probability of less than `tail`.
 *
 * @param of answers in the group, at least 1
 * @param expected the share among all answers, from 0 to 1
 * @param tail more than 0 and less than 0.5
 */
export function controlLimits(of: number, expected: number, tail: number): ControlLimits {
  return { low: lowerLimit(of, expected, tail), high: 1 - lowerLimit(of, 1 - expected, tail) };
}

function lowerLimit(of: number, expected: number, tail: number): number {
  if (expected >= 1) return 1;
  const { from, weights, total } = binomialWeights(of, expected);
  let below = 0;
  for (const [index, weight] of weights.entries()) {
    const upTo = below + weight / total;
    if (upTo >= tail) {
      const back = (upTo - tail) / (upTo - below);
      return Math.max(0, (from + index - back) / of);
    }
    below = upTo;
  }
  return expected;
}

/** A weight this much smaller than the largest one changes no sum. */
const negligible = 1e-25;

/**
 * The probabilities of the counts `from`, `from + 1`, … times `total`. Computed outward from the likeliest count, so
 * that nothing underflows.
 */
function binomialWeights(of: number, expected: number): { from: number; weights: number[]; total: number } {
  const mode = Math.min(of, Math.floor((of + 1) * expected));
  const odds = expected / (1 - expected);
  const fewer: number[] = [];
  for (let count = mode, weight = 1; count > 0; count -= 1) {
    weight *= count / ((of - count + 1) * odds);
    if (weight < negligible) break;
    fewer.push(weight);
  }
  const weights = [...fewer.toReversed(), 1];
  for (let count = mode, weight = 1; count < of; count += 1) {
    weight *= ((of - count) * odds) / (count + 1);
    if (weight < negligible) break;
    weights.push(weight);
  }
  return {
    from: mode - fewer.length,
    weights,
    total: weights.reduce((sum, weight) => sum + weight, 0),
  };
}
