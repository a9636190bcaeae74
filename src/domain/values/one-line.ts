// eslint-disable-next-line no-control-regex -- these are the characters to remove
const harmful = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g;

/** Foreign text for a message: one line without control or direction characters, cut to `maxLength` characters. */
export function oneLine(text: string, maxLength: number): string {
  const characters = Array.from(text.replace(harmful, ' '));
  return characters.length <= maxLength ? characters.join('') : `${characters.slice(0, maxLength).join('')}…`;
}
