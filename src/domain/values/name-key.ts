/**
 * The same for every spelling of one name: composed or decomposed, wide or narrow letters, upper or lower case, any white
 * space, hyphen or apostrophe, with or without characters that cannot be seen.
 */
export function nameKey(name: string): string {
  return (
    name
      .normalize('NFKC')
      // The last one only stretches a word of Arabic script.
      .replaceAll(/[\p{Default_Ignorable_Code_Point}\u0640]/gu, '')
      .replaceAll(/[\s\u0085]+/gu, ' ')
      .replaceAll(/[\p{Pd}\u2212]/gu, '-')
      // Word processors and phones type these for the plain ones.
      .replaceAll(/[\u2018-\u201b\u02bc\u2032`]| \u0301/g, "'")
      .replaceAll(/[\u201c-\u201f\u2033\u00ab\u00bb]/g, '"')
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
