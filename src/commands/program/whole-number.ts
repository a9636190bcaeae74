import { Failure } from '../../failure.ts';

/** @throws Failure kind usage with the given code, by default `bad_value` */
export function wholeNumber(
  flag: string,
  text: string,
  { code = 'bad_value', least = 0, most }: { code?: string; least?: number; most?: number } = {},
): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= (most ?? 999_999_999)) return value;
  const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new Failure('usage', code, `${flag} does not accept '${text}'`, {
    hint: `Give a whole number ${range}.`,
  });
}
