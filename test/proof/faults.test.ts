import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exitCodes } from '../../src/failure.ts';
import { answer, brokenNetwork, hugeAnswer, type Fate } from '../support/broken-network.ts';
import { isWhole, proofTimeoutMs } from './extent.ts';
import { createScene, type Scene } from './scene.ts';

/** As many times may one and the same thing be asked. */
const mostTries = 6;
/** Resident: about 90 of the program itself, and six answers at once of which 16 each are read before they are refused. */
const mostMebibytes = 320;

interface Fault {
  name: string;
  /** What becomes of the request of that number, counted from 1. */
  fate: (number: number) => Fate;
  /** How every command ends while the fault lasts. */
  code: number;
}

const always =
  (fate: Fate): Fault['fate'] =>
  () =>
    fate;
const { configuration, temporary, contract, partial } = exitCodes;

const faults: readonly Fault[] = [
  { name: 'late and unsteady', fate: always({ kind: 'late', milliseconds: 20, jitter: 60 }), code: 0 },
  { name: 'reset before the answer', fate: always({ kind: 'reset before' }), code: temporary },
  { name: 'reset within the head', fate: always({ kind: 'reset within', bytes: 20 }), code: temporary },
  { name: 'reset within the body', fate: always({ kind: 'reset within', bytes: 330 }), code: temporary },
  { name: 'half an answer', fate: always({ kind: 'end within', bytes: 330 }), code: temporary },
  { name: 'a byte at a time', fate: always({ kind: 'drip', milliseconds: 20 }), code: temporary },
  { name: 'no answer', fate: always({ kind: 'no answer' }), code: temporary },
  { name: 'a black hole', fate: always({ kind: 'never read' }), code: temporary },
  { name: '429 without end', fate: always(answer('429 Too Many Requests')), code: temporary },
  {
    name: '429 that asks for an hour',
    fate: always(answer('429 Too Many Requests', '', ['Retry-After: 3600'])),
    code: temporary,
  },
  { name: '503 without end', fate: always(answer('503 Service Unavailable')), code: temporary },
  {
    name: '5xx, resets and 429 for a while',
    fate: (number) =>
      [
        answer('502 Bad Gateway', '<h1>Bad Gateway</h1>'),
        answer('429 Too Many Requests'),
        { kind: 'reset before' } as const,
        answer('500 Internal Server Error'),
      ][number - 1] ?? { kind: 'pass' },
    code: 0,
  },
  { name: 'a page instead of data', fate: always(answer('200 OK', '<html>Sign in</html>')), code: contract },
  { name: 'JSON of another shape', fate: always(answer('200 OK', '{"hello": ["world"]}\n')), code: contract },
  { name: 'a redirect', fate: always(answer('302 Found', '', ['Location: /login'])), code: contract },
  {
    name: 'no HTTP at all',
    fate: always({ kind: 'say', pieces: () => ['SSH-2.0-OpenSSH_9.6\r\n'] }),
    code: temporary,
  },
  { name: 'a gigabyte in a small parcel', fate: always(hugeAnswer(1024, { packed: true })), code: contract },
  { name: 'a hundred megabytes', fate: always(hugeAnswer(100, { packed: false })), code: contract },
];

const commands: Readonly<Record<string, (scene: Scene) => Promise<string[]> | string[]>> = {
  attribute: ({ sandbox }) => ['attribute', '--', sandbox.tellingConversationId],
  replay: ({ sandbox }) => ['replay', '--', sandbox.tellingConversationId],
  post: ({ sandbox }) => ['post', '--rating', '4', '--', sandbox.tellingConversationId],
  backfill: async (scene) => {
    await scene.tell({ email: 'kim@example.org', minutesAgo: 90 });
    return ['backfill', '--since', '3h', '--no-input', '--yes'];
  },
  sync: () => ['sync'],
  'webhook status': async ({ sandbox: { origin, email, token }, env }) => {
    const answer = await fetch(`${origin}/api/v1/webhooks`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`,
      },
      body: JSON.stringify({
        url: `${env['GCSAT_PUBLIC_URL']}/webhooks/gladly`,
        events: ['CONVERSATION/CLOSED', 'CONVERSATION/REOPENED'],
      }),
    });
    expect(answer.status).toBe(201);
    return ['webhook', 'status'];
  },
};

/** How a command ends that nothing disturbs. */
const undisturbed = (command: string): number =>
  // Nobody is there to answer the PING, so the webhook is switched off.
  command === 'webhook status' ? configuration : 0;

const preload = `
  import { writeFileSync } from 'node:fs';
  process.on('exit', () => writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS)));
`;

interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Request lines, with how often each came. */
  asked: Map<string, number>;
  mebibytes: number;
}

/** One ledger for all of a scene, though Gladly is met at more than one address: each has its own unless one is named. */
const ledgerOf = ({ folder }: Scene): Record<string, string> => ({
  GCSAT_DATABASE_URL: join(folder, 'data', 'ledger.db'),
});

/** Runs the command with the fault between it and Gladly. It is killed, and the test fails, after two minutes. */
async function runBehind(scene: Scene, args: readonly string[], fate: Fault['fate']): Promise<Outcome> {
  const network = await brokenNetwork(scene.sandbox.origin, fate);
  const peak = join(scene.folder, 'peak');
  try {
    const { code, stdout, stderr } = await scene.run(['--json', '--timeout', '1', ...args], {
      ...ledgerOf(scene),
      GCSAT_DOMAIN: network.origin,
      NODE_OPTIONS: `${scene.env['NODE_OPTIONS']} --import=data:text/javascript,${encodeURIComponent(preload)}`,
      PEAK_FILE: peak,
    });
    const asked = new Map<string, number>();
    for (const line of network.requests) asked.set(line, (asked.get(line) ?? 0) + 1);
    return { code, stdout, stderr, asked, mebibytes: Number(readFileSync(peak, 'utf8')) / 1024 };
  } finally {
    await network.close();
  }
}

async function withScene(use: (scene: Scene) => Promise<void>): Promise<void> {
  const scene = await createScene();
  await use(scene).finally(() => scene.close());
}

/** What holds however it ended. */
function expectDecency({ code, stdout, stderr, asked, mebibytes }: Outcome): void {
  // One document, whether it tells of an error or of a result.
  expect(JSON.parse(stdout)).toBeTypeOf('object');
  expect(
    code === 0 || code === partial || code === configuration || /^error: .+ \(.+\)$/m.test(stderr),
    stderr,
  ).toBe(true);
  expect(`${stdout}${stderr}`).not.toContain('sandbox-token');
  expect([...asked].filter(([, times]) => times > mostTries)).toEqual([]);
  expect(mebibytes).toBeLessThan(mostMebibytes);
}

const cases = Object.keys(commands).flatMap((command, row) =>
  faults
    .filter((_fault, column) => isWhole || column % Object.keys(commands).length === row)
    .map((fault): [string, string, Fault] => [command, fault.name, fault]),
);

describe('from the first request on', () => {
  test.each(cases)('%s: %s', { timeout: proofTimeoutMs }, async (command, name, fault) =>
    withScene(async (scene) => {
      const outcome = await runBehind(scene, await commands[command]!(scene), fault.fate);
      expect(outcome.code, outcome.stderr).toBe(fault.code === 0 ? undisturbed(command) : fault.code);
      expect(outcome.asked.size).toBeGreaterThan(0);
      expectDecency(outcome);
      const { code, mebibytes } = outcome;
      process.stdout.write(`${command}, ${name}: exit ${code}, ${Math.round(mebibytes)} MiB\n`);
    }),
  );
});

const broken = faults.filter(({ code }) => code !== 0);
const writing = ['replay', 'post', 'backfill'];
const beginnings = isWhole ? [2, 4, 6, 8, 10] : [4, 7];
const later = writing
  .flatMap((command) => beginnings.map((first) => ({ command, first })))
  .flatMap((one, row) =>
    broken
      .filter((_fault, column) => isWhole || column % 8 === row)
      .map((fault): [string, number, string, Fault] => [one.command, one.first, fault.name, fault]),
  );

describe('in the middle, and run again when all is well', () => {
  test.each(later)(
    '%s, from request %i on: %s',
    { timeout: proofTimeoutMs },
    async (command, first, _name, fault) =>
      withScene(async (scene) => {
        const args = await commands[command]!(scene);
        const outcome = await runBehind(scene, args, (number) =>
          number < first ? { kind: 'pass' } : fault.fate(number),
        );
        expect([0, partial, temporary, contract], outcome.stderr).toContain(outcome.code);
        expectDecency(outcome);
        const again = await scene.run(['--json', ...args], ledgerOf(scene));
        expect(again.code, again.stderr).toBe(0);
        const addresses = scene.sandbox.mailbox().map(({ to }) => to);
        expect(addresses).toEqual([...new Set(addresses)]);
        const path = /^\/api\/v1\/customers\/[^/]+\/conversation-items$/;
        expect((await scene.taken('POST', path)).length).toBe(command === 'post' ? 1 : 0);
      }),
  );
});
