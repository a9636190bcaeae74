/**
 * The same for every spelling of one name: composed or decomposed, wide or narrow letters, upper or lower case, any white
 * space, hyphen or apostrophe, with or without characters that cannot be seen.
 */
export function nameKey(name: string): string {
  return (
    name
      .normalize('NFKC')
      .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
      .replaceAll(/[\s\u0085]+/gu, ' ')
      .replaceAll(/[\p{Pd}\u2212]/gu, '-')
      // Word processors and phones type these for the plain ones.
      .replaceAll(/[\u2018\u2019\u201b\u02bc\u2032]/g, "'")
      .replaceAll(/[\u201c\u201d\u201f\u2033]/g, '"')
      .trim()
      // Lower first: the capital of ß has no capitals of its own.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      .normalize('NFKC')
  );
}
