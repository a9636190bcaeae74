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

/** Words after a comma that are not first names, as in `Ann Lee, PhD`. */
const suffixes = new Set(['jr', 'sr', 'ii', 'iii', 'iv', 'phd', 'md', 'esq', 'mba', 'rn', 'cpa']);

const longestFirstName = 40;

/**
 * An agent's first name, from the full name in the help desk: `Lee, Dr. Ann` and `Ann Lee` are both `Ann`. Null when none
 * would fit into a sentence: only titles, an e-mail address, or a word longer than 40 characters.
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
