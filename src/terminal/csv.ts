import { stringify } from 'csv-stringify/sync';
import { redact } from './redact.ts';
import { cleanBlock } from './text.ts';

/** Makes Excel read the file as UTF-8. */
export const byteOrderMark = '\uFEFF';

// Spreadsheets compute a cell that begins like this, even behind spaces and invisible characters, which some of them
// remove. East Asian spreadsheets treat full-width and small forms the same. Text that already begins with
// apostrophes also gets ours, so that removing one always restores the text.
const formula =
  /^(?:'*[\s\p{Z}\p{Cc}\p{Cf}]*[=+\-@\u2212\uFE62\uFE63\uFE66\uFE6B\uFF0B\uFF0D\uFF1D\uFF20]|'*[\t\r])/u;

/**
 * One row as in RFC 4180, with its line break. A text that a spreadsheet would compute is quoted and gets a leading
 * apostrophe; numbers stay numbers. Control characters and secrets are removed, and a tab becomes a space.
 *
 * @param cells null and undefined become empty cells
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
