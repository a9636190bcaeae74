import type { ImportDocument, LeftCode } from '../../documents/import.ts';
import type { ImportedInteraction } from '../../domain/closing/imports.ts';
import { timeNow, timeAt } from '../../domain/values/instant.ts';
import { readEmployees, type EmployeeNames } from '../../delivery/medallia-employees.ts';
import { openExport, type FileRow } from '../../medallia/exports/export-file.ts';
import { importInteractions, type ImportResult } from '../../store/imports/import-interactions.ts';
import { withLedgerCopy } from '../context/dry-run.ts';
import type { Services } from '../context/services.ts';
import { agentFinder } from './agents.ts';
import { interpretRow, type Interpreting } from './interaction.ts';

/** Few enough that webhooks do not wait for a batch. */
const rowsAtOnce = 100;
/** More would fill the screen without helping. */
const mostListed = 100;

type ImportCounts = Omit<ImportDocument, 'file' | 'dryRun' | 'format' | 'unknownAgents' | 'seconds'>;

interface Waiting {
  line: number;
  interaction: ImportedInteraction;
}

/**
 * Imports a file from Agent Connect into the ledger. Each batch is on disk before the next is read, so a run that was
 * stopped can simply be run again.
 *
 * @param onRows called with the number of rows so far
 * @param name of the file; - is stdin
 * @throws Failure `not_an_export`, and those of the ledger, of Gladly's list of agents, and of the operator's file of
 *   employees
 */
export async function importFile(
  services: Services,
  { bytes, name }: { bytes: AsyncIterable<Uint8Array>; name: string },
  { dryRun }: { dryRun: boolean },
  onRows: (count: number) => void,
): Promise<ImportDocument> {
  const began = services.clock();
  const { format, rows } = await openExport(bytes, name === '-' ? 'stdin' : name);
  const interpreting = await interpretingWith(services);
  const counts = noCounts();
  await withLedgerCopy(services.ledger, dryRun, async (ledger) => {
    const unsubscribing: string[] = [];
    const work = async (waiting: readonly Waiting[]): Promise<void> => {
      services.signal.throwIfAborted();
      const interactions = waiting.map(({ interaction }) => interaction);
      const batch = await importInteractions(
        ledger,
        { interactions, unsubscribing: unsubscribing.splice(0) },
        timeNow(services.clock),
      );
      counts.unsubscribed += batch.unsubscribed;
      waiting.forEach((one, index) => {
        const result = batch.results[index];
        if (result !== undefined) count(counts, one, result);
      });
      onRows(counts.rows);
    };
    let waiting: Waiting[] = [];
    for await (const one of rows) {
      counts.rows += 1;
      const taken = interpret(counts, one, interpreting, unsubscribing);
      if (taken !== null) waiting.push(taken);
      if (waiting.length + unsubscribing.length < rowsAtOnce) continue;
      await work(waiting);
      waiting = [];
    }
    if (waiting.length + unsubscribing.length > 0) await work(waiting);
  });
  const unknownAgents = [...interpreting.agents.unknown].toSorted();
  const seconds = Math.round((services.clock() - began) / 100) / 10;
  // Back in file order: rows left out by the ledger are counted later than the others.
  counts.leftRows.sort((one, other) => one.line - other.line);
  return { file: name, dryRun, format, ...counts, unknownAgents, seconds };
}

async function interpretingWith(services: Services): Promise<Interpreting> {
  const { settings, clock } = services;
  const { employeesFile, channels } = settings.medallia;
  const employees: EmployeeNames = employeesFile === null ? new Map() : await readEmployees(employeesFile);
  // Be certain which organization the ledger belongs to before writing anything.
  await services.organization();
  const nowMs = clock();
  const { retention } = settings.policy;
  return {
    agents: agentFinder(await services.directory.agents(), employees),
    channels,
    nowMs,
    keptSince: retention === null ? null : timeAt(nowMs - retention),
  };
}

/** Null if the row does not need the ledger. */
function interpret(
  counts: ImportCounts,
  one: FileRow,
  interpreting: Interpreting,
  unsubscribing: string[],
): Waiting | null {
  const read = 'unreadable' in one ? one : interpretRow(one.row, interpreting);
  if ('unreadable' in read) {
    counts.unreadable += 1;
    if (counts.unreadableRows.length < mostListed)
      counts.unreadableRows.push({ line: one.line, why: read.unreadable });
    return null;
  }
  if ('left' in read) {
    leave(counts, one.line, read.left);
    if (read.unsubscribed !== null) unsubscribing.push(read.unsubscribed);
    return null;
  }
  return { line: one.line, interaction: read.interaction };
}

function count(counts: ImportCounts, { line, interaction }: Waiting, result: ImportResult): void {
  if ('left' in result) {
    leave(counts, line, result.left);
    return;
  }
  if ('known' in result) {
    counts.known += 1;
    return;
  }
  counts.taken[names[result.took]] += 1;
  const { closedAt: at } = interaction;
  const { since, until } = counts.range ?? { since: at, until: at };
  counts.range = { since: at < since ? at : since, until: at > until ? at : until };
}

const names = {
  answer: 'answers',
  changed_answer: 'changedAnswers',
  asked: 'asked',
  not_asked: 'notAsked',
} as const;

function leave(counts: ImportCounts, line: number, code: LeftCode): void {
  counts.left[code] = (counts.left[code] ?? 0) + 1;
  if (counts.leftRows.length < mostListed) counts.leftRows.push({ line, code });
}

function noCounts(): ImportCounts {
  return {
    rows: 0,
    taken: { answers: 0, changedAnswers: 0, asked: 0, notAsked: 0 },
    known: 0,
    left: {},
    unreadable: 0,
    leftRows: [],
    unreadableRows: [],
    unsubscribed: 0,
    range: null,
  };
}
