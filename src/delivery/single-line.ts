/**
 * Text of a stranger as one line for a mail: line breaks and control characters become spaces, invisible and
 * direction-changing characters go (but not the joiners that Persian and Indic names are written with), lone
 * surrogates too. Longer text is cut between characters and ends in an ellipsis.
 *
 * @param maximum in UTF-16 units, the ellipsis included
 */
export function singleLine(text: string, maximum: number): string {
  const line = text
    // No cut needs more, and names of megabytes are not worth cleaning whole.
    .slice(0, maximum * 16)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/[^\P{C}\u200c\u200d]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
  return line.length <= maximum ? line : `${cut(line, maximum - 1).trimEnd()}…`;
}

function cut(text: string, maximum: number): string {
  const endsInHalf = /[\ud800-\udbff]/.test(text.charAt(maximum - 1));
  return text.slice(0, endsInHalf ? maximum - 1 : maximum);
}
