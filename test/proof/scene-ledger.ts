import { DatabaseSync } from '@photostructure/sqlite';
import { randomUUID } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { inject } from 'vitest';
import { openLedger } from '../../src/store/open.ts';
import type { FastTime } from '../e2e/fast-time.ts';
import { template } from '../support/postgres-for-run.ts';
import { queried } from '../support/postgres-server.ts';

/** The ledger of a scene, read separately and without changes: no program must meet what only a test does. */
export interface SceneLedger {
  /** The environment in which the program finds the ledger. */
  env: Record<string, string>;
  /** The conversations whose message was leaving when the last process died. */
  leaving(): Promise<string[]>;
  /** How many closings a running server still has to decide or to send a message for. */
  unsettled(): Promise<number>;
  /** Sets the ledger's clock this many minutes late, if the ledger has a clock of its own. */
  late(minutes: number): Promise<void>;
  close(): Promise<void>;
}

const open = "'pending', 'scheduled', 'sending', 'failed'";

let made: Promise<string> | undefined;

/** A ledger with its tables and nothing in them, for all scenes of a process to copy. */
async function madeFile(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'gcsat-proof-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'ledger.db');
  await (await openLedger(file)).close();
  return file;
}

/**
 * A ledger in the folder of the program's data.
 *
 * @param isMade whether it has its tables; otherwise the program makes them
 */
export async function fileLedger(data: string, isMade: boolean): Promise<SceneLedger> {
  const file = join(data, 'ledger.db');
  if (isMade) {
    mkdirSync(data, { mode: 0o700 });
    copyFileSync(await (made ??= madeFile()), file);
  }
  return {
    env: isMade ? { GCSAT_DATABASE_URL: file } : {},
    leaving: () => Promise.resolve(leavingIn(data)),
    unsettled: () => Promise.resolve(unsettledIn(data)),
    late: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

/** Reads a copy: opening the file repairs what the killed process left, and that is the program's own work. */
function leavingIn(data: string): string[] {
  const copy = mkdtempSync(join(tmpdir(), 'gcsat-proof-'));
  try {
    if (!existsSync(data)) return [];
    cpSync(data, copy, { recursive: true });
    const file = readdirSync(copy).find((name) => name.endsWith('.db'));
    if (file === undefined) return [];
    const database = new DatabaseSync(join(copy, file));
    try {
      const rows = database.prepare("select conversation_id from closings where state = 'sending'").all();
      return (rows as { conversation_id: string }[]).map((row) => row.conversation_id);
    } catch {
      // The process died before the tables were there.
      return [];
    } finally {
      database.close();
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function unsettledIn(data: string): number {
  const file = readdirSync(data).find((name) => name.endsWith('.db'));
  if (file === undefined) return 0;
  const database = new DatabaseSync(join(data, file), { readOnly: true });
  try {
    const [row] = database.prepare(`select count(*) as count from closings where state in (${open})`).all();
    return (row as { count: number }).count;
  } finally {
    database.close();
  }
}

/**
 * A database on the server of the run.
 *
 * @param isMade whether it has its tables; otherwise the program makes them
 */
export async function serverLedger(time: FastTime, isMade: boolean): Promise<SceneLedger> {
  const port = inject('postgresPort');
  const name = `scene_${randomUUID().replaceAll('-', '')}`;
  const query = async (text: string): Promise<Record<string, unknown>[]> =>
    (await queried(port, name, text)).rows;
  await queried(port, 'postgres', `CREATE DATABASE ${name}${isMade ? ` TEMPLATE ${template}` : ''}`);
  await query(fastClock(time));
  await query(`ALTER DATABASE ${name} SET search_path = public, pg_catalog`);
  return {
    env: { GCSAT_DATABASE_URL: `postgres://postgres@127.0.0.1:${port}/${name}?connections=4` },
    async leaving() {
      // A COMMIT that left before its process died may still be on its way for a moment.
      const others = `SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`;
      while ((await query(others)).length > 0) await wait(5);
      if ((await query(`SELECT to_regclass('closings') AS made`))[0]?.['made'] === null) return [];
      const rows = await query("SELECT conversation_id FROM closings WHERE state = 'sending'");
      return rows.map((row) => String(row['conversation_id']));
    },
    async unsettled() {
      const rows = await query(`SELECT count(*)::integer AS count FROM closings WHERE state IN (${open})`);
      return Number(rows[0]?.['count']);
    },
    async late(minutes) {
      await query(fastClock(time, minutes));
    },
    async close() {
      await queried(port, 'postgres', `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/**
 * Makes the server's clock run as fast as the programs', so that pacing, claims and waits of hours fit into a test: the
 * database gets its own `clock_timestamp`, which is found before PostgreSQL's if `search_path` says so.
 *
 * @param late how many minutes the clock is behind
 */
export function fastClock(time: FastTime, late = 0): string {
  const start = time.start / 1000;
  return `CREATE OR REPLACE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT to_timestamp(${start - late * 60} + (extract(epoch FROM pg_catalog.clock_timestamp())::float8 - ${start}) * ${time.factor})
  $$`;
}
