import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { exitCodes } from '../../src/failure.ts';
import { answer, type Fate } from '../support/broken-network.ts';
import { expectDecency, runBehind, withScene } from './behind-network.ts';
import { isWhole, proofTimeoutMs } from './extent.ts';
import { faults, isHeard, type Fault, type Meeting } from './faults.ts';
import { longAgo, type Scene } from './scene.ts';

const { configuration, contract, partial, temporary } = exitCodes;

interface Prepared {
  args: string[];
  env?: Record<string, string>;
  /** The exit code when nothing disturbs the command, if not 0. */
  undisturbed?: number;
  /** The exit code for a fault that means something else to this command. */
  otherwise?: Readonly<Record<string, number>>;
  /** The request that it sends for two reasons, so that each has its own tries. */
  askedTwice?: string;
  /** It works on many things; the exit code says that some of them failed. */
  isLong?: boolean;
  /** How many messages have left at the end. */
  messages?: number;
  /** How long to wait until it is tried again. */
  pauseMinutes?: number;
  /** Checks what Gladly must have after another run without the fault. */
  verify?: () => Promise<void>;
}

const ask = async (scene: Scene, method: string, path: string, body?: unknown): Promise<Response> => {
  const { origin, email, token } = scene.sandbox;
  return fetch(`${origin}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
};

const webhooksOf = async (scene: Scene): Promise<{ id: string }[]> =>
  (await ask(scene, 'GET', '/api/v1/webhooks')).json() as ReturnType<typeof webhooksOf>;

const surveyEvents = ['CONVERSATION/CLOSED', 'CONVERSATION/REOPENED'];

/** Makes a webhook without switching it on. */
async function installWebhook(scene: Scene, publicUrl = scene.env['GCSAT_PUBLIC_URL']): Promise<void> {
  const url = `${publicUrl}/webhooks/gladly`;
  const answer = await ask(scene, 'POST', '/api/v1/webhooks', { name: 'gcsat', url, events: surveyEvents });
  expect(answer.status).toBe(201);
}

/** Starts a server that takes every event. Returns its address. */
async function taker(): Promise<string> {
  const server = createServer((request, response) => void request.resume().on('end', () => response.end()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const cardPath = /^\/api\/v1\/customers\/[^/]+\/conversation-items$/;
const deletedCardPath = /^\/api\/v1\/customers\/[^/]+\/conversation-items\/[^/]+$/;
const cardsAre = (scene: Scene, count: number) => async (): Promise<void> =>
  expect((await scene.taken('POST', cardPath)).length).toBe(count);

const commands: Readonly<Record<string, (scene: Scene) => Promise<Prepared> | Prepared>> = {
  attribute: ({ sandbox }) => ({ args: ['attribute', '--', sandbox.exampleConversationId] }),
  replay: (scene) => ({
    args: ['replay', '--', scene.sandbox.exampleConversationId],
    messages: 1,
    verify: cardsAre(scene, 0),
  }),
  post: (scene) => ({
    args: ['post', '--rating', '4', '--', scene.sandbox.exampleConversationId],
    verify: cardsAre(scene, 1),
  }),
  backfill: async (scene) => {
    await scene.tell({ email: 'kim@example.org', minutesAgo: 30 });
    return {
      // Everything else in the sandbox closed on an earlier day than the hour's beginning, whatever the time is now.
      args: ['backfill', '--since', '1h', '--no-input', '--yes'],
      isLong: true,
      messages: 1,
      verify: cardsAre(scene, 0),
    };
  },
  sync: () => ({ args: ['sync'] }),
  'webhook status': async (scene) => {
    await installWebhook(scene);
    return { args: ['webhook', 'status'], undisturbed: configuration };
  },
  'webhook install': async (scene) => {
    // A webhook of somebody else's: an empty list would be too short an answer to break.
    await installWebhook(scene, 'https://other.example.com');
    const env = {
      GCSAT_PUBLIC_URL: await taker(),
      GCSAT_WEBHOOK_PASSWORD: 'of-this-proof-alone',
    };
    return {
      args: ['webhook', 'install'],
      env,
      // Before it makes a webhook, and to see whether it was made when no answer came.
      askedTwice: 'GET /api/v1/webhooks',
      verify: async () => {
        expect(await webhooksOf(scene)).toMatchObject([
          { url: 'https://other.example.com/webhooks/gladly', enabled: false },
          { url: `${env.GCSAT_PUBLIC_URL}/webhooks/gladly`, enabled: true, events: surveyEvents },
        ]);
      },
    };
  },
  'webhook remove': async (scene) => {
    const publicUrl = await taker();
    await installWebhook(scene, publicUrl);
    const [made] = await webhooksOf(scene);
    const switched = await ask(scene, 'PATCH', `/api/v1/webhooks/${made?.id}`, { enabled: true });
    expect(switched.ok).toBe(true);
    return {
      env: { GCSAT_PUBLIC_URL: publicUrl },
      args: ['webhook', 'remove', '--yes'],
      verify: async () => expect(await webhooksOf(scene)).toEqual([]),
    };
  },
  doctor: () => ({
    args: ['doctor', 'gladly.token', 'gladly.opt-out-topic', 'webhook.registered'],
    // It first asks once, without credentials, whether Gladly is there.
    askedTwice: 'GET /api/v1/organization',
    otherwise: { 'a page instead of data': contract, '5xx, resets and 429 for a while': temporary },
  }),
  'configure test': () => ({ args: ['configure', 'test'] }),
  'configure test --send-to': () => ({ args: ['configure', 'test', '--send-to', 'kim@example.org'] }),
};

const postOf = ({ sandbox }: Scene, rating: number): string[] => [
  'post',
  '--rating',
  String(rating),
  '--',
  sandbox.exampleConversationId,
];

/** Commands that meet a fault only in the middle, because they begin where another command ended. */
const followUps: typeof commands = {
  'post of a changed answer': async (scene) => {
    expect((await scene.run(postOf(scene, 4))).code).toBe(0);
    return {
      args: postOf(scene, 2),
      verify: async () => {
        await cardsAre(scene, 2)();
        expect(await scene.taken('DELETE', deletedCardPath)).toHaveLength(1);
      },
    };
  },
  'sync after an answer without its card': async (scene) => {
    const refusal = answer('400 Bad Request', '{"errors": [{"code": "invalid"}]}');
    const noCard = (_number: number, line: string): Fate => (card.test(line) ? refusal : { kind: 'pass' });
    const { code } = await runBehind(scene, { args: postOf(scene, 4) }, {}, noCard);
    expect(code).not.toBe(0);
    return { args: ['sync'], isLong: true, pauseMinutes: 2, verify: cardsAre(scene, 1) };
  },
};

/** A bounded proof tries each fault with one command, and each command with a few faults. */
const everyFew = 9;
const cases = Object.keys(commands).flatMap((command, row) =>
  faults
    .filter((_fault, column) => isWhole || column % everyFew === row % everyFew)
    .map((fault): [string, string, Fault] => [command, fault.name, fault]),
);

describe('from the first request on', () => {
  test.each(cases)('%s: %s', { timeout: proofTimeoutMs }, async (command, name, fault) =>
    withScene(async (scene) => {
      const prepared = await commands[command]!(scene);
      const { undisturbed = 0, otherwise } = prepared;
      const outcome = await runBehind(scene, prepared, fault, fault.fate);
      expect(outcome.code, outcome.stderr).toBe(
        otherwise?.[name] ?? (fault.code === 0 ? undisturbed : fault.code),
      );
      expect(outcome.asked.size).toBeGreaterThan(0);
      expectDecency(outcome, prepared);
      const { code, mebibytes } = outcome;
      process.stdout.write(`${command}, ${name}: exit ${code}, ${Math.round(mebibytes)} MiB\n`);
    }),
  );
});

/** A command that goes well until a certain request. */
interface Interrupted {
  command: string;
  /** The first request that meets the fault. */
  from: RegExp;
  /** What the request is for, which decides what the fault may do. */
  meets: Meeting;
  /** Its answer has no body. */
  isBodiless?: boolean;
}

const mail = /^POST \/api\/v1\/communications\/email$/;
const card = /^POST \/api\/v1\/customers\/[^/]+\/conversation-items$/;
const events = /^GET \/api\/v1\/events\?/;
const items = /^GET \/api\/v1\/conversations\/[^/]+\/items$/;

const interrupted: readonly Interrupted[] = [
  { command: 'replay', from: mail, meets: 'message' },
  { command: 'post', from: card, meets: 'card' },
  { command: 'backfill', from: mail, meets: 'message' },
  { command: 'replay', from: items, meets: 'read' },
  { command: 'replay', from: /^GET \/api\/v1\/topics$/, meets: 'read' },
  { command: 'replay', from: /^GET \/api\/v1\/customer-profiles\//, meets: 'read' },
  { command: 'post', from: items, meets: 'read' },
  { command: 'backfill', from: events, meets: 'read' },
  { command: 'backfill', from: items, meets: 'closing' },
  { command: 'backfill', from: /^GET \/api\/v1\/customer-profiles\//, meets: 'closing' },
  {
    command: 'post of a changed answer',
    from: /^DELETE \/api\/v1\/customers\//,
    meets: 'change',
  },
  { command: 'post of a changed answer', from: card, meets: 'card' },
  { command: 'sync after an answer without its card', from: card, meets: 'closing' },
  { command: 'webhook install', from: /^POST \/api\/v1\/webhooks$/, meets: 'read', isBodiless: true },
  { command: 'webhook install', from: /^PATCH \/api\/v1\/webhooks\//, meets: 'change', isBodiless: true },
  { command: 'webhook remove', from: /^PATCH \/api\/v1\/webhooks\//, meets: 'change', isBodiless: true },
  { command: 'webhook remove', from: /^DELETE \/api\/v1\/webhooks\//, meets: 'change', isBodiless: true },
];

/** The faults that a message and a card meet in a bounded proof. Anything else meets one fault each. */
const decisive: Partial<Record<Meeting, readonly string[]>> = {
  message: [
    'an answer without its last byte',
    '429 without end',
    '503 without end',
    'a refusal of the request',
  ],
  card: ['reset within the body', 'an answer without its last byte', '429 that asks for an hour'],
};
const isDecisive = ({ meets }: Interrupted, row: number, { name }: Fault, column: number): boolean =>
  decisive[meets]?.includes(name) ?? column === (5 * row) % faults.length;

const later = interrupted.flatMap((one, row) =>
  faults
    // The refusal of a change has a meaning of its own.
    .filter(({ refused = false }) => !(refused && one.meets === 'change'))
    .filter((fault, column) => isWhole || isDecisive(one, row, fault, column))
    .map((fault): [string, RegExp, string, Interrupted, Fault] => [
      one.command,
      one.from,
      fault.name,
      one,
      fault,
    ]),
);

describe('in the middle, and run again when all is well', () => {
  test.each(later)(
    '%s, from %s on: %s',
    { timeout: proofTimeoutMs },
    async (command, from, name, request, fault) =>
      withScene(async (scene) => {
        const prepared = await { ...commands, ...followUps }[command]!(scene);
        const { meets } = request;
        let before: number | null = null;
        const outcome = await runBehind(scene, prepared, fault, (number, line) => {
          if (from.test(line)) before ??= number - 1;
          return before === null ? { kind: 'pass' } : fault.fate(number - before);
        });
        expect(before, 'the request that is to meet the fault').not.toBeNull();
        process.stdout.write(`${command}, ${name} at ${from}: exit ${outcome.code}\n`);
        expect(outcome.code, outcome.stderr).toBe(codeAfter(fault, request, prepared));
        expectDecency(outcome, prepared);
        const arrived = scene.sandbox.mailbox().length;
        if (meets === 'message') await expectTold(scene, fault, arrived);

        if (meets === 'message' && fault.refused === true && prepared.isLong === true) {
          await retryOnlyOne(scene);
        }
        const again = await scene.run(['--json', ...prepared.args], {
          ...longAgo(scene.env, -(prepared.pauseMinutes ?? 0)),
          ...prepared.env,
        });
        expect(again.code, again.stderr).toBe(0);
        const isDoubtful = meets === 'message' && fault.message === 'uncertain';
        if (isDoubtful) await expectTold(scene, fault, arrived);
        const { messages = 0 } = prepared;
        expect(scene.sandbox.mailbox().length, 'messages').toBe(isDoubtful ? arrived : messages);
        const addresses = scene.sandbox.mailbox().map(({ to }) => to);
        expect(addresses).toEqual([...new Set(addresses)]);
        await prepared.verify?.();
      }),
  );
});

/** The exit code of a command that first meets the fault at this request. */
function codeAfter(
  fault: Fault,
  { meets, isBodiless = false }: Interrupted,
  { isLong = false }: Prepared,
): number {
  if (isBodiless && fault.endsWithHead === true) return 0;
  const { code, message, refused = false } = fault;
  if (meets === 'change') return code;
  if (code === 0) return 0;
  if (meets === 'closing') return partial;
  if (meets !== 'message') return code;
  // A doubt is a warning.
  if (message !== 'not sent') return 0;
  // A refusal by Gladly concerns this message alone.
  return isLong || refused ? partial : code;
}

/** What Gladly refused waits for a person, unless that person runs the same command again. */
async function retryOnlyOne(scene: Scene): Promise<void> {
  const { stdout } = await scene.run(['--json', 'surveys', 'list', '--state', 'failed']);
  const [{ conversationId }] = JSON.parse(stdout) as [{ conversationId: string }];
  const { code, stderr } = await scene.run(['surveys', 'retry', '--', conversationId]);
  expect(code, stderr).toBe(0);
}

/** Expects what the ledger must say about the one message, and whether Gladly has it. */
async function expectTold(scene: Scene, fault: Fault, arrived: number): Promise<void> {
  expect(arrived, 'messages that arrived').toBe(fault.message !== 'not sent' && isHeard(fault) ? 1 : 0);
  const listed = async (...only: string[]): Promise<{ state: string }[]> =>
    JSON.parse((await scene.run(['--json', 'surveys', 'list', ...only])).stdout) as ReturnType<typeof listed>;
  const states = {
    sent: 'sent',
    uncertain: 'uncertain',
    'not sent': fault.refused === true ? 'failed' : 'scheduled',
  };
  expect(await listed()).toMatchObject([{ state: states[fault.message] }]);
  expect(await listed('--state', 'uncertain')).toHaveLength(fault.message === 'uncertain' ? 1 : 0);
}
