import { lineWithin } from '../domain/survey/rich-text.ts';

/**
 * A stranger's text as one line: line breaks and control characters become spaces; invisible and direction-changing
 * characters go, but not the joiners that Persian and Indic names need. Longer text is cut between characters and ends
 * in an ellipsis.
 *
 * @param maximum in UTF-16 units, the ellipsis included
 */
export function singleLine(text: string, maximum: number): string {
  const visible = text
    // Enough for any cut: a name of megabytes is not worth cleaning.
    .slice(0, maximum * 16)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/[^\P{C}\u200c\u200d]/gu, '');
  return lineWithin(visible, maximum);
}
