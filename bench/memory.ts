import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ClosingReport } from '../src/domain/closing/closing.ts';
import { recordClosings } from '../src/store/closings/closing-reports.ts';
import { closingsOfConversation } from '../src/store/closings/closings.ts';
import type { Ledger } from '../src/store/ledger/ledger.ts';
import { openLedger } from '../src/store/open.ts';
import { releaseClaim } from '../src/store/queue/claims.ts';
import { claimNextDue } from '../src/store/queue/next-due.ts';
import { countDue } from '../src/store/views/counts.ts';
import { currentWorker } from '../src/store/ledger/workers.ts';
import { numbersOf } from './options.ts';
import { environmentOf, runProgram, withFolder } from './program.ts';
import { askAll, printAnswers, question, type Answers } from './questions.ts';
import { closedAtOf, conversationIdOf, serveReports, type ReportedRange } from './report-server.ts';
import { count, megabytes, print, printMachine, printTable, seconds, times } from './table.ts';

/** Whether memory and the ledger's answers stay the same however many closings a backfill finds. */
const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '10000,100000,1000000' } },
});
/** The lane of the `outbox` delivery, which the benchmarks use. */
const lane = 'trial';
const day = 86_400_000;
const today = Math.floor(Date.now() / day) * day;
/** UTC days of which each has a report that is not too large, old enough for the reports to be complete. */
const [fromMs, untilMs] = [today - 22 * day, today - 2 * day];

interface Measured {
  rows: number;
  first: { seconds: number; peakBytes: number };
  again: { seconds: number; peakBytes: number };
  ledgerBytes: number;
  answers: Answers;
}

interface Subject {
  ledger: Ledger;
  range: ReportedRange;
}

const worker = currentWorker();
const now = new Date().toISOString();

/** 500 reports of the closings from this row on. */
function reportsFrom(range: ReportedRange, first: number, rows: number): ClosingReport[] {
  return Array.from({ length: 500 }, (_, index) => {
    const row = (first + index) % rows;
    return {
      lane,
      conversationId: conversationIdOf(row),
      customerId: null,
      closedAt: closedAtOf(range, row),
      source: 'report',
      seenAt: now,
    };
  });
}

const questions = [
  question('claim the next due, and give it back', 300, async ({ ledger }: Subject) => {
    const closing = await claimNextDue(ledger, worker, now, lane);
    if (closing === null) throw new Error('nothing was due');
    await releaseClaim(ledger, closing.id, worker);
  }),
  question('closings of a conversation', 300, ({ ledger, range }: Subject, turn) => {
    const row = Math.floor(((turn + 0.5) * range.rows) / 300);
    return closingsOfConversation(ledger, conversationIdOf(row), lane);
  }),
  question('500 reports of known closings', 20, ({ ledger, range }: Subject, turn) =>
    recordClosings(ledger, reportsFrom(range, turn * 500, range.rows)),
  ),
  question('500 reports of new closings', 20, ({ ledger, range }: Subject, turn) =>
    recordClosings(ledger, reportsFrom(range, range.rows + turn * 500, Number.POSITIVE_INFINITY)),
  ),
  question('how many are due?', 5, ({ ledger }: Subject) => countDue(ledger, now, lane)),
];

/** Leaves the ledger as if the run had ended a while ago: all decided, the queue empty, the rate limits unused. */
async function settleAll(ledger: Ledger): Promise<void> {
  const code = 'no_agent_response';
  const reasons = JSON.stringify([{ code, detail: 'no agent responded' }]);
  await ledger.write('ledger', async (trx) => {
    await trx
      .updateTable('closings')
      .set({ state: 'suppressed', queued: 0, reasons, reason_codes: code })
      .execute();
    await trx.deleteFrom('limits').execute();
  });
}

async function measure(rows: number): Promise<Measured> {
  const range = { fromMs, untilMs, rows };
  const server = await serveReports(range);
  try {
    return await withFolder(async (folder) => {
      const account = { origin: server.origin, email: 'bench@example.com', token: 'bench' };
      const env = environmentOf(folder, account);
      const date = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
      const args = ['backfill', '--source', 'report', '--timezone', 'UTC', '--limit', '1', '--yes'];
      const backfill = [...args, '--since', date(fromMs), '--until', date(untilMs - day)];
      const first = await runProgram(backfill, env);
      if (first.document.closings !== rows)
        throw new Error(`${first.document.closings} of ${rows} were found`);
      const path = join(folder, 'ledger.db');
      const ledgerBytes = statSync(path).size;
      const ledger = await openLedger(path);
      const [answers = new Map()] = await askAll(questions, [{ ledger, range }]).finally(() =>
        ledger.close(),
      );
      const settling = await openLedger(path);
      await settleAll(settling).finally(() => settling.close());
      const again = await runProgram(backfill, env);
      return { rows, first, again, ledgerBytes, answers };
    });
  } finally {
    await server.close();
  }
}

printMachine('before');
const idle = await withFolder(async (folder) => {
  await (await openLedger(join(folder, 'ledger.db'))).close();
  const account = { origin: 'http://127.0.0.1:9', email: 'bench@example.com', token: 'bench' };
  return runProgram(['surveys', 'list'], environmentOf(folder, account));
});
const all: Measured[] = [];
for (const rows of numbersOf(options.rows)) all.push(await measure(rows));
const base = all[0]!;

print(`resident memory at its peak; a command that reads an empty ledger needs ${megabytes(idle.peakBytes)}`);
printTable(
  ['closings found', 'all new', 'ratio', 'took', 'all known', 'ratio', 'took', 'ledger', 'bytes each'],
  all.map(({ rows, first, again, ledgerBytes }) => [
    count(rows),
    megabytes(first.peakBytes),
    times(first.peakBytes / base.first.peakBytes),
    seconds(first.seconds),
    megabytes(again.peakBytes),
    times(again.peakBytes / base.again.peakBytes),
    seconds(again.seconds),
    megabytes(ledgerBytes),
    (ledgerBytes / rows).toFixed(0),
  ]),
);
printAnswers(all);
printMachine('after');
