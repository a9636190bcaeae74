const titles = new Set([
  ...['dr', 'mr', 'mrs', 'ms', 'mx', 'miss', 'prof', 'professor', 'doctor', 'sir', 'madam', 'rev'],
  ...[
    'herr',
    'frau',
    'ing',
    'dipl-ing',
    'mag',
    'mme',
    'mlle',
    'monsieur',
    'madame',
    'señor',
    'señora',
    'sra',
    'srta',
  ],
]);

/** What may follow the comma of a name without being a first name: `Ann Lee, PhD`. */
const suffixes = new Set(['jr', 'sr', 'ii', 'iii', 'iv', 'phd', 'md', 'esq', 'mba', 'rn', 'cpa']);

const longestFirstName = 40;

/**
 * The name to call an agent by, from the full name that the help desk shows: `Lee, Dr. Ann` and `Ann Lee` are
 * both `Ann`. Null when there is none that could stand in a sentence: nothing but titles, an e-mail address, or
 * a word longer than 40 characters.
 */
export function firstNameOf(name: string | null): string | null {
  if (name === null || name.includes('@')) return null;
  const readable = name.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').replace(/[^\P{C}\u200c\u200d]/gu, '');
  const [beforeComma = '', afterComma = ''] = readable.split(',');
  const first = firstWord(afterComma, new Set([...titles, ...suffixes])) ?? firstWord(beforeComma, titles);
  return first === null || first.length > longestFirstName ? null : first;
}

function firstWord(text: string, skipped: ReadonlySet<string>): string | null {
  const words = text.split(/\s+/u).filter((word) => /\p{L}/u.test(word));
  return words.find((word) => !skipped.has(word.replaceAll('.', '').toLowerCase())) ?? null;
}
