import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { oneLine } from '../../domain/values/one-line.ts';
import { Problem, cutOff, failureAbout, problemOf, unreadable, type Subject } from '../http/errors.ts';
import { apiPath } from '../http/path.ts';
import type { Call, Requests } from '../http/requests.ts';

export interface ReportRequest {
  /** Gladly's name of the report, e.g. `ConversationTimestampsReport`. */
  metricSet: string;
  /** First and last day, YYYY-MM-DD, both inclusive, in the time zone. */
  startAt: string;
  endAt: string;
  timezone: string;
}

/** Gladly makes a report while we wait; its own sample code allows this much for the answer. */
const patienceMs = 300_000;
/** A report that never comes is requested once more, which gives up after about ten minutes. */
const secondTryMs = 30_000;
const maxRecordCharacters = 1024 * 1024;

/**
 * The rows of a report, with the given columns only. Columns are found by their headings, wherever they stand; a missing
 * one is a Failure of kind contract. A failure before the first row is tried again, a later one is thrown. The first row
 * may take 5 minutes in each try; no try begins later than 5.5 minutes after the first.
 */
export async function* readReport(
  requests: Requests,
  request: ReportRequest,
  columns: readonly string[],
): AsyncGenerator<Record<string, string>, void, undefined> {
  const firstMs = Math.max(patienceMs, requests.timeoutMs);
  const call: Call = {
    operation: 'generateReport',
    about: { noun: null, id: request.metricSet },
    method: 'POST',
    path: apiPath`/reports`,
    json: request,
    accept: 'text/csv, application/json;q=0.9',
    time: { firstMs, idleMs: requests.timeoutMs },
    kind: 'report',
    triesMs: firstMs + secondTryMs,
  };
  const subject = requests.subject(call);
  const tries = requests.tries(call);
  let given = false;
  for (;;) {
    try {
      const answer = await requests.once(call, () => tries.leaving());
      for await (const record of recordsOf(answer.chunks(), columns, subject)) {
        given = true;
        yield record;
      }
      return;
    } catch (error) {
      const problem = problemOf(subject, error);
      if (!(problem instanceof Problem)) throw problem;
      if (given) throw problem.failure;
      await tries.again(problem);
    }
  }
}

/** The records of one CSV stream, keyed by the given headings. */
export async function* recordsOf(
  chunks: AsyncIterable<Uint8Array>,
  columns: readonly string[],
  subject: Subject,
): AsyncGenerator<Record<string, string>, void, undefined> {
  let lastByte = 0;
  async function* watched(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of chunks) {
      lastByte = chunk.at(-1) ?? lastByte;
      yield chunk;
    }
  }
  const parser = parse({
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: maxRecordCharacters,
  });
  // The parser is read below, where every error comes out.
  pipeline(Readable.from(watched(), { objectMode: false }), parser, () => undefined);

  let places: number[] | null = null;
  let width = 0;
  let short: string[] | null = null;
  const keyed = (row: readonly string[]): Record<string, string> =>
    Object.fromEntries(columns.map((column, index) => [column, row[places?.[index] ?? -1] ?? '']));

  try {
    for await (const row of parser as AsyncIterable<string[]>) {
      if (places === null) {
        places = placesOf(row, columns, subject);
        width = row.length;
        continue;
      }
      if (short !== null) yield keyed(short);
      short = row.length < width ? row : null;
      if (short === null) yield keyed(row);
    }
  } catch (error) {
    throw error instanceof CsvError ? malformed(error, subject) : error;
  }
  if (places === null) throw unreadable(subject, 'it is empty', { repeatable: true });
  if (short === null) return;
  // A last row with fewer cells and no line break was cut off.
  if (lastByte !== lineFeed) throw cutOff(subject);
  yield keyed(short);
}

const lineFeed = 10;

function placesOf(headings: readonly string[], columns: readonly string[], subject: Subject): number[] {
  const known = headings.map(comparable);
  const places = columns.map((column) => known.indexOf(comparable(column)));
  const missing = columns.filter((_, index) => places[index] === -1);
  if (missing.length > 0) {
    const report = oneLine(subject.id ?? subject.operation, 80);
    const message = `The report ${report} of ${subject.host} has no column ${missing.join(', ')}`;
    const hint = 'Gladly may have renamed it: update gcsat, and report this if it is the newest version.';
    throw new Problem(failureAbout(subject, 'contract', 'missing_heading', message, hint));
  }
  return places;
}

function comparable(heading: string): string {
  return heading.trim().toLowerCase();
}

function malformed(error: CsvError, subject: Subject): Problem {
  return error.code === 'CSV_QUOTE_NOT_CLOSED'
    ? cutOff(subject)
    : unreadable(subject, `its CSV is broken (${error.code})`);
}
