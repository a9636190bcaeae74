import { fisherTwoSided } from './fisher.ts';

export type Difference = 'above' | 'below' | 'no' | 'too_few';

/** Satisfied answers out of all answers, or customers who answered out of those who were asked. */
interface Counted {
  readonly count: number;
  readonly of: number;
}

/** Of the rows reported as different, at most this share is expected to be wrong. */
const falseDiscoveryRate = 0.05;

/**
 * Which rows differ from all others in the report: Fisher's exact test for each row with an `of` of at least `minimum`,
 * then Benjamini and Hochberg over those rows, so that chance alone makes none stand out among many.
 */
export function differencesOf(
  rows: readonly Counted[],
  overall: Counted,
  minimum: number,
): readonly Difference[] {
  const isCompared = rows.map(({ of }) => of >= Math.max(1, minimum));
  const compared = rows.filter((_, index) => isCompared[index]);
  const differ = discoveries(
    compared.map((row) => fisherTwoSided({ ...row, ...restOf(row, overall) })),
    falseDiscoveryRate,
  );
  const verdicts = compared.map((row, index): Difference => {
    if (differ[index] !== true) return 'no';
    const { otherCount, otherOf } = restOf(row, overall);
    return row.count * otherOf > otherCount * row.of ? 'above' : 'below';
  });
  let next = 0;
  return isCompared.map((is) => (is ? (verdicts[next++] ?? 'no') : 'too_few'));
}

function restOf(row: Counted, overall: Counted): { otherCount: number; otherOf: number } {
  return { otherCount: overall.count - row.count, otherOf: overall.of - row.of };
}

/** Benjamini and Hochberg's step-up procedure: which hypotheses are rejected, in the order given. */
export function discoveries(pValues: readonly number[], rate: number): boolean[] {
  const ascending = [...pValues].sort((one, other) => one - other);
  const last = ascending.findLastIndex((p, index) => p <= ((index + 1) / pValues.length) * rate);
  const threshold = ascending[last] ?? -1;
  return pValues.map((p) => p <= threshold);
}
