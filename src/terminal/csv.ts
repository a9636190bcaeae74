import { stringify } from 'csv-stringify/sync';
import { redact } from './redact.ts';
import { cleanBlock } from './text.ts';

/** Makes Excel read the file as UTF-8. */
export const byteOrderMark = '\uFEFF';

// Spreadsheets compute what begins like this, also behind spaces and invisible characters, which some of them remove. Full
// width and small forms are the same to those of East Asia. Apostrophes before it: one is ours, and removing one gives the
// text back.
const formula =
  /^(?:'*[\s\p{Z}\p{Cc}\p{Cf}]*[=+\-@\u2212\uFE62\uFE63\uFE66\uFE6B\uFF0B\uFF0D\uFF1D\uFF20]|'*[\t\r])/u;

/**
 * One row after RFC 4180, with its line break. A text that a spreadsheet would compute is quoted and gets an apostrophe before
 * it; numbers stay numbers. Control characters and secrets are removed, and a tab becomes a space.
 *
 * @param cells null and undefined are empty
 */
export function csvLine(cells: readonly unknown[]): string {
  return stringify([cells.map(cellOf)], {
    record_delimiter: 'windows',
    quote_record_delimiter: true,
    quoted_match: /^'/,
  });
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return textOf(typeof value === 'string' ? value : JSON.stringify(value));
}

function textOf(value: string): string {
  const text = cleanBlock(redact(value).replace(/\r\n?/g, '\n').replaceAll('\t', ' '), false);
  return formula.test(value) || formula.test(text) ? `'${text}` : text;
}
