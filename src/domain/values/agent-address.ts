import { mayBeFamilyFirst } from './family-first.ts';
import { isGivenName } from './given-names.ts';
import { nameKey } from './name-key.ts';
import { isOfNobody } from './name-words.ts';
import { wordKey } from './word-key.ts';

/**
 * What an agent's address says about which word of the name comes first, with `Ann Lee` as the example:
 *
 * - `confirms`: `ann.lee@`, `annlee@`, `ann.l@`, `alee@`, and `annie.lee@`. If the name is one word, what follows it in
 *   the address has to look like a person's name.
 * - `begins`: `ann@` and `ann.smith@`. So do addresses of groups: `acme@`.
 * - `contradicts`: `lee.ann@`, `leeann@`, `lee@`, and `lann@`. So does a domain with the name of the first word, unless
 *   that is a well-known first name: then the word is a company's name.
 */
export function addressSays(
  email: string | null,
  first: string,
  others: readonly string[],
): 'confirms' | 'begins' | 'contradicts' | 'nothing' {
  const { parts, company } = readAddress(email);
  const [beginning = ''] = parts;
  const firsts = spellings(first);
  const rest = others.flatMap(spellings);
  const isCompany = [...firsts, ...spellings([first, ...others].join(''))].some((word) => company.has(word));
  if (isCompany && !isGivenName(first)) return 'contradicts';
  const confirms =
    rest.length === 0 ? firsts.includes(beginning) && isOfPerson(parts) : leads(parts, firsts, rest);
  if (confirms) return 'confirms';
  if (firsts.includes(beginning)) return 'begins';
  return rest.includes(beginning) || leads(parts, rest, firsts) ? 'contradicts' : 'nothing';
}

/** Whether the address has one of the first words, or its initial, before one of the next words, or its initial. */
function leads(parts: readonly string[], firsts: readonly string[], next: readonly string[]): boolean {
  const [beginning = '', following = ''] = parts;
  const whole = parts.join('');
  return firsts.some((first) =>
    next.some(
      (word) =>
        [first + word, first.slice(0, 1) + word].includes(whole) ||
        (beginning === first && following === word.slice(0, 1)) ||
        (following === word && beginning.startsWith(first.slice(0, 1))),
    ),
  );
}

/**
 * Whether the parts are a first name and then something of a family name: `smith.john@` has them the other way around.
 */
function isOfPerson(parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  if (rest.length === 0 || parts.some(isOfNobody) || mayBeFamilyFirst(parts)) return false;
  return isGivenName(first) || !rest.some(isGivenName);
}

function readAddress(email: string | null): { parts: string[]; company: ReadonlySet<string> } {
  const [local = '', domain = ''] = nameKey(email ?? '').split('@');
  const parts = local
    .replace(/\+.*/u, '')
    .split(/[._-]/u)
    .map((part) => wordKey(part).replaceAll(/[^\p{L}]/gu, ''));
  const labels = domain.split('.').slice(0, -1);
  return {
    parts: parts.filter(Boolean),
    company: new Set(labels.flatMap((label) => [label.replaceAll('-', ''), ...label.split('-')])),
  };
}

/** For `Jürgen`: `jurgen` and `juergen`. */
function spellings(word: string): string[] {
  const key = nameKey(word).replaceAll('ł', 'l').replaceAll('đ', 'd').replaceAll('æ', 'ae');
  const long = key.replaceAll(/[äöüø]/gu, (letter) => ({ ä: 'ae', ö: 'oe', ü: 'ue' })[letter] ?? 'oe');
  const letters = [key.replaceAll('ø', 'o'), long].map((one) => wordKey(one).replaceAll(/[^\p{L}]/gu, ''));
  return [...new Set(letters)].filter(Boolean);
}
