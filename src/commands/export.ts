import type { ExportRow, ExportSummary } from '../documents/export.ts';
import type { GivenRange } from '../domain/values/time-range.ts';
import { Failure } from '../failure.ts';
import { beginningOfTime, timezoneOption } from './program/common-options.ts';
import type { CommandContext } from './program/context.ts';
import type { CommandDeclaration } from './program/declaration.ts';

interface ExportOptions {
  since?: string | undefined;
  until?: string | undefined;
  answeredSince?: string | undefined;
  answeredUntil?: string | undefined;
  timezone?: string | undefined;
  format?: ExportSummary['format'] | undefined;
  output?: string | undefined;
  excel?: boolean | undefined;
}

/** Rows are written once this many characters have been gathered; a single row may be much larger. */
const charactersAtOnce = 65_536;

export const exportCommand: CommandDeclaration = {
  name: 'export',
  group: 'Surveys',
  summary: 'one row per closing, with everything that is known about it',
  details:
    'For a warehouse or a spreadsheet: every closing of the range, oldest first, as CSV or JSON lines. A file is ' +
    'replaced only once the new one is complete. A cell that a spreadsheet would compute gets a leading apostrophe. ' +
    'Trials are left out. Reads only the ledger: it needs no token and no network.',
  options: [
    { flags: '--since <time>', description: 'closed since then, e.g. 2026-11-01 or 7d' },
    { flags: '--until <time>', description: 'closed before then; a date means the end of that day (now)' },
    {
      flags: '--answered-since <time>',
      description: 'only closings with an answer received or changed since then, in the order of the answers',
    },
    {
      flags: '--answered-until <time>',
      description: 'only answers received or changed before then; a date means the end of that day (now)',
    },
    timezoneOption,
    {
      flags: '--format <format>',
      description: 'csv, or one JSON document per line (csv)',
      choices: ['csv', 'jsonl'],
    },
    { flags: '--output <file>', description: 'write to this file instead of stdout; only you can read it' },
    {
      flags: '--excel',
      description: 'begin the CSV with a byte order mark, so that Excel reads it as UTF-8',
    },
  ],
  examples: [
    'gcsat export --since 2026-11-01 --output november.csv --excel',
    'gcsat export --since yesterday --jsonl',
    'gcsat export --answered-since yesterday --answered-until yesterday --jsonl',
  ],
  async run(context, { options }) {
    const { parseTimeRange, refuseBadTimeRange } = await import('./program/time-range.ts');
    const { laneOf, zoneOf } = await import('./program/ledger-zone.ts');
    const { rangeText } = await import('../terminal/backfill-view.ts');
    const { withResultFile } = await import('../terminal/result-file.ts');
    const { exportRows } = await import('../workflow/operator/export.ts');
    const { output, clock, now, withLedger } = context;
    const { timezone, output: file, excel = false }: ExportOptions = options;
    const { closed, answered } = rangesOf(options);
    for (const given of [closed, answered]) {
      if (given !== null) refuseBadTimeRange(given, clock(), timezone);
    }
    const format = formatOf(context, options);
    const shape = await shapeOf(format, { excel, isArray: file === undefined && output.json });
    await withLedger({ writes: false, warnsOfPause: false }, async ({ ledger, delivery }) => {
      const texts = [closed, answered].flatMap((given) => [given?.since ?? [], given?.until ?? []].flat());
      const zone = timezone ?? (await zoneOf(ledger, texts, output));
      const range = { ...parseTimeRange(closed, clock(), zone), timezone: zone };
      const answers = answered === null ? null : parseTimeRange(answered, clock(), zone);
      if (closed.since !== beginningOfTime || closed.until !== undefined)
        output.info(`closings from ${rangeText(range)}`);
      if (answers !== null) output.info(`answers from ${rangeText({ ...answers, timezone: zone })}`);
      const rows = exportRows(ledger, range, now(), answers);
      const progress = output.progress('reading closings');
      const write = (to: (text: string) => Promise<boolean>): Promise<number> =>
        written(rows, shape, to, (count) => {
          context.signal.throwIfAborted();
          progress.update(`reading closings, ${count} read`);
        }).finally(() => progress.stop());
      const ofTrials = (count: number): void => {
        if (count > 0 || laneOf(delivery) === 'live') return;
        output.info('outbox surveys are trials, and trials are left out');
      };
      if (file === undefined) {
        ofTrials(await write((text) => output.part(text)));
        return;
      }
      const summary = await withResultFile(file, async ({ path, write: append }): Promise<ExportSummary> => {
        const count = await write((text) => append(text).then(() => true));
        return { file: path, format, range, answered: answers, rows: count };
      });
      const closings = `${summary.rows} ${summary.rows === 1 ? 'closing' : 'closings'}`;
      output.result(summary, () => `${closings} in ${summary.file}`);
      ofTrials(summary.rows);
    });
  },
};

/** The ranges as they were typed. @throws Failure kind usage */
function rangesOf({ since, until, answeredSince, answeredUntil }: ExportOptions): {
  closed: GivenRange;
  answered: GivenRange | null;
} {
  if (answeredSince === undefined && answeredUntil !== undefined) {
    throw usage('--answered-since is missing', 'Give e.g. --answered-since 7d.');
  }
  if (since === undefined && answeredSince === undefined) {
    throw usage('--since is missing', 'Give e.g. --since 7d, or --since 2020-01-01 for everything.');
  }
  return {
    closed: { since: since ?? beginningOfTime, until },
    answered: answeredSince === undefined ? null : { since: answeredSince, until: answeredUntil },
  };
}

function formatOf(
  { output }: CommandContext,
  { format, output: file, excel }: ExportOptions,
): ExportSummary['format'] {
  const isJson = output.jsonl || (output.json && file === undefined);
  if (isJson && (format === 'csv' || excel === true)) {
    const flag = output.jsonl ? '--jsonl' : '--json';
    throw usage(
      `${flag} and ${excel === true ? '--excel' : '--format csv'} contradict each other`,
      'Give one of them.',
    );
  }
  if (format === 'jsonl' && excel === true) {
    throw usage('--excel is for CSV', 'Leave it out, or leave --format out.');
  }
  return format ?? (isJson ? 'jsonl' : 'csv');
}

/** The text around all rows and of each row. */
interface Shape {
  readonly head: string;
  row(row: ExportRow, index: number): string;
  readonly foot: string;
}

async function shapeOf(
  format: ExportSummary['format'],
  { excel, isArray }: { excel: boolean; isArray: boolean },
): Promise<Shape> {
  if (format === 'csv') {
    const { byteOrderMark } = await import('../terminal/csv.ts');
    const { exportHeading, exportLine } = await import('../terminal/export-rows.ts');
    return { head: `${excel ? byteOrderMark : ''}${exportHeading()}`, row: exportLine, foot: '' };
  }
  const { serialize } = await import('../terminal/json.ts');
  if (!isArray) return { head: '', row: (row) => `${serialize(row)}\n`, foot: '' };
  const separator = (index: number): string => (index === 0 ? '\n' : ',\n');
  return { head: '[', row: (row, index) => `${separator(index)}${serialize(row)}`, foot: '\n]\n' };
}

/** @returns how many rows were written: fewer than there are if the reader of the output stopped */
async function written(
  rows: AsyncIterable<ExportRow>,
  shape: Shape,
  write: (text: string) => Promise<boolean>,
  onCount: (count: number) => void,
): Promise<number> {
  let text = shape.head;
  let count = 0;
  for await (const row of rows) {
    text += shape.row(row, count);
    count += 1;
    if (text.length < charactersAtOnce) continue;
    onCount(count);
    if (!(await write(text))) return count;
    text = '';
  }
  await write(text + shape.foot);
  return count;
}

function usage(message: string, hint: string): Failure {
  return new Failure('usage', 'bad_usage', message, { hint });
}
