/** Also control characters, unless they are white space; U+0640 only stretches a word, and U+2800 is a dot pattern without dots. */
const invisible = /[\p{Default_Ignorable_Code_Point}\u0640\u2800\ufff9-\ufffb]|(?![\s\u0085])\p{Cc}/gu;

/**
 * The same for every spelling of one name: composed or decomposed, wide or narrow letters, upper or lower case, any white
 * space, hyphen or apostrophe, with or without characters that cannot be seen.
 */
export function nameKey(name: string): string {
  return (
    name
      .normalize('NFKC')
      .replaceAll(invisible, '')
      .replaceAll(/[\s\u0085]+/gu, ' ')
      .replaceAll(/[\p{Pd}\u2212\u2043]/gu, '-')
      // NFKC takes the sign of seconds for two of minutes.
      .replaceAll(/[\u201c-\u201f\u00ab\u00bb\u05f4]|\u2032\u2032/g, '"')
      // Word processors and phones type these for the plain ones.
      .replaceAll(/[\u2018-\u201b\u02bb\u02bc\u05f3\u2032`]| \u0301/g, "'")
      .replaceAll(/[\u2215\u2044]/g, '/')
      .replaceAll(/[\u2236\ua789]/g, ':')
      .replaceAll('\u2217', '*')
      // Persian keyboards have letters of their own for these two of Arabic.
      .replaceAll('\u06cc', '\u064a')
      .replaceAll('\u06a9', '\u0643')
      .trim()
      // Lower first: the capital of ß has no capitals of its own.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      // Turkish has a capital of i with a dot, whose lower case keeps the dot beside its own.
      .replaceAll('i\u0307', 'i')
      .normalize('NFKC')
  );
}

/** Entries and values meet in any spelling. */
export function listed(entries: readonly string[], values: readonly (string | null)[]): boolean {
  const wanted = new Set(entries.map(nameKey));
  return values.some((value) => value !== null && wanted.has(nameKey(value)));
}
