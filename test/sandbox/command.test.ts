import { expect, test } from 'vitest';
import {
  runSandbox,
  type SandboxCommandOptions,
  type SandboxDocument,
} from '../../src/commands/local-sandbox.ts';
import { Failure } from '../../src/failure.ts';
import { startSandbox } from '../../src/sandbox/start.ts';

/** Runs until it has said how to reach it; `use` gets what it said. */
async function run(
  options: SandboxCommandOptions,
  use: (lines: string[], document: SandboxDocument) => Promise<void> | void = () => undefined,
  columns = 1000,
): Promise<void> {
  const stop = new AbortController();
  const told: { lines: string[]; document: SandboxDocument }[] = [];
  let ready: () => void = () => undefined;
  const listening = new Promise<void>((resolve) => (ready = resolve));
  const running = runSandbox(options, {
    print: (document, human) => {
      told.push({ lines: human().split('\n'), document });
      ready();
    },
    progress: () => ({ update: () => undefined, stop: () => undefined }),
    env: {},
    columns,
    signal: stop.signal,
  });
  try {
    await Promise.race([listening, running]);
    for (const { lines, document } of told) await use(lines, document);
  } finally {
    stop.abort();
    await running;
  }
  expect(told).toHaveLength(1);
}

test('prints what a shell needs to use it, serves it, and is gone afterwards', async () => {
  let origin = '';
  await run({ size: '50', seed: '7' }, async (lines, document) => {
    const environment = Object.fromEntries(
      lines.flatMap((line) => {
        const match = /^\s*export (\w+)=(.*)$/.exec(line);
        return match === null ? [] : [[match[1]!, match[2]!]];
      }),
    );
    expect(Object.keys(environment)).toEqual([
      'GCSAT_DOMAIN',
      'GCSAT_EMAIL',
      'GCSAT_TOKEN',
      'GCSAT_DELIVERY',
      'GCSAT_FROM',
      'GCSAT_PUBLIC_URL',
    ]);
    origin = environment.GCSAT_DOMAIN!;
    const authorization = `Basic ${Buffer.from(`${environment.GCSAT_EMAIL}:${environment.GCSAT_TOKEN}`).toString('base64')}`;
    const example = /three_agents\s+(\S+)/.exec(lines.join('\n'))![1]!;
    const answer = await fetch(`${origin}/api/v1/conversations/${example}`, { headers: { authorization } });
    expect(answer.status).toBe(200);
    expect(lines.join('\n')).toContain('/_sandbox/mailbox');
    expect(lines.at(-1)).toBe('Press Ctrl-C to stop.');
    expect(document).toMatchObject({
      origin,
      email: environment.GCSAT_EMAIL,
      token: environment.GCSAT_TOKEN,
      fromAddress: environment.GCSAT_FROM,
      fromNumber: expect.stringMatching(/^\+\d+$/),
    });
    expect(document.traps).toContainEqual({
      name: 'three_agents',
      conversationId: example,
      what: expect.any(String),
    });
  });
  await expect(fetch(origin)).rejects.toThrow();
});

test('hands its flags on', async () => {
  await run({ size: '20', errorPercent: '100', window: 'fixed', latency: '1' }, async (lines) => {
    const origin = /http:\S+/.exec(lines[0]!)![0];
    const authorization = `Basic ${Buffer.from('survey.bot@haldenrook.example.com:sandbox-token').toString('base64')}`;
    const answer = await fetch(`${origin}/api/v1/agents`, { headers: { authorization } });
    expect(answer.status).toBeGreaterThanOrEqual(500);
  });
});

test.each<[string, SandboxCommandOptions]>([
  ['a port that is none', { port: 'http' }],
  ['a port beyond all', { port: '70000' }],
  ['a blank size', { size: ' ' }],
  ['more than everything', { cutPercent: '101' }],
  ['half a millisecond', { latency: '0.5' }],
  ['an unknown window', { window: 'hopping' }],
])('refuses %s', async (_what, options) => {
  await expect(run(options)).rejects.toMatchObject({ kind: 'usage', code: 'bad_value' });
});

test('says so when the port is in use', async () => {
  const other = await startSandbox({ size: 10 });
  const port = new URL(other.origin).port;
  const failure = await run({ port }).catch((error: unknown) => error);
  await other.close();
  expect(failure).toBeInstanceOf(Failure);
  expect(failure).toMatchObject({ kind: 'usage', code: 'port_unavailable' });
  expect((failure as Failure).message).toContain(port);
});

test.each([40, 60, 90])('describes at %i columns within the terminal, between words', async (columns) => {
  await run(
    { size: '50' },
    (lines) => {
      const from = lines.findIndex((line) => line.startsWith('Conversations worth'));
      const described = lines.slice(from + 1, lines.indexOf('Behind the scenes:'));
      // Names and ids are never broken.
      const tooLong = described.filter((line) => line.length > Math.max(columns, 47));
      expect(tooLong).toEqual([]);
      expect(described.join(' ').replace(/ +/g, ' ')).toContain(
        'Owner, closer and last responder are three different agents',
      );
    },
    columns,
  );
});
