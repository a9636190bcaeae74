/**
 * Includes control characters, unless they are white space. U+0640 only stretches a word, and U+2800 is a braille
 * pattern without dots.
 */
const invisible = /[\p{Default_Ignorable_Code_Point}\u0640\u2800\ufff9-\ufffb]|(?![\s\u0085])\p{Cc}/gu;

/**
 * A key that is the same for every spelling of one name: composed or decomposed, wide or narrow letters, upper or lower
 * case, any white space, hyphen, or apostrophe, with or without invisible characters.
 */
export function nameKey(name: string): string {
  return (
    name
      .normalize('NFKC')
      .replaceAll(invisible, '')
      .replaceAll(/[\s\u0085]+/gu, ' ')
      .replaceAll(/[\p{Pd}\u2212\u2043]/gu, '-')
      // NFKC turns the sign for seconds into two signs for minutes.
      .replaceAll(/[\u201c-\u201f\u00ab\u00bb\u05f4]|\u2032\u2032/g, '"')
      // Word processors and phones type these instead of the plain apostrophe.
      .replaceAll(/[\u2018-\u201b\u02bb\u02bc\u05f3\u2032`]| \u0301/g, "'")
      .replaceAll(/[\u2215\u2044]/g, '/')
      .replaceAll(/[\u2236\ua789]/g, ':')
      .replaceAll('\u2217', '*')
      // Persian keyboards have their own letters for these two Arabic ones.
      .replaceAll('\u06cc', '\u064a')
      .replaceAll('\u06a9', '\u0643')
      .trim()
      // Lower case first: in upper case, ß becomes SS, but the capital ẞ stays as it is.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      // In lower case, the Turkish capital İ becomes an i with a second dot.
      .replaceAll('i\u0307', 'i')
      .normalize('NFKC')
  );
}

/** Whether any of the values is among the entries, in any spelling. */
export function listed(entries: readonly string[], values: readonly (string | null)[]): boolean {
  const wanted = new Set(entries.map(nameKey));
  return values.some((value) => value !== null && wanted.has(nameKey(value)));
}
