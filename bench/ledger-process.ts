import { once } from 'node:events';
import { DatabaseSync } from '@photostructure/sqlite';
import pg from 'pg';
import { openLedger } from '../src/store/open.ts';
import type { Ledger } from '../src/store/ledger/ledger.ts';
import { recordEvents } from '../src/store/closings/events.ts';
import { releaseClaim } from '../src/store/queue/claims.ts';
import { decideClosing, markLeaving, recordDelivery } from '../src/store/queue/decisions.ts';
import { claimNextDue } from '../src/store/queue/next-due.ts';
import { currentWorker } from '../src/store/ledger/workers.ts';

/** What one process of the benchmark `ledger` does: it says when it is ready, waits, and prints how long it took. */
export interface LedgerTask {
  what: 'floor' | 'store' | 'work';
  location: string;
  /** How many pieces run at the same time. */
  atOnce: number;
  /** Milliseconds; `work` goes on until nothing is due. */
  forMs: number;
}

export interface LedgerFigures {
  /** How many milliseconds each piece took. */
  took: number[];
  seconds: number;
}

const task = JSON.parse(process.argv[2] ?? '') as LedgerTask;
const worker = currentWorker();
const now = (): string => new Date().toISOString();
let made = 0;

/** Runs one piece at a time. False: none is left. */
interface Piece {
  run(): Promise<boolean>;
  close(): Promise<void>;
}

async function floor(): Promise<Piece> {
  if (!task.location.startsWith('postgres:')) {
    const database = new DatabaseSync(task.location);
    database.exec('PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    database.exec('CREATE TABLE IF NOT EXISTS bare (id TEXT NOT NULL, body TEXT NOT NULL)');
    const insert = database.prepare('INSERT INTO bare VALUES (?, ?)');
    return {
      async run() {
        await new Promise(setImmediate);
        insert.run(nextName(), 'x'.repeat(300));
        return true;
      },
      close: () => {
        database.close();
        return Promise.resolve();
      },
    };
  }
  const pool = new pg.Pool({
    connectionString: task.location.replace(/\?.*/, ''),
    max: connectionsIn(task.location),
  });
  await pool
    .query('CREATE TABLE IF NOT EXISTS bare (id text NOT NULL, body text NOT NULL)')
    .catch(() => undefined);
  return {
    async run() {
      await pool.query('INSERT INTO bare VALUES ($1, $2)', [nextName(), 'x'.repeat(300)]);
      return true;
    },
    close: () => pool.end(),
  };
}

function connectionsIn(location: string): number {
  return Number(new URL(location).searchParams.get('connections'));
}

function nextName(): string {
  made += 1;
  return `${process.pid}-${made}`;
}

async function store(ledger: Ledger): Promise<boolean> {
  const conversationId = `conversation-${nextName()}`;
  const event = { kind: 'closed', conversationId, customerId: conversationId } as const;
  await recordEvents(ledger, [{ ...event, closedAt: now(), seenAt: now() }], 'live');
  return true;
}

/** Everything that is written about a surveyed closing; nothing is read from Gladly, and nothing leaves. */
async function work(ledger: Ledger): Promise<boolean> {
  const closing = await claimNextDue(ledger, worker, now(), 'live');
  if (closing === null) return false;
  const { id, conversationId } = closing;
  const reading = {
    readAt: now(),
    evidence: null,
    customer: null,
    agent: null,
    customerId: closing.customerId,
  };
  const address = `${conversationId}@example.com`;
  await decideClosing(ledger, { closingId: id, worker, at: now(), address, since: now(), reading }, () => ({
    send: { dueAt: now(), surveyId: `survey of ${id}`, provider: 'smtp', surveyUrl: null },
    displaces: [],
  }));
  await markLeaving(ledger, id, worker, now());
  await recordDelivery(ledger, id, now(), { status: 'sent', externalId: null }, 0);
  await releaseClaim(ledger, id, worker);
  return true;
}

async function pieceOf(): Promise<Piece> {
  if (task.what === 'floor') return floor();
  const ledger = await openLedger(task.location);
  const run = task.what === 'store' ? store : work;
  return { run: () => run(ledger), close: () => ledger.close() };
}

const piece = await pieceOf();
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const began = performance.now();
const took: number[] = [];
await Promise.all(
  Array.from({ length: task.atOnce }, async () => {
    while (task.what === 'work' || performance.now() - began < task.forMs) {
      const from = performance.now();
      if (!(await piece.run())) return;
      took.push(performance.now() - from);
    }
  }),
);
const seconds = (performance.now() - began) / 1000;
await piece.close();
process.stdout.write(`${JSON.stringify({ took, seconds } satisfies LedgerFigures)}\n`);
process.stdin.destroy();
