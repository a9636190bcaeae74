import { addressSays } from './agent-address.ts';
import { mayBeFamilyFirst } from './family-first.ts';
import { isGivenName, isOnlyGivenName } from './given-names.ts';
import { nameKey } from './name-key.ts';
import { isCompany, isConjunction, isNoBeginning, isOfNobody, isParticle, isTitle } from './name-words.ts';

const longestFirstName = 40;
/** Signs of two people, a program, an address, or a quotation. */
const signsOfNoName = /[@\p{N}&+/\\|:;=_#*<>"“”„«»]/u;

/**
 * An agent's first name, from the full name and the address in the help desk: `Lee, Dr. Ann` and `Ann Lee` are both
 * `Ann`. Null unless it is certain.
 *
 * - No word may be a title, a group's, or a conjunction, and all words are in one script.
 * - Two or three words that begin with a capital are enough, unless the address contradicts.
 * - Any other shape (a single word, more words, words in capitals) needs a well-known first name, or an address with
 *   both names, like `ann.lee@`. So does `last, first`, which looks like `Ann, Paris`. In a script without capitals,
 *   only well-known names are used.
 * - An address like `lee.ann@` contradicts, and so does a name that may begin with the family name.
 */
export function firstNameOf(name: string | null, email: string | null = null): string | null {
  if (name === null || signsOfNoName.test(name)) return null;
  const readable = name.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').replace(/[^\P{C}\u200c\u200d]/gu, '');
  const [before = [], after, ...more] = readable.split(',').map(wordsOf);
  const all = [...before, ...(after ?? []), ...more.flat()];
  if (all.some(isNoWord) || all.some(isCompany) || !isOfOneScript(all)) return null;
  // Words in parentheses still count here.
  if (before.some(isOfNobody)) return null;
  const named = withoutBrackets(before);
  if (after === undefined) return inOrder(named, email);
  const given = withoutTitles(withoutBrackets(after));
  if (isLastFirst(named, given, email) || isOfTitled(named, given, after)) return usable(given[0]);
  return named.length > 1 && isSuffix(after) ? inOrder(named, email) : null;
}

/** The first name, from words that are written in the order in which they are said. */
function inOrder(written: readonly string[], email: string | null): string | null {
  const words = withoutTitles(written);
  // A single word after a title is a family name.
  if (words.length < written.length && words.length < 2) return null;
  const [first = '', ...rest] = words;
  // `José de la Cruz`: apart from such particles, no word of a name is in lower case.
  const others = rest.filter((word) => !isParticle(word));
  if (others.some((word) => /^\p{Ll}/u.test(word))) return null;
  const says = addressSays(email, first, others);
  if (says === 'contradicts' || mayBeFamilyFirst([first, ...others])) return null;
  const isPlain = (others.length === 1 || others.length === 2) && others.every(isPlainWord);
  return isPlain || says === 'confirms' || isOnlyGivenName(first) ? usable(first) : null;
}

/** Whether it is like `Lee, Ann`, as a well-known first name or the address shows. */
function isLastFirst(last: readonly string[], given: readonly string[], email: string | null): boolean {
  const [first = ''] = given;
  if (last.some(isOnlyGivenName) || given.some(isOfNobody)) return false;
  return isOnlyGivenName(first) || addressSays(email, first, last) === 'confirms';
}

/** Whether it is like `van der Berg, Jan` or `Lee, Dr. Ann`, which can only be `last, first`. */
function isOfTitled(last: readonly string[], given: readonly string[], after: readonly string[]): boolean {
  if (last.some(isOnlyGivenName) || given.some(isOfNobody)) return false;
  const [beginning = ''] = last;
  return given.length < after.length || (/^\p{Ll}/u.test(beginning) && isParticle(beginning));
}

/** What follows a full name: `PhD`, `M.Ed.`, `LCSW`, `Team Lead`. A single plain word may be a first name. */
function isSuffix(words: readonly string[]): boolean {
  const isAbbreviation = (word: string): boolean =>
    isTitle(word) || /\.|\p{Lu}$/u.test(word) || /^(?=.*\p{Lu}.*\p{Lu})\p{L}{2,4}$/u.test(word);
  return words.every(isAbbreviation) || (words.length > 1 && words.some(isOfNobody));
}

function isPlainWord(word: string): boolean {
  return (
    !isTitle(word) &&
    /^(?:\p{Lu}\.?|\p{Lu}[\p{L}\p{M}'’.-]*[\p{Ll}\p{M}]|[\p{Lo}\p{M}\u200c\u200d]+)$/u.test(word)
  );
}

function usable(word = ''): string | null {
  const isName =
    /^\p{Lu}[\p{L}\p{M}'’-]*[\p{Ll}\p{M}]$/u.test(word) ||
    // Without capitals, nothing tells a name from another word.
    (/^\p{Lo}[\p{Lo}\p{M}\u200c\u200d]*$/u.test(word) && isGivenName(word));
  return isName && word.length <= longestFirstName && !isNoBeginning(word) ? word : null;
}

/** A conjunction, `Ann’s`, or a sign between words. */
function isNoWord(word: string): boolean {
  return isConjunction(word) || /(?:'s|s')$/u.test(nameKey(word)) || !/\p{L}/u.test(word);
}

/** The words of a text, without emoji and other symbols, which say nothing. */
function wordsOf(text: string): string[] {
  return text.split(/\s/u).filter((word) => !/^[\p{S}\p{M}\u200d]*$/u.test(word));
}

function withoutBrackets(words: readonly string[]): string[] {
  const opened = words.findIndex((word, at) => at > 0 && word.startsWith('('));
  return opened === -1 || !(words.at(-1) ?? '').endsWith(')') ? [...words] : words.slice(0, opened);
}

/** Without `Prof. Dr.` at the beginning. */
function withoutTitles(words: readonly string[]): string[] {
  const first = words.findIndex((word) => !(/^\p{L}{2,}\.$/u.test(word) && isTitle(word)));
  return first === -1 ? [] : words.slice(first);
}

const scripts = ['Latin', 'Cyrillic', 'Greek', 'Arabic', 'Hebrew', 'Devanagari', 'Thai'].map(
  (script) => new RegExp(`^[\\P{L}\\p{Script=${script}}]*$`, 'u'),
);

function isOfOneScript(words: readonly string[]): boolean {
  return scripts.some((script) => words.every((word) => script.test(word)));
}
