import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Closing, ClosingReport } from '../src/domain/closing/closing.ts';
import { addressHistory, type HistoryQuestion } from '../src/store/addresses/history.ts';
import { recordClosings } from '../src/store/closings/closing-reports.ts';
import type { Ledger } from '../src/store/ledger/ledger.ts';
import { openLedger } from '../src/store/open.ts';
import { releaseClaim } from '../src/store/queue/claims.ts';
import { claimNextDue } from '../src/store/queue/next-due.ts';
import { newerWaiting } from '../src/store/queue/waiting.ts';
import type { ClosedBetween } from '../src/store/views/counts.ts';
import { currentWorker } from '../src/store/ledger/workers.ts';
import { listSurveys, showSurvey } from '../src/workflow/operator/surveys.ts';
import { summarizeRange } from '../src/workflow/runs/summary.ts';
import { addressOf, busyMinute, keyOf } from './filled-closing.ts';
import { fillLedger } from './filled-ledger.ts';
import { numbersOf } from './options.ts';
import { withFolder } from './program.ts';
import { askAll, printAnswers, question } from './questions.ts';
import { closedAtOf, customerIdOf, type ReportedRange } from './report-server.ts';
import { count, megabytes, printMachine, printTable, seconds } from './table.ts';

/** Which queries cost more in a larger ledger. */
const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '1000,1000000' } },
});
const day = 86_400_000;
const untilMs = Date.now();
const fromMs = untilMs - 365 * day;
const now = new Date(untilMs).toISOString();
const worker = currentWorker();

interface Subject {
  range: ReportedRange;
  ledger: Ledger;
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** A row for each turn, spread over all rows. */
function rowOf({ rows }: ReportedRange, turn: number, turns: number): number {
  return Math.floor(((turn + 0.5) * rows) / turns);
}

const week: ClosedBetween = {
  lane: 'live',
  since: new Date(untilMs - 28 * day).toISOString(),
  until: new Date(untilMs - 21 * day).toISOString(),
};

/** A range with the same number of closings in every ledger. */
function shortRange(range: ReportedRange, turn: number): ClosedBetween {
  const first = Math.min(rowOf(range, turn, 50), range.rows - 20);
  return { lane: 'live', since: closedAtOf(range, first), until: closedAtOf(range, first + 20) };
}

function reportsOf(range: ReportedRange, rowAt: (index: number) => number): ClosingReport[] {
  return Array.from({ length: 500 }, (_, index) => ({
    ...keyOf(range, rowAt(index)),
    customerId: null,
    source: 'report',
    seenAt: now,
  }));
}

function known(range: ReportedRange, turn: number): ClosingReport[] {
  const first = rowOf(range, turn, 20);
  return reportsOf(range, (index) => (first + index) % range.rows);
}

function knownOfBusyMinute(range: ReportedRange): ClosingReport[] {
  const { first, rows } = busyMinute(range);
  return reportsOf(range, (index) => first + (index % rows));
}

/** Reports of rows after the last one, so that none is known. */
function unknown(range: ReportedRange, turn: number): ClosingReport[] {
  return reportsOf(range, (index) => range.rows + turn * 500 + index);
}

function historyQuestion(range: ReportedRange, turn: number): HistoryQuestion {
  const since = new Date(untilMs - 30 * day).toISOString();
  return { address: addressOf(rowOf(range, turn, 20)), since, lane: 'live', except: null };
}

function waitingQuestion(
  range: ReportedRange,
  turn: number,
): Pick<Closing, 'customerId' | 'closedAt' | 'lane'> {
  const row = rowOf(range, turn, 20);
  return { customerId: customerIdOf(row), closedAt: keyOf(range, row).closedAt, lane: 'live' };
}

const questions = [
  question('surveys list --limit 50', 100, ({ ledger }: Subject) =>
    all(listSurveys(ledger, { limit: 50 }, now)),
  ),
  question('surveys list --limit 10 --state failed', 100, ({ ledger }: Subject) =>
    all(listSurveys(ledger, { limit: 10, states: ['failed'] }, now)),
  ),
  question('surveys show', 200, ({ ledger, range }: Subject, turn) =>
    showSurvey(ledger, keyOf(range, rowOf(range, turn, 200)).conversationId, now),
  ),
  question('summary of 20 closings', 50, ({ ledger, range }: Subject, turn) =>
    summarizeRange(ledger, shortRange(range, turn)),
  ),
  question('summary of a week', 20, ({ ledger }: Subject) => summarizeRange(ledger, week)),
  question(
    'claim the next due closing',
    100,
    ({ ledger }: Subject) => claimNextDue(ledger, worker, now, 'live'),
    async ({ ledger }, closing) => {
      if (closing === null) throw new Error('nothing was due');
      await releaseClaim(ledger, closing.id, worker);
    },
  ),
  question('what else was sent to an address', 20, ({ ledger, range }: Subject, turn) =>
    addressHistory(ledger, historyQuestion(range, turn)),
  ),
  question('newer closing of a customer that waits', 20, ({ ledger, range }: Subject, turn) =>
    newerWaiting(ledger, waitingQuestion(range, turn), now),
  ),
  question('500 reports of known closings', 20, ({ ledger, range }: Subject, turn) =>
    recordClosings(ledger, known(range, turn)),
  ),
  question('500 reports of one busy minute', 5, ({ ledger, range }: Subject) =>
    recordClosings(ledger, knownOfBusyMinute(range)),
  ),
  // Last, because it makes a small ledger grow.
  question('500 reports of new closings', 10, ({ ledger, range }: Subject, turn) =>
    recordClosings(ledger, unknown(range, turn)),
  ),
];

async function fill(folder: string, rows: number): Promise<string[]> {
  const path = join(folder, `${rows}.db`);
  const began = performance.now();
  const range = { fromMs, untilMs, rows };
  await fillLedger(path, range);
  const took = (performance.now() - began) / 1000;
  return [count(rows), megabytes(statSync(path).size), seconds(took)];
}

printMachine('before');
await withFolder(async (folder) => {
  const sizes = numbersOf(options.rows);
  const filled: string[][] = [];
  for (const rows of sizes) filled.push(await fill(folder, rows));
  const subjects: Subject[] = [];
  try {
    for (const rows of sizes) {
      const ledger = await openLedger(join(folder, `${rows}.db`));
      subjects.push({ ledger, range: { fromMs, untilMs, rows } });
    }
    for (const [index, { ledger }] of subjects.entries()) {
      const { closings } = await summarizeRange(ledger, week);
      filled[index]?.push(count(closings));
    }
    printTable(['closings of a year', 'ledger', 'filled in', 'closings of the week'], filled);
    const answers = await askAll(questions, subjects);
    printAnswers(sizes.map((rows, index) => ({ rows, answers: answers[index] ?? new Map() })));
  } finally {
    for (const { ledger } of subjects) await ledger.close();
  }
});
printMachine('after');
