import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { fastTime, startedAnHourAgo } from '../e2e/fast-time.ts';
import { connectionTo } from '../support/gladly.ts';
import { runJsonInside } from '../support/run-inside.ts';
import { run, runJson, start, type RunResult } from '../support/run.ts';
import { isOnServer } from '../support/tested-ledger.ts';
import { isWhole } from './extent.ts';
import { fileLedger, serverLedger, type SceneLedger } from './scene-ledger.ts';

/** How many times faster time passes here: these runs mostly wait for the pace of requests. */
export const haste = 10;

const failpoints = join(import.meta.dirname, 'failpoints.mjs');

interface NewConversation {
  email: string;
  minutesAgo?: number;
  topics?: string[];
}

/** A run that takes longer hangs. The whole proof keeps the machine busy with several runs at a time. */
const longestRunMs = isWhole ? 600_000 : 120_000;

/** How long it may take until the end of a process is noticed. */
const patienceMs = 5000;

/** What others do with a server that listens at this origin; `over` aborts when the server is gone. */
export type Using = (origin: string, over: AbortSignal, pid: number) => Promise<void>;

/** `died`: number and label of the point where a run died; null if it ended first. `labels`: all points up to then. */
export interface Death {
  signal: NodeJS.Signals | null;
  died: string | null;
  labels: string[];
}

/** A world of one run: a Gladly, a folder, and a program that can be made to die at one point. */
export interface Scene extends Pick<SceneLedger, 'leaving' | 'unsettled'> {
  sandbox: RunningSandbox;
  folder: string;
  env: Record<string, string>;
  /** Makes a conversation that closed this many minutes ago. Returns its id. */
  tell(conversation: NewConversation): Promise<string>;
  /** The same, with the event that a webhook sends about it. */
  tellEvent(conversation: NewConversation): Promise<{ id: string; event: unknown }>;
  /** Runs the program to its end. */
  run(args: readonly string[], env?: Record<string, string>): Promise<RunResult>;
  /** Runs the program as if it were this many minutes ago; fails unless it ends well. */
  runAgo(minutes: number, args: readonly string[]): Promise<void>;
  /** @param host the name of another host, where process ids of this host mean nothing */
  json(
    args: readonly string[],
    host?: string,
  ): Promise<RunResult & { document: ReturnType<typeof JSON.parse> }>;
  /** Runs a read-only command in the process of the test: starting the program costs more than the command does. */
  look(args: readonly string[]): Promise<ReturnType<typeof JSON.parse>>;
  /** Sets values of the profile, in the process of the test. */
  set(...assignments: readonly string[]): Promise<void>;
  /** Lets the program die at the point with that number, or whose label begins so (` @2`: the second such point). */
  runUntil(point: string, args: readonly string[], use?: Using): Promise<Death>;
  /**
   * Lets the program freeze at a point, named as for `runUntil`, and waits until it has.
   *
   * @param factor how much faster the clock runs that the program measures durations with
   */
  freezeAt(point: string, args: readonly string[], factor: number): Promise<{ wake(): Promise<void> }>;
  /** Makes it this many minutes later for all programs that start from now on. */
  later(minutes: number): Promise<void>;
  /**
   * Starts a server, uses it, and asks it to stop; fails unless it does.
   *
   * @param host the name of another host, where process ids of this host mean nothing
   */
  serve(args: readonly string[], use: Using, host?: string): Promise<void>;
  /** Kills the program with SIGKILL after this time, unless it ends first; a server's time begins when it listens. */
  runFor(
    milliseconds: number,
    args: readonly string[],
    use?: Using,
  ): Promise<{ signal: NodeJS.Signals | null }>;
  /** The labels of all points of a run that nothing kills. */
  labelsOf(args: readonly string[], use?: Using): Promise<string[]>;
  /** Successful requests that Gladly saw, e.g. `POST /api/v1/communications/email`. */
  taken(method: string, path: RegExp): Promise<string[]>;
  close(): Promise<void>;
}

/** @param isMade whether the ledger has its tables already, which saves each run from making them */
export async function createScene(more: Record<string, string> = {}, isMade = true): Promise<Scene> {
  const time = fastTime(haste);
  const limits = { requestsPerSecond: 1000 };
  const sandbox = await startedAnHourAgo(time, () =>
    startSandbox({ size: 0, clock: time.gladly.clock, limits }),
  );
  const folder = mkdtempSync(join(tmpdir(), 'gcsat-proof-'));
  const data = join(folder, 'data');
  const log = join(folder, 'points');
  const ledger = isOnServer ? await serverLedger(time, isMade) : await fileLedger(data, isMade);
  const env = {
    ...connectionTo(sandbox),
    GCSAT_RATE_SHARE: '100',
    GCSAT_CONFIG_DIR: join(folder, 'config'),
    GCSAT_DATA_DIR: data,
    NODE_OPTIONS: time.nodeOptions,
    ...ledger.env,
    ...more,
  };
  const withPoints = (at: string): Record<string, string> => ({
    ...env,
    NODE_OPTIONS: `${env.NODE_OPTIONS} --import=${failpoints}`,
    FAILPOINT_AT: at,
    FAILPOINT_LOG: log,
  });
  const ask = async (path: string, init: RequestInit = {}): Promise<ReturnType<typeof JSON.parse>> => {
    const answer = await fetch(`${sandbox.origin}${path}`, init);
    if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  const tellEvent: Scene['tellEvent'] = async ({ email, minutesAgo = 0, topics }) => {
    time.gladly.aheadMs = -minutesAgo * 60_000;
    try {
      const body = JSON.stringify({ customer: { email }, close: true, ...(topics && { topics }) });
      const headers = { 'content-type': 'application/json' };
      const told = await ask('/_sandbox/conversations', { method: 'POST', headers, body });
      return { id: String(told.conversationId), event: told.lastEvent };
    } finally {
      time.gladly.aheadMs = 0;
    }
  };
  return {
    sandbox,
    folder,
    env,
    tell: async (conversation) => (await tellEvent(conversation)).id,
    tellEvent,
    run: (args, others = {}) => run(args, { env: { ...env, ...others }, timeoutMs: longestRunMs }),
    async runAgo(minutes, args) {
      await ledger.late(minutes);
      const { code, stderr } = await run(args, { env: longAgo(env, minutes), timeoutMs: longestRunMs });
      await ledger.late(0);
      if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
    },
    json: (args, host) =>
      runJson(args, { env: host === undefined ? env : onHost(env, host), timeoutMs: longestRunMs }),
    look: (args) => oneAtATime(() => looked(args, env)),
    async set(...assignments) {
      await oneAtATime(() => looked(['configure', 'set', ...assignments], env));
    },
    async freezeAt(at, args, factor) {
      const points = withPoints(at);
      const child = start(args, { env: { ...measuredFaster(points, factor), FAILPOINT_SIGNAL: 'SIGSTOP' } });
      child.stdout.resume();
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      const ended = once(child, 'close');
      while (!isStopped(child.pid ?? 0)) {
        const isOver = await Promise.race([wait(20, false), ended.then(() => true)]);
        if (isOver) throw new Error(`${args.join(' ')} did not come to ${at}: ${stderr}`);
      }
      return {
        async wake() {
          child.kill('SIGCONT');
          await ended;
        },
      };
    },
    async later(minutes) {
      await ledger.late(-minutes);
      Object.assign(env, longAgo(env, -minutes));
    },
    async runUntil(at, args, use) {
      const { signal } = await ranWith(withPoints(at), args, use);
      const lines = linesOf(log);
      const died = signal === 'SIGKILL' ? (lines.at(-1) ?? '') : null;
      return { signal, died, labels: lines.map(withoutNumber) };
    },
    async serve(args, use, host) {
      const { code, signal, stderr } = await used(host === undefined ? env : onHost(env, host), args, use);
      if (code !== 143) throw new Error(`the server ended with ${code ?? signal ?? ''}: ${stderr}`);
    },
    async runFor(milliseconds, args, use) {
      if (use !== undefined) return used(env, args, use, milliseconds);
      const child = start(args, { env });
      child.stdout.resume();
      child.stderr.resume();
      const ended = once(child, 'close');
      await Promise.race([wait(milliseconds), ended]);
      child.kill('SIGKILL');
      const [, signal] = (await ended) as [number | null, NodeJS.Signals | null];
      return { signal };
    },
    async labelsOf(args, use) {
      const { code, stderr } = await ranWith(withPoints(''), args, use);
      if (code !== (use === undefined ? 0 : 143)) {
        throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
      }
      return linesOf(log).map(withoutNumber);
    },
    async taken(method, path) {
      const seen = (await ask('/_sandbox/requests')) as { method: string; path: string; status: number }[];
      return seen
        .filter(
          (one) => one.method === method && path.test(one.path) && one.status >= 200 && one.status < 300,
        )
        .map((one) => one.path);
    },
    leaving: ledger.leaving,
    unsettled: ledger.unsettled,
    async close() {
      await sandbox.close();
      await ledger.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Whether a process is stopped. */
export function isStopped(pid: number): boolean {
  return /^\d+ \(.*\) T/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

let looking: Promise<unknown> = Promise.resolve();

/** Runs of the sweep go on side by side, but the process has only one output. */
function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const done = looking.then(work);
  looking = done.catch(() => undefined);
  return done;
}

/** Such a command does not depend on the clock, which is the test's own here. */
async function looked(
  args: readonly string[],
  env: Record<string, string>,
): Promise<ReturnType<typeof JSON.parse>> {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => name !== 'NODE_OPTIONS'));
  const { code, document, stderr } = await runJsonInside(args, { env: own });
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
  return document;
}

/** The same environment for a program on another host. */
export function onHost(env: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return preloading(
    env,
    `import os from 'node:os';
     import { syncBuiltinESMExports } from 'node:module';
     os.hostname = () => ${JSON.stringify(name)};
     syncBuiltinESMExports();`,
  );
}

function measuredFaster(env: Readonly<Record<string, string>>, factor: number): Record<string, string> {
  return preloading(
    env,
    `const { now } = performance; performance.now = () => now.call(performance) * ${factor};`,
  );
}

function preloading(env: Readonly<Record<string, string>>, code: string): Record<string, string> {
  const options = `${env['NODE_OPTIONS'] ?? ''} --import=data:text/javascript,${encodeURIComponent(code)}`;
  return { ...env, NODE_OPTIONS: options };
}

/** The same environment for a program whose clock is late by this many minutes. */
export function longAgo(env: Readonly<Record<string, string>>, minutes: number): Record<string, string> {
  return preloading(env, `const { now } = Date; Date.now = () => now() - ${minutes * 60_000};`);
}

async function ranWith(
  env: Record<string, string>,
  args: readonly string[],
  use: Using | undefined,
): Promise<RunResult> {
  return use === undefined ? run(args, { env, timeoutMs: longestRunMs }) : used(env, args, use);
}

/** Starts a server, lets it be used, and stops it. It may die earlier, or is killed this long after it listened. */
async function used(
  env: Record<string, string>,
  args: readonly string[],
  use: Using,
  killAfterMs?: number,
): Promise<RunResult> {
  const child = start(args, { env });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  }
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const over = new AbortController();
  const isOver = ended.then(() => {
    over.abort();
    return true;
  });
  let killing: NodeJS.Timeout | undefined;
  const working = (async () => {
    let origin: string | undefined;
    while (origin === undefined) {
      if (await Promise.race([wait(10), isOver])) return;
      origin = /"listening":\s*"([^"]+)"/.exec(output.stdout)?.[1];
    }
    if (killAfterMs !== undefined) killing = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    await use(origin, over.signal, child.pid ?? 0);
    child.kill('SIGTERM');
  })();
  const failure = await Promise.race([
    working.then(
      () => null,
      (error: unknown) => (error instanceof Error ? error : new Error('not used as intended')),
    ),
    isOver.then(() => null),
  ]);
  // A failure that comes from the server's death is not the user's, who may notice the death first.
  const isRefused = failure !== null && !(await Promise.race([isOver, wait(patienceMs, false)]));
  if (isRefused) child.kill('SIGKILL');
  const [code, signal] = await ended;
  clearTimeout(killing);
  await working.catch(() => undefined);
  if (isRefused) throw new Error(`${failure.message}\n${output.stderr}`);
  return { code, signal, ...output };
}

const withoutNumber = (line: string): string => line.replace(/^\d+ /, '');

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}
