import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** The folder where a PostgreSQL server is installed, Debian's or one on the path; null: none is. */
export function installedServer(): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian)
    ? readdirSync(debian).toSorted((one, other) => Number(other) - Number(one))
    : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  return folders.find((folder) => folder !== '' && existsSync(join(folder, 'initdb'))) ?? null;
}

export interface TestServer {
  port: number;
  /** The address of a database, for the tests' own use. */
  url(database: string): string;
  query(database: string, text: string): Promise<pg.QueryResult<Record<string, unknown>>>;
  start(): Promise<void>;
  /** Stops the server as `pg_ctl stop` does. */
  stop(mode: 'fast' | 'immediate'): Promise<void>;
  /** Stops the server and removes all its data. */
  remove(): Promise<void>;
}

/** The user to run the server as, because it refuses root. */
function serverUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ['-u', '-g'].map((flag) =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })),
  );
  return { uid: uid!, gid: gid! };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Sends one query to a server on this machine. */
export async function queried(
  port: number,
  database: string,
  text: string,
): Promise<pg.QueryResult<Record<string, unknown>>> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await client.query<Record<string, unknown>>(text);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A data folder that no server uses, to be copied: making one takes a server longer than starting. */
export function newData(): string {
  const { folder, user, binaries } = ownFolder();
  execFileSync(
    join(binaries, 'initdb'),
    ['-D', join(folder, 'data'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-N'],
    { ...user, cwd: folder, stdio: 'ignore' },
  );
  return folder;
}

function ownFolder(): { folder: string; user: ReturnType<typeof serverUser>; binaries: string } {
  const binaries = installedServer();
  if (binaries === null) throw new Error('PostgreSQL is not installed: `.ci/run` says how.');
  const folder = mkdtempSync(join(tmpdir(), 'gcsat-postgres-'));
  const user = serverUser();
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid!);
  return { folder, user, binaries };
}

/** Settings that make a server fast and forgetful. No test's outcome depends on them. */
const quick = {
  max_connections: '200',
  shared_buffers: '64MB',
  fsync: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  autovacuum: 'off',
  jit: 'off',
};

/**
 * A separate server in a temporary folder, which only this machine can reach.
 *
 * @param settings besides those that make the server fast and forgetful
 * @param made a folder of `newData` to copy; without it, one is made
 */
export async function startPostgres(
  settings: Readonly<Record<string, string>> = {},
  made?: string,
): Promise<TestServer> {
  const from = made ?? newData();
  const { folder, user, binaries } = ownFolder();
  const data = join(folder, 'data');
  execFileSync('cp', ['-a', join(from, 'data'), data]);
  if (made === undefined) rmSync(from, { recursive: true, force: true });
  const port = await freePort();
  const options = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    port: String(port),
    ...quick,
    ...settings,
  };
  let running: ChildProcess | null = null;

  const query: TestServer['query'] = (database, text) => queried(port, database, text);

  async function start(): Promise<void> {
    running = spawn(
      join(binaries, 'postgres'),
      ['-D', data, ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { ...user, cwd: folder, stdio: 'ignore' },
    );
    for (let tries = 0; ; tries += 1) {
      try {
        await query('postgres', 'SELECT 1');
        return;
      } catch (error) {
        if (tries === 200) throw error;
      }
      await sleep(50);
    }
  }

  async function stop(mode: 'fast' | 'immediate'): Promise<void> {
    if (running === null || running.exitCode !== null) return;
    const ended = once(running, 'exit');
    // https://www.postgresql.org/docs/current/server-shutdown.html
    running.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
    running = null;
  }

  await start();
  return {
    port,
    url: (database) => `postgres://postgres@127.0.0.1:${port}/${database}`,
    query,
    start,
    stop,
    async remove() {
      await stop('immediate');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
