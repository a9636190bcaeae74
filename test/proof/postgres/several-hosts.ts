import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { inject } from 'vitest';
import { startSandbox, type RunningSandbox } from '../../../src/sandbox/start.ts';
import { fastTime, startedAnHourAgo, type FastTime } from '../../e2e/fast-time.ts';
import { connectionTo } from '../../support/gladly.ts';
import { startPostgres, type TestServer } from '../../support/postgres-server.ts';
import { start, temporaryFolder } from '../../support/run.ts';
import { fastClock } from '../scene-ledger.ts';
import { onHost } from '../scene.ts';

const hourMs = 3_600_000;
/** In a server's own time: a little longer than a claim holds. */
export const frozenMs = 40_000;

/** One Gladly, one PostgreSQL, and programs on several hosts, all in time that passes faster. */
export interface Cluster {
  sandbox: RunningSandbox;
  server: TestServer;
  time: FastTime;
  range: string[];
  /** The environment of a program on this host. */
  envOf(host: string): Record<string, string>;
  /** Makes a conversation that closed this many milliseconds after the range began. */
  tell(conversation: Record<string, unknown>, afterMs: number): Promise<Told>;
  /** How many closings are neither decided for good nor surveyed. */
  unsettled(): Promise<number>;
  close(): Promise<void>;
}

export interface Told {
  id: string;
  event: unknown;
}

/** A server whose clock runs as fast as the programs'. */
async function fastServer(time: FastTime): Promise<TestServer> {
  const server = await startPostgres({}, inject('postgresFolder'));
  await server.query('postgres', 'CREATE DATABASE ledger');
  await server.query('ledger', fastClock(time));
  await server.query('ledger', 'ALTER DATABASE ledger SET search_path = public, pg_catalog');
  return server;
}

export interface ClusterLimits {
  /** What Gladly allows before it answers 429. */
  allowedPerSecond: number;
  /** The share that the programs may use of the ten requests a second that they know of. */
  sharePercent: number;
}

/** @param factor how many times faster than real time their time passes */
export async function startCluster(factor: number, allowed: ClusterLimits): Promise<Cluster> {
  const time = fastTime(factor);
  const limits = {
    requestsPerSecond: allowed.allowedPerSecond,
    window: 'fixed' as const,
    clock: time.now,
  };
  const sandbox = await startedAnHourAgo(time, () =>
    startSandbox({ size: 0, clock: time.gladly.clock, limits }),
  );
  const beginning = time.now() - hourMs;
  const server = await fastServer(time);
  const folder = temporaryFolder();
  return {
    sandbox,
    server,
    time,
    range: [
      ...['--since', new Date(beginning).toISOString()],
      ...['--until', new Date(beginning + hourMs / 2).toISOString()],
    ],
    envOf: (host) =>
      onHost(
        {
          ...connectionTo(sandbox),
          GCSAT_RATE_SHARE: String(allowed.sharePercent),
          GCSAT_CONFIG_DIR: `${folder}/${host}/config`,
          GCSAT_DATA_DIR: `${folder}/${host}/data`,
          GCSAT_DATABASE_URL: `${server.url('ledger')}?connections=6`,
          NODE_OPTIONS: time.nodeOptions,
        },
        host,
      ),
    async tell(conversation, afterMs) {
      time.gladly.aheadMs = beginning + afterMs - time.now();
      try {
        const answer = await fetch(`${sandbox.origin}/_sandbox/conversations`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ close: true, ...conversation }),
        });
        if (!answer.ok) throw new Error(`the sandbox told nothing: ${answer.status} ${await answer.text()}`);
        const told = (await answer.json()) as { conversationId: string; lastEvent: unknown };
        return { id: told.conversationId, event: told.lastEvent };
      } finally {
        time.gladly.aheadMs = 0;
      }
    },
    async unsettled() {
      const { rows } = await server.query(
        'ledger',
        `SELECT count(*)::integer AS count FROM closings
         WHERE state IN ('pending', 'scheduled', 'sending', 'failed') OR claimed_by IS NOT NULL`,
      );
      return Number(rows[0]?.['count']);
    },
    async close() {
      await sandbox.close();
      await server.remove();
    },
  };
}

/** A program that is started again whenever it ends too early. */
export interface Kept {
  /** Ends it at once; then it is started again. */
  kill(): void;
  /** Stops it for longer than its claims hold. */
  freeze(): Promise<void>;
  /** What it said about defects of its own: being started again must not hide them. */
  defects: readonly string[];
}

const credentials = { GCSAT_WEBHOOK_USER: 'gladly', GCSAT_WEBHOOK_PASSWORD: 'of-this-proof-alone' };
const authorization = `Basic ${Buffer.from(Object.values(credentials).join(':')).toString('base64')}`;

export interface Host extends Kept {
  /** Sends the event as Gladly does. False: not taken, so it has to be sent again. */
  take(event: unknown): Promise<boolean>;
  /** Asks it to stop, and does not start it again. */
  stop(): Promise<number | null>;
}

export function startHost(cluster: Cluster, name: string): Host {
  const args = ['serve', '--json', '--port', '0', '--no-catch-up'];
  const env = { ...cluster.envOf(name), ...credentials };
  let origin: string | null = null;
  const kept = keep(cluster.time, () => {
    const child = start(args, { env });
    origin = null;
    createInterface({ input: child.stdout }).on('line', (line) => {
      origin = /"listening":\s*"([^"]+)"/.exec(line)?.[1] ?? origin;
    });
    return child;
  });
  return {
    kill() {
      origin = null;
      kept.kill();
    },
    freeze: kept.freeze,
    defects: kept.defects,
    async take(event) {
      if (origin === null) return false;
      try {
        const answer = await fetch(`${origin}/webhooks/gladly`, {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json' },
          body: JSON.stringify(event),
          signal: AbortSignal.timeout(15_000),
        });
        await answer.text();
        return answer.status === 200;
      } catch {
        return false;
      }
    },
    async stop() {
      // A server that was just killed is starting again, and only a server that listens ends as it was asked to.
      while (origin === null) await wait(20);
      return kept.end('SIGTERM');
    },
  };
}

export interface Backfill extends Kept {
  /** Resolves when a backfill has ended with exit code 0. */
  done: Promise<void>;
}

export function startBackfill(cluster: Cluster, name: string): Backfill {
  let tell = (): void => undefined;
  const done = new Promise<void>((resolve) => (tell = resolve));
  const kept = keep(
    cluster.time,
    () => {
      const child = start(['backfill', '--json', ...cluster.range], { env: cluster.envOf(name) });
      child.stdout.resume();
      return child;
    },
    (code) => {
      if (code === 0) tell();
      return code !== 0;
    },
  );
  return { ...kept, done };
}

function keep(
  time: FastTime,
  begin: () => ChildProcessWithoutNullStreams,
  isNeeded: (code: number | null) => boolean = () => true,
): Kept & { end(signal: NodeJS.Signals): Promise<number | null> } {
  let isEnding = false;
  let child: ChildProcessWithoutNullStreams;
  const defects: string[] = [];
  const run = (): void => {
    child = begin();
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (/please report it/i.test(line)) defects.push(line);
    });
    child.on('close', (code) => {
      if (!isEnding && isNeeded(code)) run();
    });
  };
  run();
  return {
    defects,
    kill: () => void child.kill('SIGKILL'),
    async freeze() {
      const frozen = child;
      frozen.kill('SIGSTOP');
      await wait(frozenMs / time.factor);
      frozen.kill('SIGCONT');
    },
    async end(signal) {
      isEnding = true;
      const ended = once(child, 'close');
      child.kill(signal);
      const [code] = (await ended) as [number | null];
      return code;
    },
  };
}
