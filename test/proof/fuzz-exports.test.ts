import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ExportRow } from '../../src/documents/export.ts';
import { reasonCodes } from '../../src/domain/closing/reason.ts';
import { csvLine } from '../../src/terminal/csv.ts';
import { exportHeading, exportLine } from '../../src/terminal/export-rows.ts';
import { serialize } from '../../src/terminal/json.ts';
import { flattened, withoutGuard } from '../workflow/operator/flattened.ts';
import { proofTimeoutMs } from './extent.ts';
import { holds } from './property.ts';

/** Reads CSV as RFC 4180 defines it, and refuses everything else. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const quoted = /^"((?:[^"]|"")*)"/.exec(text.slice(at));
    const plain = /^[^",\r\n]*/.exec(text.slice(at))![0];
    row.push(quoted === null ? plain : quoted[1]!.replaceAll('""', '"'));
    at += quoted === null ? plain.length : quoted[0].length;
    if (text[at] === ',') at += 1;
    else if (text.startsWith('\r\n', at)) {
      rows.push(row);
      row = [];
      at += 2;
    } else throw new Error(`no CSV from ${JSON.stringify(text.slice(at, at + 20))} on`);
  }
  if (row.length > 0) throw new Error('the last row has no end');
  return rows;
}

/** What strangers are known to write and spreadsheets to misread, between any letters. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom('"', '""', "'", ',', ';', '\n', '=', '+', '-', '@', '|', '＝', '−', ' ', '\u00A0'),
      fc.constantFrom(
        '=cmd|’/C calc’!A0',
        '=HYPERLINK("https://x.example","y")',
        '😀',
        'é',

        '0123',
      ),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
    ),
    { maxLength: 8 },
  )
  // The CSV leaves out invisible characters.
  .map((parts) => parts.join('').replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ''));
const computed = /^\s*[=+\-@\u2212\uFE62\uFE63\uFE66\uFE6B\uFF0B\uFF0D\uFF1D\uFF20\t\r]/u;

const time = fc.constantFrom('2026-11-22T10:00:00.000Z', '2026-11-22T23:59:59.999Z');
const orNull = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(of, { nil: null });
const named = fc.record({ id: hostile, name: orNull(hostile) });

const exported: fc.Arbitrary<ExportRow> = fc.record({
  closingId: hostile,
  conversationId: hostile,
  closedAt: time,
  state: fc.constantFrom('sent', 'answered', 'suppressed'),
  reasons: fc.array(fc.record({ code: fc.constantFrom(...reasonCodes), detail: hostile }), { maxLength: 2 }),
  customer: orNull(
    fc.record({ id: orNull(hostile), name: orNull(hostile), email: orNull(hostile), phone: orNull(hostile) }),
  ),
  agent: orNull(fc.record({ id: hostile, name: orNull(hostile), email: orNull(hostile) })),
  respondedAt: orNull(time),
  channel: orNull(hostile),
  assignee: orNull(named),
  responders: fc.array(named, { maxLength: 3 }),
  inbox: orNull(named),
  topics: fc.array(named, { maxLength: 3 }),
  brand: orNull(hostile),
  survey: orNull(
    fc.record({
      id: hostile,
      provider: fc.constantFrom('smtp', null),
      sentAt: orNull(time),
      openedAt: orNull(time),
      remindedAt: orNull(time),
    }),
  ),
  answer: orNull(
    fc.record({
      rating: fc.integer({ min: 1, max: 5 }),
      resolved: fc.constantFrom(null, true, false),
      reason: orNull(hostile),
      comment: orNull(hostile),
      question: orNull(fc.record({ kind: fc.constant('text' as const), text: hostile, answer: hostile })),
      answeredAt: time,
      revision: fc.integer({ min: 1, max: 9 }),
    }),
  ),
  card: orNull(fc.record({ itemId: hostile, postedAt: orNull(time) })),
  notes: fc.array(fc.record({ at: time, text: hostile, done: fc.boolean() }), { maxLength: 2 }),
  imported: orNull(fc.record({ id: hostile, askedAt: orNull(time) })),
  medallia: fc.constant(null),
});

describe('an export', { timeout: proofTimeoutMs }, () => {
  test('is read back from its CSV as from its JSON lines, and nothing in it is a formula', () => {
    const [heading = []] = readCsv(exportHeading());
    holds(
      fc.property(fc.array(exported, { minLength: 1, maxLength: 4 }), (rows) => {
        const cells = readCsv(rows.map(exportLine).join(''));
        expect(cells.map((row) => row.length)).toEqual(rows.map(() => heading.length));
        for (const cell of cells.flat()) if (!/^-?\d+$/.test(cell)) expect(cell).not.toMatch(computed);
        const records = cells.map((row) =>
          Object.fromEntries(row.map((cell, index) => [heading[index]!, cell])),
        );
        const lines = rows.map((row) => JSON.parse(serialize(row)) as Record<string, unknown>);
        expect(records.map(withoutGuard)).toEqual(lines.map(flattened));
      }),
    );
  });

  test('has one cell for each value, whatever bytes it holds', () => {
    const any = fc.oneof(
      fc.string({ unit: 'binary' }),
      hostile,
      fc.double(),
      fc.boolean(),
      fc.constant(null),
    );
    holds(
      fc.property(fc.array(any, { minLength: 2, maxLength: 8 }), (values) => {
        const [row, ...more] = readCsv(csvLine(values));
        expect([row?.length, more]).toEqual([values.length, []]);
        for (const [index, cell] of row!.entries()) {
          if (typeof values[index] === 'string') expect(cell).not.toMatch(computed);
        }
      }),
    );
  });
});
