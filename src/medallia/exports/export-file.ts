import { isObject } from '../../domain/values/json.ts';
import { Failure } from '../../failure.ts';
import { arrayElements, longestRow } from './array-elements.ts';
import { csvRows, headingsOf } from './csv-rows.ts';
import { isExport } from './flat-row.ts';
import { UnreadableRow, type ExportedRow, type GivenRow } from './exported-row.ts';
import { readExportedRow } from './read-row.ts';
import { numberedLines, peek, textChunks } from './text-chunks.ts';

export type ExportFormat = 'csv' | 'json' | 'jsonl';

/** A row with the line that it begins in, from 1; or why it cannot be used. */
export type FileRow = { line: number } & ({ row: ExportedRow } | { unreadable: string });

export interface ExportFile {
  format: ExportFormat;
  rows: AsyncGenerator<FileRow, void, undefined>;
}

/** For a JSON document that is not a list, which must be read whole. */
const longestDocument = 64 * 1024 * 1024;
const longestHeading = 256 * 1024;

/**
 * Opens an export of Agent Connect: CSV with the columns of either generation, or rows of Data Return as one JSON array
 * or one per line. Memory does not grow with the file.
 *
 * @param name of the file, for messages
 * @throws Failure of kind usage, code `not_an_export`, for a file of another kind
 */
export async function openExport(bytes: AsyncIterable<Uint8Array>, name: string): Promise<ExportFile> {
  const { firstLine, all } = await peek(textChunks(bytes), longestHeading);
  if (firstLine.startsWith('[')) return { format: 'json', rows: readRows(arrayRows(all)) };
  if (firstLine.startsWith('{')) {
    const first = parsed(firstLine);
    if (isObject(first) && !hasList(first)) return { format: 'jsonl', rows: readRows(lineRows(all)) };
    return { format: 'json', rows: readRows(documentRows(await whole(all, name), name)) };
  }
  if (!isExport(headingsOf(firstLine)))
    throw notAnExport(name, 'its first line names no column of an export');
  return { format: 'csv', rows: readRows(csvRows(all, firstLine)) };
}

async function* readRows(
  given: AsyncIterable<GivenRow> | Iterable<GivenRow>,
): AsyncGenerator<FileRow, void, undefined> {
  for await (const one of given) {
    if ('unreadable' in one) {
      yield one;
      continue;
    }
    try {
      yield { line: one.line, row: readExportedRow(one.value) };
    } catch (error) {
      if (!(error instanceof UnreadableRow)) throw error;
      yield { line: one.line, unreadable: error.message };
    }
  }
}

async function* arrayRows(chunks: AsyncIterable<string>): AsyncGenerator<GivenRow, void, undefined> {
  for await (const { line, text } of arrayElements(chunks)) yield rowOfText(line, text);
}

async function* lineRows(chunks: AsyncIterable<string>): AsyncGenerator<GivenRow, void, undefined> {
  for await (const { line, text } of numberedLines(chunks, longestRow)) {
    if (text.trim() !== '') yield rowOfText(line, text);
  }
}

function rowOfText(line: number, text: string): GivenRow {
  if (text.length > longestRow) return { line, unreadable: 'it is too long' };
  const value = parsed(text);
  return value === undefined ? { line, unreadable: 'it is not JSON' } : { line, value };
}

/** Either one object with a list, as the older Data Return gave it, or one row over several lines. */
function* documentRows(text: string, name: string): Generator<GivenRow, void, undefined> {
  const value = parsed(text);
  if (!isObject(value)) throw notAnExport(name, 'it is not JSON');
  const list = hasList(value) ? value.responses : [value];
  // The line where each row begins is unknown: number the rows instead.
  for (const [index, one] of list.entries()) yield { line: index + 1, value: one };
}

function hasList(value: Record<string, unknown>): value is { responses: unknown[] } {
  return Array.isArray(value['responses']);
}

/** Undefined when the text is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function whole(chunks: AsyncIterable<string>, name: string): Promise<string> {
  let text = '';
  for await (const chunk of chunks) {
    text += chunk;
    if (text.length > longestDocument)
      throw notAnExport(name, 'it is one large JSON document that is not a list');
  }
  return text;
}

function notAnExport(name: string, why: string): Failure {
  return new Failure('usage', 'not_an_export', `${name} is not an export of Agent Connect: ${why}`, {
    hint: 'Give an export as CSV, or rows of Data Return as a JSON array or JSON lines.',
  });
}
