import { parse } from 'csv-parse/sync';
import type { GivenRow } from './exported-row.ts';
import { columnName } from './flat-row.ts';
import { numberedLines } from './text-chunks.ts';

/** The limits of one row: a quotation mark that is never closed must not swallow the rest of the file. */
const mostLines = 500;
const longestRecord = 256 * 1024;

const delimiters = [',', ';', '\t'] as const;

/** The most frequent delimiter in the first line; spreadsheets in some countries save semicolons. */
function delimiterOf(firstLine: string): string {
  const heading = firstLine.replaceAll(/"[^"]*"/g, '');
  const count = (delimiter: string): number => heading.split(delimiter).length;
  return delimiters.reduce((best, one) => (count(one) > count(best) ? one : best));
}

export function headingsOf(firstLine: string): string[] {
  return fieldsOf(firstLine, delimiterOf(firstLine), true) ?? [];
}

/**
 * The rows of a CSV (RFC 4180), keyed by `columnName` of the headings. A row with broken quotation marks ends with its
 * line, and the rows after it are read.
 */
export async function* csvRows(
  chunks: AsyncIterable<string>,
  firstLine: string,
): AsyncGenerator<GivenRow, void, undefined> {
  const delimiter = delimiterOf(firstLine);
  const names = headingsOf(firstLine).map(columnName);
  const asRow = (line: number, fields: readonly string[]): GivenRow => ({
    line,
    value: Object.fromEntries(names.map((name, index) => [name, fields[index] ?? ''])),
  });
  const alone = ({ line, text }: Line): GivenRow => {
    const fields = fieldsOf(text, delimiter, true);
    if (fields === null) return { line, unreadable: 'its quotation marks are broken' };
    const isWhole = fields.length === names.length;
    return isWhole ? asRow(line, fields) : { line, unreadable: `it has ${fields.length} columns` };
  };
  /** Lines that are not read yet; the first begins a record. */
  const waiting: Line[] = [];
  function* read(isEnd: boolean): Generator<GivenRow, void, undefined> {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      const lines = completeLines(waiting);
      if (lines === null && !isEnd && !isTooLong(waiting)) return;
      const text = waiting.slice(0, lines ?? 0).map((line) => line.text);
      const fields = lines === null ? null : fieldsOf(text.join('\n'), delimiter, false);
      const isRow = fields?.length === names.length;
      yield isRow ? asRow(first.line, fields) : alone(first);
      waiting.splice(0, isRow ? text.length : 1);
    }
  }
  let isHeading = true;
  for await (const { line, text } of numberedLines(chunks, longestRecord)) {
    if (waiting.length === 0 && text.trim() === '') continue;
    if (isHeading) isHeading = false;
    else waiting.push({ line, text: text.replace(/\r$/, ''), marks: text.split('"').length - 1 });
    yield* read(false);
  }
  yield* read(true);
}

/** How many lines the first record takes: as many as close its quotation marks. Null when there are too few lines. */
function completeLines(lines: readonly Line[]): number | null {
  let marks = 0;
  const last = lines.findIndex((line) => (marks += line.marks) % 2 === 0);
  return last < 0 ? null : last + 1;
}

function isTooLong(lines: readonly Line[]): boolean {
  return (
    lines.length >= mostLines || lines.reduce((length, { text }) => length + text.length, 0) >= longestRecord
  );
}

interface Line {
  line: number;
  text: string;
  /** The number of quotation marks. */
  marks: number;
}

/** Null when the text is not a record. `relaxed`: a quotation mark may stand anywhere. */
function fieldsOf(text: string, delimiter: string, relaxed: boolean): string[] | null {
  try {
    const [fields = []]: string[][] = parse(text, { delimiter, relax_quotes: relaxed });
    return fields;
  } catch {
    return null;
  }
}
