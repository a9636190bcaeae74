import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { fillLedger } from '../../../bench/filled-ledger.ts';
import type { ReportCounts, ReportDocument, ReportRow } from '../../../src/documents/report.ts';
import { runInside, runJsonInside } from '../../support/run-inside.ts';
import { temporaryFolder } from '../../support/run.ts';

/** A row of the export, as a spreadsheet shows it. */
type Row = Record<string, string>;

const columnOf = { agent: 'agent.id', inbox: 'inbox.id', channel: 'channel', topic: 'topics.id' } as const;
type Field = keyof typeof columnOf;

/** Wilson's interval as textbooks write it, in percent to one decimal. */
function shareOf(count: number, of: number): unknown {
  if (of === 0) return { count, of, value: null, low: null, high: null };
  const z = 1.959964;
  const p = count / of;
  const center = p + (z * z) / (2 * of);
  const margin = z * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of));
  const [low, high] = [center - margin, center + margin].map((end) => end / (1 + (z * z) / of));
  return { count, of, value: rounded(p), low: rounded(Math.max(0, low!)), high: rounded(Math.min(1, high!)) };
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1e5) / 1e5 + 0;
}

function figuresOf(rows: readonly Row[]): unknown {
  const ratings = rows.flatMap((row) => (row['answer.rating'] === '' ? [] : [Number(row['answer.rating'])]));
  const isOf = (...states: string[]) => rows.filter(({ state = '' }) => states.includes(state));
  const answered = isOf('answered').filter((row) => row['survey.provider'] !== '').length;
  const asked = answered + isOf('sending', 'sent', 'uncertain').length;
  return {
    closed: rows.length,
    asked,
    suppressed: isOf('suppressed').length,
    csat: shareOf(ratings.filter((rating) => rating >= 4).length, ratings.length),
    responseRate: shareOf(answered, asked),
    mean: ratings.length === 0 ? null : rounded(ratings.reduce((sum, one) => sum + one, 0) / ratings.length),
    distribution: [1, 2, 3, 4, 5].map((stars) => ratings.filter((rating) => rating === stars).length),
  };
}

function reported({
  closed,
  asked,
  suppressed,
  csat,
  responseRate,
  mean,
  distribution,
}: ReportCounts): unknown {
  const share = ({ count, of, value, low, high }: ReportCounts['csat']) => ({
    ...{ count, of, value: rounded(value), low: rounded(low), high: rounded(high) },
  });
  return {
    ...{
      closed,
      asked,
      suppressed,
      csat: share(csat),
      responseRate: share(responseRate),
      mean: rounded(mean),
    },
    distribution: Object.values(distribution),
  };
}

test('every figure of a report is what a calculator makes of the exported rows', async () => {
  const database = join(temporaryFolder(), 'gcsat.db');
  const untilMs = Date.parse('2026-11-22T00:00:00.000Z');
  await fillLedger(database, { fromMs: untilMs - 30 * 86_400_000, untilMs, rows: 300 });
  const range = [
    '--database',
    database,
    '--timezone',
    'UTC',
    '--since',
    '2026-10-01',
    '--until',
    '2026-12-01',
  ];
  const { stdout } = await runInside(['export', ...range]);
  const rows: Row[] = parse(stdout, { columns: true });
  expect(rows.length).toBeGreaterThan(250);

  type Filter = Partial<Record<'inbox' | 'channel' | 'topic', string>>;
  const questions: readonly (readonly [by: Field, filter: Filter])[] = [
    ['agent', {}],
    ['inbox', {}],
    ['topic', {}],
    ['channel', { inbox: 'inbox-1' }],
    ['topic', { channel: 'sms' }],
    ['agent', { inbox: 'inbox-2', channel: 'email' }],
    ['inbox', { topic: 'topic-3', channel: 'chat' }],
  ];
  for (const [by, filter] of questions) {
    const only = Object.entries(filter).flatMap(([name, value]) => [`--${name}`, value]);
    const meant = rows.filter((row) =>
      Object.entries(filter).every(([name, value]) => valuesOf(row, name as Field).includes(value)),
    );
    const { document } = await runJsonInside(['report', ...range, '--by', by, ...only]);
    const report = document as ReportDocument;
    expect([filter, reported(report.overall)]).toEqual([filter, figuresOf(meant)]);
    const groups = new Set(meant.flatMap((row) => valuesOf(row, by)));
    expect(report.rows.map((row) => keyOf(row, by)).toSorted()).toEqual([...groups].toSorted());
    for (const row of report.rows) {
      const key = keyOf(row, by);
      const own = meant.filter((one) => valuesOf(one, by).includes(key));
      expect([filter, by, key, reported(row)]).toEqual([filter, by, key, figuresOf(own)]);
    }
  }
});

/** The values of a field; an empty text if there is none. */
function valuesOf(row: Row, field: Field): string[] {
  return (row[columnOf[field]] ?? '').split(/[;,|] ?/);
}

function keyOf({ key }: ReportRow, field: Field): string {
  const value = key[field] as { id: string } | string | null;
  return value === null ? '' : typeof value === 'string' ? value : value.id;
}
