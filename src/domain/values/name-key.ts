/**
 * The same for every spelling of one name: composed or decomposed, wide or narrow letters, upper or lower case, any white
 * space, with or without characters that cannot be seen.
 */
export function nameKey(name: string): string {
  return name
    .normalize('NFKC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replaceAll(/\s+/gu, ' ')
    .trim()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC');
}
