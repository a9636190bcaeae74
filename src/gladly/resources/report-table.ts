import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { oneLine } from '../../domain/values/one-line.ts';
import { isTimeZone } from '../../domain/values/time-zone.ts';
import { nameKey } from '../../domain/values/name-key.ts';
import { otherThanData } from '../http/body.ts';
import { Problem, cutOff, failureAbout, notAnAnswer, unreadable, type Subject } from '../http/errors.ts';
import { withoutAddresses } from '../http/refusal.ts';

/** The code of a report that is empty, or only blank lines: Gladly sends one for days without rows. */
export const emptyReport = 'report_empty';

const maxRecordCharacters = 1024 * 1024;
/** Fifty times as many rows as a report holds. */
const mostRows = 5_000_000;
const lineFeed = 10;
/** Enough of the beginning to distinguish a table from a page, an error, or a sentence. */
const beginningLength = 200;

/**
 * The rows of one stream of CSV, keyed by the given headings. Blank lines, a byte order mark, white space around a
 * cell, and the spelling of a heading (`nameKey`) do not matter. Readers of a report have nothing else to tolerate.
 * Anything that is not a table is a temporary Problem; a table with other headings, with a row of another width, or
 * with the days of another time zone is a Problem of kind contract.
 *
 * @param wanted headings; one that ends in a question mark may be missing: its cells have the key without the mark, and
 *   are then empty
 * @param timeZone in which the report was requested
 */
export async function* recordsOf(
  chunks: AsyncIterable<Uint8Array>,
  wanted: readonly string[],
  subject: Subject,
  timeZone: string | null = null,
): AsyncGenerator<Record<string, string>, void, undefined> {
  const seen = { beginning: '', lastByte: 0 };
  const columns = wanted.filter((column) => !isOptional(column));
  const optional = wanted.filter(isOptional).map((column) => column.slice(0, -1));
  // The parser is read below, where every error surfaces.
  const parser = parse({
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: maxRecordCharacters,
  });
  const table = Readable.from(withoutBlankBeginning(chunks, seen, subject), { objectMode: false });
  pipeline(table, parser, () => undefined);

  let headings: string[] | null = null;
  let places: number[] = [];
  let zonePlace = -1;
  let zone = '';
  let narrow: string[] | null = null;
  let rows = 0;
  try {
    for await (const row of parser as AsyncIterable<string[]>) {
      if (isBlank(row)) continue;
      if (headings === null) {
        headings = row;
        zonePlace = row.map(comparable).indexOf(zoneHeading);
        places = placesOf(row, columns, optional) ?? [];
        if (places.length === 0 && row.length > 1 && hasAny(row, columns))
          throw missingHeading(row, columns, subject);
        if (places.length === 0 && row.length < columns.length) throw aText(seen.beginning, subject);
        continue;
      }
      // None of the headings, so perhaps text with commas: rows of a report have digits in them.
      if (places.length === 0) {
        const isTable = row.length === headings.length && row.some((cell) => /\d/.test(cell));
        throw isTable ? missingHeading(headings, columns, subject) : aText(seen.beginning, subject);
      }
      if (narrow !== null) throw otherWidth(narrow, headings, rows, subject);
      rows += 1;
      if (rows > mostRows) throw unreadable(subject, `it has more than ${mostRows} rows`);
      if (row.length > headings.length) throw otherWidth(row, headings, rows, subject);
      // Only the last row can be cut off.
      if (row.length < headings.length) narrow = row;
      else if (timeZone !== null && (row[zonePlace] ?? '') !== zone) {
        zone = row[zonePlace] ?? '';
        if (isOtherZone(zone, timeZone)) throw otherZone(zone, timeZone, subject);
      }
      if (narrow === null) yield keyed(row, [...columns, ...optional], places);
    }
  } catch (error) {
    throw error instanceof CsvError ? malformed(error, subject) : error;
  }
  if (headings === null) throw empty(subject);
  if (places.length === 0) throw aText(seen.beginning, subject);
  if (narrow !== null)
    throw seen.lastByte === lineFeed ? otherWidth(narrow, headings, rows, subject) : cutOff(subject);
}

/** Drops white space and byte order marks before the table, and checks whether it can be a table. */
async function* withoutBlankBeginning(
  chunks: AsyncIterable<Uint8Array>,
  seen: { beginning: string; lastByte: number },
  subject: Subject,
): AsyncGenerator<Uint8Array, void, undefined> {
  let held = Buffer.alloc(0);
  let blanks = 0;
  for await (const chunk of chunks) {
    seen.lastByte = chunk.at(-1) ?? seen.lastByte;
    if (seen.beginning !== '') {
      yield chunk;
      continue;
    }
    const bytes = Buffer.concat([held, chunk]);
    const rest = bytes.subarray(blankLength(bytes));
    blanks += bytes.length - rest.length;
    if (blanks > mostBlanks) throw unreadable(subject, 'it begins with more than 1 MiB of blank lines');
    held = Buffer.alloc(0);
    // The mark has three bytes, which may come one by one.
    if (rest[0] === byteOrderMark[0] && rest.length < byteOrderMark.length) held = Buffer.from(rest);
    else if (rest.length > 0) {
      seen.beginning = rest.subarray(0, beginningLength).toString('utf8');
      const found = /^[{[]/.test(seen.beginning) ? 'an error' : otherThanData(seen.beginning);
      if (found !== null && found !== 'a text') throw notAnAnswer(subject, found);
      yield rest;
    }
  }
}

const byteOrderMark = Buffer.from('\ufeff');
const mostBlanks = 1024 * 1024;

/** How many bytes of white space and byte order marks come first. */
function blankLength(bytes: Buffer): number {
  let at = 0;
  for (;;) {
    if (bytes.subarray(at, at + byteOrderMark.length).equals(byteOrderMark)) at += byteOrderMark.length;
    else if ([9, 10, 13, 32].includes(bytes[at] ?? 0)) at += 1;
    else return at;
  }
}

function keyed(
  row: readonly string[],
  columns: readonly string[],
  places: readonly number[],
): Record<string, string> {
  return Object.fromEntries(columns.map((column, index) => [column, row[places[index] ?? -1]?.trim() ?? '']));
}

function isOptional(column: string): boolean {
  return column.endsWith('?');
}

/** In a report that has this column, every row names the time zone of its days. */
const zoneHeading = 'timezone filter';

/** A spelling that we do not know may mean any zone. */
function isOtherZone(written: string, asked: string): boolean {
  const zone = canonicalZone(written.trim());
  return zone !== null && zone !== canonicalZone(asked);
}

function canonicalZone(name: string): string | null {
  if (!isTimeZone(name)) return null;
  const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
  return /^(?:Etc\/)?(?:GMT|UTC)$/.test(timeZone) ? 'UTC' : timeZone;
}

function otherZone(zone: string, asked: string, subject: Subject): Problem {
  return unreadable(subject, `its days are in ${oneLine(zone, 40)}, but days in ${asked} were requested`);
}

function isBlank(row: readonly string[]): boolean {
  return row.length === 1 && (row[0] ?? '').trim() === '';
}

/** The index of each column; null when a required one is missing. */
function placesOf(
  headings: readonly string[],
  columns: readonly string[],
  optional: readonly string[],
): number[] | null {
  const known = headings.map(comparable);
  const placed = (column: string): number => known.indexOf(comparable(column));
  const places = columns.map(placed);
  return places.includes(-1) ? null : [...places, ...optional.map(placed)];
}

function hasAny(headings: readonly string[], columns: readonly string[]): boolean {
  const known = headings.map(comparable);
  return columns.some((column) => known.includes(comparable(column)));
}

function comparable(heading: string): string {
  return nameKey(heading);
}

function empty(subject: Subject): Problem {
  const message = `The report ${nameOf(subject)} from ${subject.host} is empty`;
  const failure = failureAbout(subject, 'temporary', emptyReport, message, 'Run it again later.');
  return new Problem(failure, { repeatable: true });
}

function missingHeading(headings: readonly string[], columns: readonly string[], subject: Subject): Problem {
  const known = headings.map(comparable);
  const missing = columns.filter((column) => !known.includes(comparable(column)));
  const message = `The report ${nameOf(subject)} of ${subject.host} has no column ${missing.join(', ')}`;
  const hint = 'Gladly may have renamed it: update gcsat, and report this if it is the newest version.';
  return new Problem(failureAbout(subject, 'contract', 'missing_heading', message, hint));
}

/** A sentence among the rows says why they end there. Anything else is a table that cannot be trusted. */
function otherWidth(
  row: readonly string[],
  headings: readonly string[],
  number: number,
  subject: Subject,
): Problem {
  // Every row of a report has a time.
  if (row.length === 1 || !row.some((cell) => /\d/.test(cell)))
    return notAnAnswer(subject, 'text among its rows');
  return unreadable(subject, `its row ${number} has ${row.length} cells and its heading ${headings.length}`);
}

function aText(beginning: string, subject: Subject): Problem {
  return notAnAnswer(subject, `a text: ${oneLine(withoutAddresses(beginning).trim(), 80)}`);
}

function malformed(error: CsvError, subject: Subject): Problem {
  return error.code === 'CSV_QUOTE_NOT_CLOSED'
    ? cutOff(subject)
    : unreadable(subject, `its CSV is broken (${error.code})`);
}

function nameOf(subject: Subject): string {
  return oneLine(subject.id ?? subject.operation, 80);
}
