import { lineWithin } from '../domain/survey/rich-text.ts';

/**
 * A stranger's text as one line: line breaks and control characters become spaces; invisible and direction-changing
 * characters are removed, but not the joiners that Persian and Indic names need. Longer text is cut between
 * characters and ends in an ellipsis.
 *
 * @param maximum in UTF-16 units, including the ellipsis
 */
export function singleLine(text: string, maximum: number): string {
  const visible = text
    // Enough for any cut: cleaning a name of several megabytes would be a waste.
    .slice(0, maximum * 16)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/[^\P{C}\u200c\u200d]/gu, '');
  return lineWithin(visible, maximum);
}
