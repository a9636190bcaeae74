import type { Ledger } from '../ledger/ledger.ts';
import { newestVersion, refuseNewer } from '../schema/migrations.ts';
import { postgresAddress } from './address.ts';
import { postgresFailure, tooOldServer } from './failures.ts';
import { openHints } from './hints.ts';
import { createLedger, migratePostgres, versionOn } from './migration.ts';
import { openPool, type Connections } from './pool.ts';
import { patiently, transactionsOf } from './transactions.ts';
import { bytesOf, problemsOf, rewriteTables } from './upkeep.ts';

export interface PostgresOptions {
  /** How long a write waits for another process, or for a server that cannot be reached, in milliseconds. */
  busyTimeoutMs?: number;
  /** How long without an answer until a connection counts as open on this side only, in milliseconds. */
  answerMs?: number;
  /** Whether to make the tables, and to bring them to the newest version. */
  migrates?: boolean;
}

const oldestServer = 140_000;
/** A start must soon report that the server cannot be reached. */
const longestStartMs = 3000;
const usualPatienceMs = 10_000;

/**
 * Opens a ledger on PostgreSQL. Unless `migrates` is false, makes it in a database that has none, and brings its tables
 * to this version.
 *
 * @throws Failure `configuration` (database_invalid, database_unsupported, ledger_missing, ledger_refused,
 * ledger_not_trusted, ledger_host_unknown) or `ledger` (ledger_unavailable, ledger_busy, ledger_too_new,
 * ledger_unreadable, ledger_not_writable, ledger_full)
 */
export async function openPostgres(
  location: string,
  { busyTimeoutMs: patienceMs = usualPatienceMs, migrates = true, answerMs }: PostgresOptions = {},
): Promise<Omit<Ledger, 'copyTo'>> {
  const address = postgresAddress(location);
  const { shown } = address;
  const connections = await openPool(address, answerMs);
  const clock = serverClock();
  const hints = openHints(connections);
  let isWatched = false;
  const settings: string[] = [];
  const transactions = transactionsOf({
    connections,
    shown,
    patienceMs,
    settings,
    heard: clock.hear,
    refuse(version) {
      if (isWatched) refuseNewer(version, shown);
    },
  });
  const alone = <T>(work: () => Promise<T>): Promise<T> => patiently(patienceMs, shown, work);
  try {
    const begun = await patiently(Math.min(patienceMs, longestStartMs), shown, () =>
      lookAt(connections, shown),
    );
    settings.push(...begun.settings);
    let { version } = begun;
    refuseNewer(version, shown);
    if (migrates && version === 0) {
      await alone(() => createLedger(connections, patienceMs));
      version = await alone(() => versionOn(connections));
    }
    if (migrates && version < newestVersion) await migratePostgres(transactions, version, shown);
    isWatched = true;
    if (version > 0) await transactions.read(() => Promise.resolve());
  } catch (error) {
    await connections.close();
    throw postgresFailure(error, shown);
  }
  return {
    read: (work) => transactions.read(work),
    write: (names, work, options) =>
      transactions.write(names, work, options?.first === true ? 'first' : 'in_line'),
    compact: (longestMs = patienceMs) => alone(() => rewriteTables(connections, longestMs)),
    location: shown,
    exists: async () => (await alone(() => versionOn(connections))) > 0,
    problems: () => alone(() => problemsOf(connections)),
    bytes: () => alone(() => bytesOf(connections)),
    now: clock.now,
    hints,
    close() {
      hints.close();
      return connections.close();
    },
  };
}

/** @throws Failure database_unsupported */
async function lookAt(
  connections: Connections,
  shown: string,
): Promise<{ version: number; settings: readonly string[] }> {
  const server = await connections.use('in_line', async (session) => {
    const [answer] = await session.query(
      `SELECT current_setting('server_version_num')::integer AS number, current_setting('server_version') AS version,
         current_setting('server_encoding') AS encoding, current_setting('synchronous_commit') AS commits`,
    );
    return answer?.rows[0] ?? {};
  });
  if (Number(server['number']) < oldestServer || server['encoding'] !== 'UTF8') {
    throw tooOldServer(shown, String(server['version']));
  }
  // What is acknowledged must be on disk.
  const settings = server['commits'] === 'off' ? ['SET LOCAL synchronous_commit = on'] : [];
  return { version: await versionOn(connections), settings };
}

/** The server's time, counted on from when it was last heard, whatever the clock of this machine says. */
function serverClock(): { hear: (serverMs: number) => void; now: () => number } {
  let heard = { serverMs: Date.now(), at: performance.now() };
  return {
    hear(serverMs) {
      heard = { serverMs, at: performance.now() };
    },
    now: () => Math.round(heard.serverMs + performance.now() - heard.at),
  };
}
