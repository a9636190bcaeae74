import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { exitCodes } from '../../src/failure.ts';
import { brokenNetwork, type BrokenNetwork } from '../support/broken-network.ts';
import { start } from '../support/run.ts';
import { isWhole, proofTimeoutMs } from './extent.ts';
import { faults, type Fault } from './faults.ts';
import { createScene, haste, type Scene } from './scene.ts';
import { cardsOnTimelines } from './seen-from-outside.ts';

/** How often the same request may be sent before it is given up for a while. */
const mostTries = 6;
/** The queue and the cards each send the same requests. */
const mostAskers = 2;
/** How long a stop may take: ten seconds are promised, and a busy machine may be late to notice. */
const longestStopMs = 10_000 + 5000;
/** How long a server may take to listen, or to end if it cannot. */
const longestStartMs = 60_000;
/** How long the queue, which waits longer and longer, may take to notice that all is well. */
const longestRecoveryMs = 120_000;
/** How long trouble is watched: in a short time, trying less and less often looks much like trying on and on. */
const watchedMs = isWhole ? 12_000 : 3000;

const credentials = { GCSAT_WEBHOOK_USER: 'gladly', GCSAT_WEBHOOK_PASSWORD: 'of-this-proof-alone' };

/** A Gladly behind a network that can be broken and mended. */
interface Staged {
  scene: Scene;
  network: BrokenNetwork;
  breakIt(fault: Fault): void;
  mend(): void;
}

async function withStage(use: (staged: Staged) => Promise<void>): Promise<void> {
  const scene = await createScene(credentials);
  let fate: Fault['fate'] | null = null;
  let before = 0;
  const network = await brokenNetwork(scene.sandbox.origin, (number) =>
    fate === null ? { kind: 'pass' } : fate(number - before),
  );
  try {
    await use({
      scene,
      network,
      breakIt(fault) {
        before = network.requests.length;
        ({ fate } = fault);
      },
      mend: () => (fate = null),
    });
  } finally {
    await network.close();
    await scene.close();
  }
}

interface Server {
  /** Null if it ended before it listened. */
  origin: string | null;
  output: { stdout: string; stderr: string };
  /** The exit code. */
  ended: Promise<number | null>;
  /** Stops the server with SIGTERM. */
  stop(): Promise<{ code: number | null; milliseconds: number }>;
}

/** Starts a server, and waits until it listens or has ended. */
async function serve({ scene, network }: Staged, timeoutSeconds = 1): Promise<Server> {
  const child = start(['--json', '--timeout', String(timeoutSeconds), 'serve', '--port', '0'], {
    env: { ...scene.env, GCSAT_DOMAIN: network.origin },
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const origin = (): string | null => /"listening":\s*"([^"]+)"/.exec(output.stdout)?.[1] ?? null;
  await until(() => isOver() || origin() !== null, 'a server that listens or ends', longestStartMs, output);
  return {
    origin: origin(),
    output,
    ended,
    async stop() {
      const from = performance.now();
      child.kill('SIGTERM');
      const code = await ended;
      return { code, milliseconds: performance.now() - from };
    },
  };
}

async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  longestMs: number,
  output: { stderr: string },
): Promise<void> {
  const deadline = performance.now() + longestMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`${what} did not come\n${output.stderr}`);
    await wait(20);
  }
}

const tell = async (origin: string | null, event: unknown): Promise<number> => {
  const { GCSAT_WEBHOOK_USER: user, GCSAT_WEBHOOK_PASSWORD: password } = credentials;
  const answer = await fetch(`${origin}/webhooks/gladly`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(event),
  });
  await answer.text();
  return answer.status;
};

const answerSurvey = async (origin: string | null, path: string): Promise<number> => {
  const body = new URLSearchParams({ rating: '5', resolved: 'yes', comment: 'fine' });
  const answer = await fetch(`${origin}${path}`, { method: 'POST', body });
  await answer.text();
  return answer.status;
};

const linkIn = (text: string | null | undefined): string | undefined =>
  /https:\/\/csat\.example\.com(\/s\/[\w-]+)/.exec(text ?? '')?.[1];

/** The faults of a bounded proof. */
const fewNew = ['late and unsteady', '503 without end', 'JSON of another shape'];
const fewKnown = ['a black hole'];
const chosen = (names: readonly string[]): [string, Fault][] =>
  faults.filter(({ name }) => isWhole || names.includes(name)).map((fault) => [fault.name, fault]);

describe('a server whose ledger is new', () => {
  test.each(chosen(fewNew))(
    'ends as documented or starts: %s',
    { timeout: proofTimeoutMs },
    async (name, fault) =>
      withStage(async (staged) => {
        staged.breakIt(fault);
        const server = await serve(staged);
        const { output } = server;
        if (fault.code === 0) {
          expect(server.origin, output.stderr).not.toBeNull();
          expect((await server.stop()).code).toBe(exitCodes.terminated);
        } else {
          expect(server.origin, output.stderr).toBeNull();
          expect(await server.ended, output.stderr).toBe(fault.code);
          expect(output.stderr).toMatch(/^error: .+ \(.+\)$/m);
          expect(JSON.parse(output.stdout)).toHaveProperty('error.code');
          const { requests } = staged.network;
          expect(requests.length).toBeGreaterThan(0);
          expect(requests.length).toBeLessThanOrEqual(mostTries);
        }
        // Whatever the first server took for an answer does not stand in the way of the right one.
        staged.mend();
        const second = await serve(staged);
        expect(second.origin, second.output.stderr).not.toBeNull();
        const told = await staged.scene.tellEvent({ email: 'first@example.org' });
        expect(await tell(second.origin, told.event)).toBe(200);
        const mails = (): string[] => staged.scene.sandbox.mailbox().map(({ to }) => to);
        await until(() => mails().length > 0, 'the message', longestRecoveryMs, second.output);
        expect((await second.stop()).code).toBe(exitCodes.terminated);
        expect(mails()).toEqual(['first@example.org']);
        expect(`${output.stdout}${output.stderr}`).not.toContain('sandbox-token');
        process.stdout.write(`new ledger, ${name}: ${fault.code === 0 ? 'listens' : `exit ${fault.code}`}\n`);
      }),
  );
});

describe('a server that knows whose its ledger is', () => {
  test.each(chosen(fewKnown))(
    'takes webhooks and answers, waits, stops in time, and does the rest later: %s',
    { timeout: proofTimeoutMs },
    async (name, fault) =>
      withStage(async (staged) => {
        const { scene, network } = staged;
        const asked = await scene.tellEvent({ email: 'first@example.org' });
        const env = { GCSAT_DOMAIN: network.origin };
        const replayed = await scene.run(['replay', '--json', '--', asked.id], env);
        expect(replayed.code, replayed.stderr).toBe(0);
        const path = linkIn(scene.sandbox.mailbox()[0]?.text) ?? '';
        const fresh = await scene.tellEvent({ email: 'second@example.org' });

        staged.breakIt(fault);
        const from = { requests: network.requests.length, at: performance.now() };
        const server = await serve(staged);
        expect(server.origin, server.output.stderr).not.toBeNull();
        expect(await tell(server.origin, fresh.event)).toBe(200);
        expect(await answerSurvey(server.origin, path)).toBe(200);
        await wait(watchedMs);
        // An event that comes again and again is no reason to send requests more often.
        expect(await tell(server.origin, fresh.event)).toBe(200);
        expect((await fetch(`${server.origin}/healthz`)).status).toBe(200);
        const stopped = await server.stop();
        const seen = network.requests.slice(from.requests);
        const seconds = ((performance.now() - from.at) / 1000) * haste;
        expect(stopped.code, server.output.stderr).toBe(exitCodes.terminated);
        expect(stopped.milliseconds).toBeLessThan(longestStopMs);
        // Each of them waits a second, and then twice as long every time.
        const rounds = 1 + Math.ceil(Math.log2(seconds + 1));
        expect(seen.length).toBeGreaterThan(0);
        expect(timesOf(seen).filter(([, times]) => times > mostTries * rounds * mostAskers)).toEqual([]);

        const hanging = isHanging(fault) ? await stopWhileItHangs(staged) : null;

        const second = await serve(staged);
        expect(second.origin, second.output.stderr).not.toBeNull();
        const { output } = second;
        staged.mend();
        const mails = (): string[] => scene.sandbox.mailbox().map(({ to }) => to);
        await until(() => mails().length > 1, 'the message', longestRecoveryMs, output);
        const cards = async (): Promise<number> => (await cardsOnTimelines(scene)).posted;
        await until(async () => (await cards()) > 0, 'the card', longestRecoveryMs, output);
        expect(await tell(second.origin, fresh.event)).toBe(200);
        await until(
          async () => (await scene.unsettled()) === 0,
          'a verdict for each closing',
          longestRecoveryMs,
          output,
        );
        expect((await second.stop()).code, output.stderr).toBe(exitCodes.terminated);

        expect(mails()).toEqual(['first@example.org', 'second@example.org']);
        expect(await cardsOnTimelines(scene)).toEqual({ posted: 1, deleted: 0 });
        const listed = await scene.run(['surveys', 'list', '--json'], env);
        const states = (JSON.parse(listed.stdout) as { conversationId: string; state: string }[]).map(
          ({ conversationId, state }) => [conversationId, state],
        );
        expect(Object.fromEntries(states)).toEqual({ [asked.id]: 'answered', [fresh.id]: 'sent' });
        expect(`${server.output.stderr}${output.stderr}`).not.toContain('sandbox-token');
        const most = Math.max(...timesOf(seen).map(([, times]) => times));
        process.stdout.write(
          `known ledger, ${name}: ${seen.length} requests in ${Math.round(seconds)} s, at most ${most} alike; ` +
            `stopped in ${Math.round(stopped.milliseconds)} ms` +
            `${hanging === null ? '' : `, in the middle of a request in ${Math.round(hanging)} ms`}\n`,
        );
      }),
  );
});

const isHanging = ({ fate }: Fault): boolean => ['no answer', 'never read', 'drip'].includes(fate(1).kind);

/** Stops a server while it waits, with much time left, for an answer that does not come. Returns the milliseconds. */
async function stopWhileItHangs(staged: Staged): Promise<number> {
  const before = staged.network.requests.length;
  const server = await serve(staged, 60);
  const { origin, output } = server;
  expect(origin, output.stderr).not.toBeNull();
  await until(() => staged.network.requests.length > before, 'a request', longestRecoveryMs, output);
  const { code, milliseconds } = await server.stop();
  expect(code, output.stderr).toBe(exitCodes.terminated);
  expect(milliseconds).toBeLessThan(longestStopMs);
  return milliseconds;
}

function timesOf(lines: readonly string[]): [string, number][] {
  const times = new Map<string, number>();
  for (const line of lines) times.set(line, (times.get(line) ?? 0) + 1);
  return [...times];
}
