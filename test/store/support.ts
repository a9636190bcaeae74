import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { sql } from 'kysely';
import { afterAll, afterEach, inject } from 'vitest';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { template } from '../support/postgres-for-run.ts';
import { isOnServer } from '../support/tested-ledger.ts';
import { newestVersion } from '../../src/store/schema/migrations.ts';
import { claimClosing } from '../../src/store/queue/claims.ts';
import { currentWorker, type Worker } from '../../src/store/ledger/workers.ts';
import type { Evidence } from '../../src/domain/attribution/evidence.ts';
import type { Closing, ClosingChange } from '../../src/domain/closing/closing.ts';
import type { Lane } from '../../src/domain/values/lanes.ts';
import type { Transition } from '../../src/domain/closing/transitions.ts';
import { recordClosing } from '../../src/store/closings/closing-reports.ts';
import { apply } from '../../src/store/closings/rows.ts';
import { decideClosing, markLeaving, type Decision } from '../../src/store/queue/decisions.ts';
import { openLedger } from '../../src/store/open.ts';
import { tablesInOrder } from '../../src/store/transfer.ts';
import type { ClosingsTable } from '../../src/store/ledger/tables.ts';
import type { Ledger } from '../../src/store/ledger/ledger.ts';
import { traitsOf, type DeliveryName } from '../../src/domain/delivery.ts';
import type { ChildTask } from './child.ts';

/** The temporary folder before a test sets another one. */
const temporary = tmpdir();
const folders: string[] = [];
const ledgers: Ledger[] = [];
const children: ChildProcess[] = [];

/** Runs after each test: removes what it opened, made, and started. */
export async function clearAway(): Promise<void> {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
  }
  await Promise.all(ledgers.splice(0).map((ledger) => ledger.close()));
  await emptyDatabases();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

afterEach(clearAway);

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(temporary, 'gcsat-ledger-'));
  folders.push(folder);
  return folder;
}

export function temporaryFile(): string {
  return join(temporaryFolder(), 'ledger.db');
}

/** Tests of something that only a file has. */
export function onFiles(tests: () => void): void {
  if (!isOnServer) tests();
}

/** Databases by name: whether they have been made, and whether a test is using them. */
const databases = new Map<string, { isMade: boolean; isUsed: boolean }>();

const urlOf = (name: string): string =>
  `postgres://postgres@127.0.0.1:${inject('postgresPort')}/${name}?connections=4`;

/** A place for a ledger of the tested kind: a file or a database. */
export function temporaryPlace(): string {
  if (!isOnServer) return temporaryFile();
  const [free] = [...databases].find(([, { isUsed }]) => !isUsed) ?? [];
  const name = free ?? `test_${randomUUID().replaceAll('-', '')}`;
  databases.set(name, { isMade: free !== undefined, isUsed: true });
  return urlOf(name);
}

/** Kept for all tests of the file: a connection takes the server longer than most queries. */
const administrators = new Map<string, Promise<pg.Client>>();
/** Ledgers that tests left open, by the name of their database, for the tests after them. */
const spares = new Map<string, Ledger>();

/** Runs after each file. Databases stay for the files after it in the same process. */
export async function closeAll(): Promise<void> {
  await Promise.all([...spares.values()].map((ledger) => ledger.close()));
  const clients = [...administrators.values()];
  administrators.clear();
  for (const client of clients) await (await client).end();
  if (bundle !== undefined) rmSync((await bundle).folder, { recursive: true, force: true });
  bundle = undefined;
}

afterAll(closeAll);

async function administer(database: string, statement: string): Promise<void> {
  let client = administrators.get(database);
  if (client === undefined) {
    client = connected(database);
    administrators.set(database, client);
  }
  await (await client).query(statement);
}

async function connected(database: string): Promise<pg.Client> {
  const address = { host: '127.0.0.1', port: inject('postgresPort'), user: 'postgres', database };
  const client = new pg.Client(address);
  await client.connect();
  return client;
}

function nameIn(location: string): string {
  return /\/(test_\w+)\?/.exec(location)?.[1] ?? '';
}

async function prepare(location: string): Promise<void> {
  const name = nameIn(location);
  if (databases.get(name)?.isMade !== false) return;
  databases.set(name, { isMade: true, isUsed: true });
  await administer('postgres', `CREATE DATABASE ${name} TEMPLATE ${template}`);
  await administer(name, rekeying);
}

/** Empties databases, because making one takes longer than most tests. */
async function emptyDatabases(): Promise<void> {
  for (const [name, { isMade, isUsed }] of databases) {
    if (!isUsed) continue;
    if (isMade) await administer(name, emptying);
    databases.set(name, { isMade, isUsed: !isMade });
  }
}

/** Gives a ledger its own key: a new one has that of the template, and a copied one that of its source. */
const rekeying = `UPDATE address_keys SET key = replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')`;

const emptying = [
  ...tablesInOrder.filter((table) => table !== 'address_keys').toReversed(),
  'locks',
  'commits',
]
  .map((table) => `DELETE FROM ${table}`)
  .concat(rekeying)
  .join('; ');

export async function opened(location: string, options?: { busyTimeoutMs: number }): Promise<Ledger> {
  await prepare(location);
  const ledger = await openLedger(location, options);
  ledgers.push(ledger);
  return ledger;
}

export async function freshLedger(): Promise<Ledger> {
  const place = temporaryPlace();
  if (!isOnServer) return opened(place);
  const name = nameIn(place);
  const spare = spares.get(name);
  if (spare !== undefined) return spare;
  await prepare(place);
  const ledger = await openLedger(place);
  const kept: Ledger = {
    ...ledger,
    close: () => {
      spares.delete(name);
      return ledger.close();
    },
  };
  spares.set(name, kept);
  return kept;
}

/** An empty ledger for one of many runs of a test; what it was filled with is gone afterward. */
export async function withEmptyLedger<T>(work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const ledger = isOnServer ? await freshLedger() : await openLedger(':memory:');
  try {
    return await work(ledger);
  } finally {
    await (isOnServer ? emptyDatabases() : ledger.close());
  }
}

/** How often to try something random: less often on a server, which takes longer with the same queries. */
export function often(onFile: number, onServer: number): number {
  return isOnServer ? onServer : onFile;
}

/** Many closings like one, in few statements. @param change what is different in the closing with this number */
export async function repeated<Column extends keyof ClosingsTable>(
  ledger: Ledger,
  closingId: string,
  count: number,
  change: (number: number) => Pick<ClosingsTable, Column>,
): Promise<void> {
  const perStatement = 200;
  await ledger.write('ledger', async (trx) => {
    const row = await trx
      .selectFrom('closings')
      .selectAll()
      .where('id', '=', closingId)
      .executeTakeFirstOrThrow();
    for (let first = 0; first < count; first += perStatement) {
      const rows = Array.from({ length: Math.min(perStatement, count - first) }, (_, index) => ({
        ...row,
        ...change(first + index),
      }));
      await trx.insertInto('closings').values(rows).execute();
    }
  });
}

/** A time, in seconds after a fixed moment. */
export function at(seconds: number): string {
  return new Date(Date.UTC(2026, 10, 22, 10) + Math.round(seconds * 1000)).toISOString();
}

export const day = 86_400;

/** All the versions that an opened ledger has gone through. */
export const everyVersion = Array.from({ length: newestVersion }, (_, index) => index + 1);

export const here: Worker = currentWorker();

export const elsewhere: Worker = { host: 'another-host', pid: 4242, startedAt: '17' };

export async function reported(
  ledger: Ledger,
  conversationId: string,
  closedAtSeconds = 0,
  seenAtSeconds = closedAtSeconds + 5,
  lane: Lane = 'live',
): Promise<Closing> {
  const { closing } = await recordClosing(ledger, {
    lane,
    conversationId,
    customerId: `customer of ${conversationId}`,
    closedAt: at(closedAtSeconds),
    source: 'webhook',
    seenAt: at(seenAtSeconds),
  });
  return closing;
}

/** Little evidence, with a text that can be recognized. */
export function evidence(status: string): Evidence {
  const conversation = {
    status,
    createdAt: null,
    closedAt: null,
    closing: null,
    assignedAgentId: null,
    assignedAgentName: null,
    inbox: null,
    topics: [],
  };
  return { conversation, attribution: null, timeline: null, recordings: [] };
}

export const nothingRead = { readAt: null, evidence: null, customer: null, agent: null, customerId: null };

export function toSend(
  closingId: string,
  dueAt: string,
  provider: DeliveryName = 'smtp',
  displaces: string[] = [],
): Decision {
  const surveyId = `survey-${closingId}`;
  return { send: { dueAt, surveyId, provider, surveyUrl: `http://localhost:8080/s/${surveyId}` }, displaces };
}

/** Makes any move, whether or not the program ever makes it. */
export async function moved(
  ledger: Ledger,
  closingId: string,
  transition: Transition,
  at: string,
  change: ClosingChange = {},
  note: string | null = null,
): Promise<Closing> {
  return ledger.write({ closings: [closingId] }, (trx) =>
    apply(trx, closingId, { transition, change, note }, at),
  );
}

/** A closing that is scheduled for an address, in the lane of its delivery. */
export async function scheduled(
  ledger: Ledger,
  conversationId: string,
  options: { provider?: DeliveryName; address?: string; dueAt?: string; closedAtSeconds?: number } = {},
): Promise<Closing> {
  const {
    provider = 'smtp',
    address = `${conversationId}@example.com`,
    dueAt = at(10),
    closedAtSeconds,
  } = options;
  const { lane } = traitsOf(provider);
  const closing = await reported(ledger, conversationId, closedAtSeconds, undefined, lane);
  return decideClosing(
    ledger,
    { closingId: closing.id, worker: here, at: at(10), address, since: at(-7 * day), reading: nothingRead },
    () => toSend(closing.id, dueAt, provider),
  );
}

/** A closing whose message is leaving, claimed by the worker. */
export async function leaving(
  ledger: Ledger,
  conversationId: string,
  options: { provider?: DeliveryName; address?: string; worker?: Worker } = {},
): Promise<Closing> {
  const { worker = here, ...rest } = options;
  const closing = await scheduled(ledger, conversationId, rest);
  await claimClosing(ledger, closing.id, worker, at(11));
  await markLeaving(ledger, closing.id, worker, at(12));
  return closing;
}

let bundle: Promise<{ file: string; folder: string }> | undefined;

/** Node 20 does not run TypeScript, and SQLite's native library is found only as an installed package. */
async function bundledChild(): Promise<string> {
  bundle ??= (async () => {
    const folder = mkdtempSync(join(temporary, 'gcsat-child-'));
    const file = join(folder, 'child.cjs');
    await build({
      entryPoints: [join(import.meta.dirname, 'child.ts')],
      outfile: file,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      external: ['@photostructure/sqlite'],
      logLevel: 'error',
    });
    // Some children run as another user.
    chmodSync(folder, 0o755);
    return { file, folder };
  })();
  return (await bundle).file;
}

export interface Child {
  process: ChildProcess;
  /** Starts the work. The child is already loaded, so that several start together. */
  go(): void;
  /** The next line that it prints, parsed. */
  next(): Promise<unknown>;
  ended: Promise<number | null>;
}

export async function startChild(task: ChildTask, options: { uid?: number } = {}): Promise<Child> {
  await prepare(task.location);
  const child = spawn(process.execPath, [await bundledChild(), JSON.stringify(task)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_PATH: join(import.meta.dirname, '../../node_modules') },
    ...options,
  });
  children.push(child);
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`the child of ${task.action} ended early`);
    return JSON.parse(line.value);
  };
  await next();
  return { process: child, go: () => child.stdin.write('go\n'), next, ended };
}

/** Runs each task in its own process, all started together; each answers with one line. */
export async function inProcesses(tasks: readonly ChildTask[]): Promise<unknown[]> {
  const running = await Promise.all(tasks.map((task) => startChild(task)));
  for (const child of running) child.go();
  return Promise.all(
    running.map(async (child) => {
      const answer = await child.next();
      await child.ended;
      return answer;
    }),
  );
}

/** Tables with their columns, keys and indexes, whatever statements made them. */
export function shapeOf(ledger: Ledger): Promise<unknown> {
  return ledger.read(async (db) => {
    const rowsOf = async (statement: string): Promise<Record<string, string | number | null>[]> =>
      (await sql.raw<Record<string, string | number | null>>(statement).execute(db)).rows;
    const tables = await rowsOf("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
    const shape: unknown[] = [];
    for (const { name } of tables) {
      const indexes = await rowsOf(`
        SELECT list.name, list."unique", origin, partial, lower(replace(sql, '"', '')) AS text
        FROM pragma_index_list('${name}') AS list LEFT JOIN sqlite_master AS master ON master.name = list.name
        ORDER BY list.name`);
      shape.push({
        name,
        indexes,
        columns: await rowsOf(`SELECT * FROM pragma_table_xinfo('${name}')`),
        references: await rowsOf(`SELECT * FROM pragma_foreign_key_list('${name}')`),
        keys: await rowsOf(`
          SELECT list.name, info.* FROM pragma_index_list('${name}') AS list, pragma_index_xinfo(list.name) AS info
          ORDER BY list.name, seqno`),
      });
    }
    return shape;
  });
}
