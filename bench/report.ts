import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import type { ReportDocument } from '../src/documents/report.ts';
import type { Ledger } from '../src/store/ledger/ledger.ts';
import { openLedger } from '../src/store/open.ts';
import { reportOf, type ReportQuestion } from '../src/workflow/scores/report.ts';
import { noFilters } from '../test/support/no-filters.ts';
import { fillLedger } from './filled-ledger.ts';
import { numbersOf } from './options.ts';
import { environmentOf, runProgram, withFolder } from './program.ts';
import { askAll, printAnswers, question } from './questions.ts';
import { count, megabytes, print, printMachine, printTable, seconds, times } from './table.ts';

/** What a report costs compared with the same question in plain SQL, and whether its memory stays flat. */
const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '1000,1000000' }, turns: { type: 'string', default: '3' } },
});
const turns = Number(options.turns);
const day = 86_400_000;
const untilMs = Date.now();
const fromMs = untilMs - 365 * day;

const year: ReportQuestion = {
  range: { since: new Date(fromMs).toISOString(), until: new Date(untilMs).toISOString() },
  timezone: 'America/Chicago',
  by: ['agent'],
  filters: noFilters,
  minimum: 10,
  satisfiedFrom: 4,
  lowRating: 2,
  withPrevious: false,
  withCredit: false,
};
const week = { ...year.range, since: new Date(untilMs - 7 * day).toISOString() };

/** The query that somebody who knows the tables would write. */
function plainSql(ledger: Ledger): Promise<unknown> {
  return ledger.read((db) =>
    sql`SELECT agent_id, count(*), sum(state = 'suppressed'), sum(state IN ('pending', 'scheduled', 'failed')),
        sum(state IN ('sending', 'sent', 'uncertain', 'answered')), sum(state = 'answered'),
        sum(EXISTS (SELECT 1 FROM visits WHERE visits.survey_id = closings.survey_id AND kind <> 'scanner')),
        sum(answers.rating = 1), sum(answers.rating = 2), sum(answers.rating = 3), sum(answers.rating = 4), sum(answers.rating = 5), sum(resolved)
      FROM closings LEFT JOIN answers ON state = 'answered' AND answers.survey_id = closings.survey_id
        AND revision = (SELECT max(revision) FROM answers AS newest WHERE newest.survey_id = closings.survey_id)
      WHERE lane = 'live' AND closed_at >= ${year.range.since} AND closed_at < ${year.range.until}
      GROUP BY agent_id`.execute(db),
  );
}

const asked = (more: Partial<ReportQuestion>) => (ledger: Ledger) => reportOf(ledger, { ...year, ...more });

const questions = [
  question('plain SQL, by agent, of the year', turns, plainSql),
  question('report --by agent, of the year', turns, asked({})),
  question('report, of the year', turns, asked({ by: [] })),
  question('report --by topic, of the year', turns, asked({ by: ['topic'] })),
  question('report --by week,agent, of the year', turns, asked({ by: ['week', 'agent'] })),
  question('report --by reason, of the year', turns, asked({ by: ['reason'] })),
  question('report --credit-compare, of the year', turns, asked({ by: [], withCredit: true })),
  question(
    'report --agent, of the year',
    turns,
    asked({ filters: { ...noFilters, agents: [{ id: 'agent-3', name: null }] } }),
  ),
  question(
    'report --by agent, of a week, and the week before',
    turns,
    asked({ range: week, withPrevious: true }),
  ),
];

interface Measured {
  rows: number;
  path: string;
  run: { document: ReportDocument; seconds: number; peakBytes: number };
}

printMachine('before');
await withFolder(async (folder) => {
  const all: Measured[] = [];
  const ledgers: Ledger[] = [];
  const since = new Date(fromMs).toISOString();
  const env = environmentOf(folder);
  const reportOn = (path: string): Promise<Measured['run']> =>
    runProgram(
      ['report', '--database', path, '--timezone', 'America/Chicago', '--since', since, '--by', 'agent'],
      env,
    );
  const empty = join(folder, 'empty.db');
  await (await openLedger(empty)).close();
  const idle = await reportOn(empty);
  try {
    for (const rows of numbersOf(options.rows)) {
      const path = join(folder, `${rows}.db`);
      await fillLedger(path, { fromMs, untilMs, rows });
      // Stays open: the last connection to close a file locks it while writing back everything that was filled in.
      ledgers.push(await openLedger(path));
      all.push({ rows, path, run: await reportOn(path) });
    }
    print(
      `gcsat report --by agent of a year, against the ${megabytes(idle.peakBytes)} that it needs for an empty ledger:`,
    );
    printTable(
      ['closings of a year', 'ledger', 'rows', 'answers', 'took', 'resident', 'ratio'],
      all.map(({ rows, path, run }) => [
        count(rows),
        megabytes(statSync(path).size),
        count(run.document.rows.length),
        count(run.document.overall.csat.of),
        seconds(run.seconds),
        megabytes(run.peakBytes),
        times(run.peakBytes / idle.peakBytes),
      ]),
    );
    const answers = await askAll(questions, ledgers);
    printAnswers(all.map(({ rows }, index) => ({ rows, answers: answers[index] ?? new Map() })));
  } finally {
    for (const ledger of ledgers) await ledger.close();
  }
});
printMachine('after');
