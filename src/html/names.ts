import { singleLine } from './single-line.ts';

export const longestCompanyName = 80;
export const longestFirstName = 40;

/** A name for a sentence, as one line; null if nothing in it is visible. */
export function visibleName(name: string | null, longest: number): string | null {
  const line = singleLine(name ?? '', longest);
  return /[\p{L}\p{N}\p{S}\p{P}]/u.test(line) ? line : null;
}

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Keeps a right-to-left name from reordering the words around it: `bdi` as characters, which also work in titles. */
export function isolated(name: string): string {
  return rightToLeft.test(name) ? `\u2068${name}\u2069` : name;
}
