import { nameKey } from './name-key.ts';

/** First words that are no name, or may be none: `Dr Lee`, `Support Team`. */
const uncertain = new Set(
  `dr mr mrs ms mx miss prof professor doctor sir madam rev herr frau ing mag mme mlle monsieur madame señor señora sra srta
  the team support help desk helpdesk service services customer client care success sales billing admin administrator
  agent bot api system test account accounts office manager supervisor lead chat phone email web night day shift new
  no unknown user staff guest virtual assistant automation integration`.split(/\s+/),
);

const longestFirstName = 40;

/**
 * An agent's first name, from the full name in the help desk: `Lee, Dr. Ann` and `Ann Lee` are both `Ann`. Null wherever it
 * is not certain: a title and one word, initials, a word in capitals, digits, `Ann Lee, Nurse` (which may be `last, first`),
 * and scripts in which the family name comes first.
 */
export function firstNameOf(name: string | null): string | null {
  if (name === null || /[@\p{N}]/u.test(name)) return null;
  const readable = name.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').replace(/[^\P{C}\u200c\u200d]/gu, '');
  const [before = [], after] = readable.split(',').map((part) => part.split(/\s+/u).filter(Boolean));
  const isLastFirst = after !== undefined && (before.length === 1 || /^\p{Ll}/u.test(before[0] ?? ''));
  if (isLastFirst) return certain(withoutTitles(after)[0]);
  if (after?.length === 1 && certain(after[0]) !== null) return null;
  const words = withoutTitles(before);
  // What follows a title alone is a family name.
  if (words.length < before.length && words.length < 2) return null;
  return certain(words[0]);
}

function withoutTitles(words: readonly string[]): string[] {
  const first = words.findIndex((word) => !/^\p{L}{2,}\.$/u.test(word));
  return first === -1 ? [] : words.slice(first);
}

function certain(word = ''): string | null {
  const isName =
    /^\p{Lu}[\p{L}\p{M}'’-]*[\p{Ll}\p{M}]$/u.test(word) || /^\p{Lo}[\p{Lo}\p{M}\u200c\u200d]*$/u.test(word);
  const isFamilyFirst = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(word);
  if (!isName || isFamilyFirst || word.length > longestFirstName || uncertain.has(nameKey(word))) return null;
  return word;
}
