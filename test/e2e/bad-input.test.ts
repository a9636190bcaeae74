import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openLedger } from '../../src/store/open.ts';
import { run } from '../support/run.ts';
import { runInside } from '../support/run-inside.ts';

interface Reply {
  status?: number;
  headers?: Record<string, string>;
  /** Text goes out as it is, anything else as JSON. */
  body?: unknown;
}

/** By method and path below /api/v1, e.g. `GET /agents`; `*` stands for everything else. */
type Script = Record<string, Reply>;

interface ScriptedGladly {
  env: Record<string, string>;
  /** The requests that it got, e.g. `GET /agents`, with the path as it came over the wire. */
  asked: string[];
  script: Script;
}

const token = 'the-token-of-this-test';
const authorization = `Basic ${Buffer.from(`api@example.com:${token}`).toString('base64')}`;
const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

const conversation = {
  id: 'c1',
  customerId: 'k1',
  agentId: 'a1',
  inboxId: 'i1',
  topicIds: ['t1'],
  status: 'CLOSED',
  createdAt: ago(90),
  closedAt: ago(30),
};
const item = (id: string, minutes: number, by: { id: string; type: string }) => ({
  id,
  conversationId: 'c1',
  customerId: 'k1',
  timestamp: ago(minutes),
  initiator: by,
  content: { type: 'CHAT_MESSAGE', sessionId: 's1', content: 'Hello', messageType: 'TEXT' },
});
const customer = {
  id: 'k1',
  name: 'Casey',
  emails: [{ original: 'casey@example.com', normalized: 'casey@example.com', primary: true }],
};
const good: Script = {
  'GET /organization': { body: { id: 'o1', name: 'Acme', timezone: 'UTC' } },
  'GET /agents': { body: [{ id: 'a1', name: 'Amy Agent', emailAddress: 'amy@example.com' }] },
  'GET /inboxes': { body: [{ id: 'i1', name: 'Support' }] },
  'GET /topics': { body: [{ id: 't1', name: 'Orders', disabled: false }] },
  'GET /conversations/c1': { body: conversation },
  'GET /conversations/c1/items': {
    body: [item('m1', 80, { id: 'k1', type: 'CUSTOMER' }), item('m2', 70, { id: 'a1', type: 'AGENT' })],
  },
  'GET /customer-profiles/k1': { body: customer },
  'POST /communications/email': { body: { conversationItemId: 'mail1', customerId: 'k1' } },
  'POST /customers/k1/conversation-items': { body: {} },
};

const folders: string[] = [];
const closers: (() => Promise<void>)[] = [];

afterAll(async () => {
  await Promise.all(closers.map((close) => close()));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gcsat-bad-input-'));
  folders.push(folder);
  return folder;
}

/** A Gladly with one surveyable conversation, c1, that answers what the script says, and a place for its ledger. */
async function scriptedGladly(script: Script = {}): Promise<ScriptedGladly> {
  const gladly: ScriptedGladly = { env: {}, asked: [], script };
  const server = createServer((request: IncomingMessage, response) => {
    request.resume().on('end', () => {
      const path = (request.url ?? '').replace(/^\/api\/v1/, '').replace(/\?.*/, '');
      const name = `${request.method ?? ''} ${path}`;
      gladly.asked.push(name);
      const isKnown = request.headers.authorization === authorization;
      const reply: Reply = isKnown
        ? (gladly.script[name] ?? gladly.script['*'] ?? good[name] ?? { status: 404 })
        : { status: 401 };
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
      response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  gladly.env = { ...account(port), GCSAT_DATA_DIR: newFolder() };
  return gladly;
}

function account(port: number): Record<string, string> {
  return {
    GCSAT_DOMAIN: `http://127.0.0.1:${port}`,
    GCSAT_EMAIL: 'api@example.com',
    GCSAT_TOKEN: token,
    GCSAT_RATE_SHARE: '100',
    GCSAT_DELIVERY: 'gladly-email',
    GCSAT_FROM: 'care@example.com',
    GCSAT_PUBLIC_URL: 'https://csat.example.com',
  };
}

const writes = ({ asked }: ScriptedGladly): string[] => asked.filter((name) => !name.startsWith('GET '));

interface Refused {
  document: ReturnType<typeof JSON.parse>;
  error: { code: string; message: string; hint: string; conversationId: string | null };
}

/** What a waiting command prints every ten seconds if there is no terminal. */
const progressLines = /^(?:read|find) [a-z ]+\n/gm;

/**
 * Runs the program, which has to fail: with this exit code, one line on stderr that says what went wrong and what to do
 * next, and the same in one JSON document. `--json` goes first, because ids may follow a `--`.
 */
async function refusedBy(
  runs: typeof runInside,
  args: readonly string[],
  env: Record<string, string | undefined>,
  exitCode: number,
  code: string,
): Promise<Refused> {
  const result = await runs(['--json', ...args], { env });
  const stderr = result.stderr.replace(progressLines, '');
  expect({ code: result.code, stderr }).toEqual({
    code: exitCode,
    stderr: expect.stringMatching(/^error: [^\n]+ \([^\n]+\)\n$/),
  });
  const document = JSON.parse(result.stdout);
  const { error } = document;
  expect(error).toMatchObject({ code });
  expect(stderr).toBe(`error: ${error.message} (${error.hint})\n`);
  expect(error.hint).toMatch(/\w{3}/);
  expect(result.stdout + result.stderr).not.toContain(token);
  return { document, error };
}

type RefusedArguments = Parameters<typeof refusedBy> extends [unknown, ...infer Rest] ? Rest : never;

const refused = (...given: RefusedArguments): Promise<Refused> => refusedBy(runInside, ...given);

/** Runs in a separate process, for runs that wait and therefore go on side by side. */
const refusedOutside = (...given: RefusedArguments): Promise<Refused> => refusedBy(run, ...given);

/** Nothing listens there, so a run that sends something after all ends differently than it should. */
const closedPort = account(9);

describe('usage: exit 2, before anything is asked of Gladly', () => {
  test.each<[string, string[], string]>([
    ['an empty id', ['attribute', ''], 'empty_conversation_id'],
    ['an id of spaces', ['replay', 'c1', '  '], 'empty_conversation_id'],
    ['no id', ['replay'], 'no_conversation'],
    ['an empty id to show', ['surveys', 'show', ''], 'empty_id'],
    ['an empty id to retry', ['surveys', 'retry', ' '], 'empty_id'],
    ['an empty id to cancel', ['surveys', 'cancel', ''], 'empty_id'],
    ['two readers of stdin', ['backfill', '--conversations', '-', '--token-stdin'], 'bad_usage'],
    ['an unknown flag of attribute', ['attribute', 'c1', '--force'], 'unknown_option'],
    ['an unknown flag of post', ['post', 'c1', '--ratting', '5'], 'unknown_option'],
    ['an id that looks like a flag', ['attribute', '-abc'], 'unknown_option'],
    ['nothing to post', ['post'], 'usage'],
    ['a rating of 0', ['post', 'c1', '--rating', '0'], 'usage'],
    ['a rating of 6', ['post', 'c1', '--rating', '6'], 'usage'],
    ['a rating of 4.5', ['post', 'c1', '--rating', '4.5'], 'usage'],
    ['a rating of -1', ['post', 'c1', '--rating=-1'], 'usage'],
    ['a rating in words', ['post', 'c1', '--rating', 'five'], 'usage'],
    ['a rating in other digits', ['post', 'c1', '--rating', '٥'], 'usage'],
    ['a comment alone', ['post', '--survey', 's1', '--comment', 'x'], 'usage'],
    ['resolved alone', ['post', '--survey', 's1', '--resolved', 'no'], 'usage'],
    ['resolved: perhaps', ['post', 'c1', '--rating', '5', '--resolved', 'perhaps'], 'bad_usage'],
    ['a conversation and a survey', ['post', 'c1', '--survey', 's1'], 'usage'],
    ['two conversations', ['post', 'c1', 'c2', '--rating', '5'], 'bad_usage'],
    ['an empty survey id', ['post', '--survey='], 'usage'],
    ['an unknown state', ['surveys', 'list', '--state', 'sent,lost'], 'state_unknown'],
    ['a limit of 0', ['surveys', 'list', '--limit', '0'], 'limit_invalid'],
    ['a negative limit', ['surveys', 'list', '--limit=-5'], 'limit_invalid'],
    ['a limit in words', ['surveys', 'list', '--limit', 'many'], 'limit_invalid'],
    ['since: no time', ['surveys', 'list', '--since', 'whenever'], 'bad_time_range'],
    ['since: no day', ['surveys', 'list', '--since', '2026-02-30'], 'bad_time_range'],
    ['a time-out of 0', ['attribute', 'c1', '--timeout', '0'], 'bad_value'],
    ['all of the rate limit and more', ['attribute', 'c1', '--rate-share', '101'], 'bad_value'],
    ['another host', ['attribute', 'c1', '--domain', 'acme.gladly.co'], 'bad_value'],
    ['a nameless ledger', ['attribute', 'c1', '--database='], 'bad_value'],
    ['an empty token on stdin', ['attribute', 'c1', '--token-stdin'], 'stdin_empty'],
  ])('%s', async (_name, args, code) => {
    const { document } = await refused(args, closedPort, 2, code);
    expect(Object.keys(document)).toEqual(['error']);
  });

  test('stdout stays empty without --json', async () => {
    const { code, stdout, stderr } = await runInside(['post', 'c1', '--rating', '6'], { env: closedPort });
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: "error: --rating must be 1 to 5, not '6' (Give a whole number.)\n",
    });
  });
});

describe('configuration: exit 3, before anything is asked of Gladly', () => {
  const without = (...names: string[]): Record<string, string | undefined> => ({
    ...closedPort,
    ...Object.fromEntries(names.map((name) => [name, undefined])),
  });

  test.each<[string, string[], Record<string, string | undefined>, string]>([
    ['nothing at all', ['attribute', 'c1'], {}, 'not_configured'],
    ['no token', ['replay', 'c1'], without('GCSAT_TOKEN'), 'not_configured'],
    ['a profile that is not there', ['replay', 'c1', '--profile', 'acme'], {}, 'not_configured'],
    ['a bad time-out', ['attribute', 'c1'], { ...closedPort, GCSAT_TIMEOUT: 'soon' }, 'bad_configuration'],
    [
      'a token file that is not there',
      ['attribute', 'c1'],
      { ...without('GCSAT_TOKEN'), GCSAT_TOKEN_FILE: '/nowhere/token' },
      'secret_file_unreadable',
    ],
    [
      'a token and a token file',
      ['attribute', 'c1'],
      { ...closedPort, GCSAT_TOKEN_FILE: '/nowhere/token' },
      'secret_given_twice',
    ],
    ['no sender', ['replay', 'c1'], without('GCSAT_FROM'), 'delivery_incomplete'],
    ['no survey page', ['replay', 'c1'], without('GCSAT_PUBLIC_URL'), 'delivery_incomplete'],
    [
      'no survey page, dry',
      ['replay', 'c1', '--dry-run'],
      without('GCSAT_PUBLIC_URL'),
      'delivery_incomplete',
    ],
    [
      'no keys of Agent Connect',
      ['replay', 'c1', '--delivery', 'medallia'],
      closedPort,
      'delivery_incomplete',
    ],
    [
      'a ledger elsewhere',
      ['attribute', 'c1', '--database', 'postgres://u:pass@h/db?sslmode=maybe'],
      closedPort,
      'database_invalid',
    ],
    [
      'a ledger that is a folder',
      ['attribute', 'c1', '--database', tmpdir()],
      closedPort,
      'database_invalid',
    ],
  ])('%s', async (_name, args, env, code) => {
    await refused(args, env, 3, code);
  });

  test.each([
    ['a broken template', '<p><%= it.agent.name </p>', 'template_invalid'],
    ['a template that says nothing of the survey', '<p>Hello</p>', 'template_invalid'],
    ['a template that is not there', null, 'template_unreadable'],
  ])('%s', async (_name, text, code) => {
    const gladly = await scriptedGladly();
    const folder = newFolder();
    const env = { ...gladly.env, GCSAT_CONFIG_DIR: join(folder, 'config') };
    const file = join(folder, 'survey.eta');
    writeFileSync(file, readFileSync('src/delivery/templates/survey.eta'));
    expect(await runInside(['configure', 'set', `template=${file}`], { env })).toMatchObject({ code: 0 });
    if (text === null) rmSync(file);
    else writeFileSync(file, text);
    const { error } = await refused(['replay', 'c1'], env, 3, code);
    expect(error.message).toContain(file);
    expect(gladly.asked).toEqual([]);
  });
});

describe('ids are opaque: what Gladly does not know is exit 5', () => {
  test.each([
    ['a/../../agents', 'GET /conversations/a%2F..%2F..%2Fagents'],
    ['c1?x=1#y', 'GET /conversations/c1%3Fx%3D1%23y'],
    ['%2e%2e', 'GET /conversations/%252e%252e'],
    ['-abc', 'GET /conversations/-abc'],
    ["'; drop table closings; --", "GET /conversations/'%3B%20drop%20table%20closings%3B%20--"],
    ['дом 🏠', 'GET /conversations/%D0%B4%D0%BE%D0%BC%20%F0%9F%8F%A0'],
    ['x'.repeat(300), `GET /conversations/${'x'.repeat(300)}`],
    ['red\u001b[31m\nline', 'GET /conversations/red%1B%5B31m%0Aline'],
  ])('%j', async (id, request) => {
    const gladly = await scriptedGladly();
    const { error } = await refused(['attribute', '--', id], gladly.env, 5, 'conversation_not_found');
    expect(error.conversationId).toBe(id);
    const asked = gladly.asked.filter((name) => name.includes('conversations'));
    expect(asked).toContain(request);
    // The timeline may have been requested before the answer came.
    expect(asked.filter((name) => name !== request && name !== `${request}/items`)).toEqual([]);
  });

  test.each(['.', '..'])('%j, which cannot stand in a path', async (id) => {
    const gladly = await scriptedGladly();
    await refused(['attribute', id], gladly.env, 5, 'conversation_not_found');
    expect(gladly.asked.filter((name) => name.includes('conversations'))).toEqual([]);
  });

  test('a survey that the ledger does not have', async () => {
    const gladly = await scriptedGladly();
    await refused(['post', '--survey', 'svy_1'], gladly.env, 5, 'survey_not_found');
    await refused(['surveys', 'show', 'svy_1'], gladly.env, 5, 'survey_not_found');
    await refused(['surveys', 'retry', 'svy_1'], gladly.env, 5, 'survey_not_found');
    await refused(['surveys', 'cancel', 'svy_1'], gladly.env, 5, 'survey_not_found');
    expect(writes(gladly)).toEqual([]);
  });
});

/** Wrong answers, and what the program makes of them. */
type BadAnswer = [name: string, script: Script, exitCode: number, code: string];

const html = '<!doctype html><html><body>Sign in to the corporate proxy</body></html>';
const page: Reply = { headers: { 'content-type': 'text/html' }, body: html };
const cut = (body: unknown): Reply => ({ body: JSON.stringify(body).slice(0, -20) });
/** Longer than any window for tries, so that the program gives up waiting at once. */
const muchLater = { 'retry-after': '3600' };

const badAnswers: BadAnswer[] = [
  ['401', { '*': { status: 401 } }, 4, 'unauthorized'],
  ['403 for everything', { '*': { status: 403 } }, 4, 'forbidden'],
  ['403 for the timeline', { 'GET /conversations/c1/items': { status: 403 } }, 4, 'forbidden'],
  ['404 for the conversation', { 'GET /conversations/c1': { status: 404 } }, 5, 'conversation_not_found'],
  ['404 for the customer', { 'GET /customer-profiles/k1': { status: 404 } }, 5, 'customer_not_found'],
  ['a page for everything', { '*': page }, 7, 'not_an_answer'],
  ['a page for the conversation', { 'GET /conversations/c1': page }, 7, 'not_an_answer'],
  ['a page for the agents', { 'GET /agents': page }, 7, 'not_an_answer'],
  [
    'a redirect',
    { 'GET /conversations/c1': { status: 302, headers: { location: '/login' } } },
    9,
    'redirected',
  ],
  ['no JSON', { 'GET /conversations/c1': { body: 'OK' } }, 7, 'not_an_answer'],
  ['cut JSON', { 'GET /conversations/c1': cut(conversation) }, 7, 'network'],
  [
    'no customerId',
    { 'GET /conversations/c1': { body: { ...conversation, customerId: undefined } } },
    9,
    'unreadable_answer',
  ],
  [
    'a topic that names no id',
    { 'GET /conversations/c1': { body: { ...conversation, topicIds: [{ name: 'Orders' }] } } },
    9,
    'unreadable_answer',
  ],
  [
    'items that are no list',
    { 'GET /conversations/c1/items': { body: { items: [] } } },
    9,
    'unreadable_answer',
  ],
  ['null for the items', { 'GET /conversations/c1/items': { body: null } }, 7, 'not_an_answer'],
  ['topics that are no list', { 'GET /topics': { body: {} } }, 9, 'unreadable_answer'],
  [
    'a merge in a circle',
    {
      'GET /customer-profiles/k1': {
        status: 301,
        body: { errors: [{ code: 'moved', meta: { old: 'k1', new: 'k2' } }] },
      },
      'GET /customer-profiles/k2': {
        status: 301,
        body: { errors: [{ code: 'moved', meta: { old: 'k2', new: 'k1' } }] },
      },
    },
    9,
    'merge_loop',
  ],
  ['500 for good', { 'GET /conversations/c1': { status: 500 } }, 7, 'gladly_unavailable'],
  [
    '503, come back in an hour',
    { 'GET /conversations/c1': { status: 503, headers: muchLater } },
    7,
    'gladly_unavailable',
  ],
];

describe.concurrent('what Gladly answers wrongly', () => {
  test.each(badAnswers)('%s', async (_name, script, exitCode, code) => {
    const gladly = await scriptedGladly(script);
    const { document, error } = await refusedOutside(['replay', 'c1'], gladly.env, exitCode, code);
    expect(document).toMatchObject({ conversationId: 'c1', outcome: 'failed', survey: null });
    expect(error.conversationId).toBe('c1');
    expect(writes(gladly)).toEqual([]);

    // Nothing was lost: the same command again, with a Gladly that works.
    gladly.script = {};
    const mended = await run(['replay', 'c1', '--json'], { env: gladly.env });
    expect(mended.code).toBe(0);
    expect(JSON.parse(mended.stdout)).toMatchObject({
      outcome: 'sent',
      attribution: { agent: { id: 'a1' } },
    });
    expect(writes(gladly)).toEqual(['POST /communications/email']);
  });

  test('502 is tried six times, 404 and refused credentials once', async () => {
    const times = async (script: Script): Promise<number> => {
      const gladly = await scriptedGladly(script);
      await run(['attribute', 'c1'], { env: gladly.env });
      return gladly.asked.filter((name) => name === 'GET /conversations/c1').length;
    };
    const name = 'GET /conversations/c1';
    const [unwell, absent, refusedAll] = await Promise.all([
      times({ [name]: { status: 502 } }),
      times({ [name]: { status: 404 } }),
      times({ [name]: { status: 401 } }),
    ]);
    expect([unwell, absent, refusedAll]).toEqual([6, 1, 1]);
  });

  test('429 for good', async () => {
    const gladly = await scriptedGladly({ '*': { status: 429, headers: muchLater } });
    const { error } = await refusedOutside(['replay', 'c1', '--timeout', '1'], gladly.env, 7, 'rate_limited');
    expect(error.hint).toContain('60 minutes');
    // The pause also holds for the next run with this ledger, so this run gets another ledger.
    gladly.script = {};
    const env = { ...gladly.env, GCSAT_DATA_DIR: newFolder() };
    expect(await run(['replay', 'c1'], { env })).toMatchObject({ code: 0 });
    expect(writes(gladly)).toEqual(['POST /communications/email']);
  });

  test('the wrong token', async () => {
    const gladly = await scriptedGladly();
    const env = { ...gladly.env, GCSAT_TOKEN: 'the-wrong-token' };
    const { error, document } = await refusedOutside(['attribute', 'c1'], env, 4, 'unauthorized');
    expect(JSON.stringify([error, document])).not.toContain('the-wrong-token');
  });

  test('nobody at the other end', async () => {
    const folder = newFolder();
    const env = { ...closedPort, GCSAT_DATA_DIR: folder };
    const { error } = await refusedOutside(['replay', 'c1'], env, 7, 'network');
    expect(error.message).toContain('ECONNREFUSED');
  });

  test('a host that has no name', async () => {
    const env = { ...closedPort, GCSAT_DOMAIN: 'https://gcsat-test.invalid', GCSAT_ALLOW_HOST: '1' };
    const { error } = await refusedOutside(['attribute', 'c1'], env, 7, 'network');
    expect(error.message).toContain('gcsat-test.invalid');
  });

  test('null in every field that may be missing is no error', async () => {
    const nothing = {
      id: 'm1',
      conversationId: null,
      customerId: null,
      timestamp: null,
      initiator: null,
      responder: null,
      content: null,
    };
    const gladly = await scriptedGladly({
      'GET /organization': { body: { id: null, name: null, timezone: null } },
      'GET /agents': { body: [null, { id: 'a1', name: null, emailAddress: null }, { id: null }] },
      'GET /inboxes': { body: [{ id: 'i1', name: null }] },
      'GET /topics': { body: [{ id: 't1', name: null, parentId: null, disabled: null }] },
      'GET /conversations/c1': {
        body: {
          ...conversation,
          agentId: null,
          inboxId: null,
          topicIds: null,
          createdAt: null,
          customAttributes: null,
        },
      },
      'GET /conversations/c1/items': {
        body: [
          nothing,
          null,
          'text',
          { ...nothing, content: { type: null } },
          item('m2', 70, { id: 'a1', type: 'AGENT' }),
        ],
      },
      'GET /customer-profiles/k1': { body: { id: null, name: null, emails: null, phones: [null] } },
    });
    const { code, stdout, stderr } = await run(['attribute', 'c1', '--json'], { env: gladly.env });
    expect({ code, error: /^error.*/m.exec(stderr) }).toEqual({ code: 0, error: null });
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      outcome: 'suppressed',
      attribution: { agent: { id: 'a1', name: null, email: null }, itemId: 'm2' },
      customer: { id: 'k1', name: null, email: null, phone: null },
    });
    expect(document.reasons.map((reason: { code: string }) => reason.code)).toEqual([
      'no_customer_message',
      'no_address',
    ]);
  });
});

describe('several conversations', () => {
  test('one that fails among others is exit 6, and the others are done', async () => {
    const gladly = await scriptedGladly();
    const { code, stdout, stderr } = await runInside(['replay', 'gone', 'c1', '--json'], { env: gladly.env });
    expect(code).toBe(6);
    expect(
      JSON.parse(stdout).map(({ conversationId, outcome }: Record<string, unknown>) => [
        conversationId,
        outcome,
      ]),
    ).toEqual([
      ['gone', 'failed'],
      ['c1', 'sent'],
    ]);
    expect(stderr).toMatch(/^warning: gone: .+\nerror: 1 of 2 conversations failed \(.+\)\n$/);
  });

  test('all of them gone is exit 5', async () => {
    const gladly = await scriptedGladly();
    expect(await runInside(['attribute', 'gone', 'lost'], { env: gladly.env })).toMatchObject({
      code: 5,
      stdout: '',
    });
  });

  test('refused credentials end it at the first', async () => {
    const gladly = await scriptedGladly({ '*': { status: 401 } });
    expect(await runInside(['attribute', 'c1', 'c2', 'c3'], { env: gladly.env })).toMatchObject({ code: 4 });
    expect(gladly.asked.filter((name) => /c[23]/.test(name))).toEqual([]);
  });
});

describe('an answer that cannot be posted', () => {
  const args = ['post', 'c1', '--rating', '4', '--comment', 'Kept'];

  test.each<BadAnswer>([
    ['404 for the conversation', { 'GET /conversations/c1': { status: 404 } }, 5, 'conversation_not_found'],
    [
      '404 for the customer',
      { 'POST /customers/k1/conversation-items': { status: 404 } },
      5,
      'customer_not_found',
    ],
    ['403 for the card', { 'POST /customers/k1/conversation-items': { status: 403 } }, 4, 'forbidden'],
    ['400 for the card', { 'POST /customers/k1/conversation-items': { status: 400 } }, 9, 'refused'],
    [
      '503 for the card',
      { 'POST /customers/k1/conversation-items': { status: 503, headers: muchLater } },
      7,
      'gladly_unavailable',
    ],
  ])('%s', async (_name, script, exitCode, code) => {
    const gladly = await scriptedGladly(script);
    const { document } = await refused(args, gladly.env, exitCode, code);
    expect(Object.keys(document)).toEqual(['error']);

    gladly.script = {};
    const before = writes(gladly).length;
    const mended = await runInside([...args, '--json'], { env: gladly.env });
    expect({ code: mended.code, outcome: JSON.parse(mended.stdout).outcome }).toEqual({
      code: 0,
      outcome: 'posted',
    });
    expect(writes(gladly).slice(before)).toEqual(['POST /customers/k1/conversation-items']);
  });

  test('an item of our id that says something else is exit 9', async () => {
    const gladly = await scriptedGladly({ 'POST /customers/k1/conversation-items': { status: 409 } });
    await refused(args, gladly.env, 9, 'card_id_taken');
  });
});

describe('a ledger that cannot be used', () => {
  test('of a newer version is exit 8 and left as it is', async () => {
    const gladly = await scriptedGladly();
    const file = join(newFolder(), 'ledger.db');
    const ledger = await openLedger(file);
    await ledger.write('ledger', (trx) => trx.insertInto('ledger_version').values({ version: 99 }).execute());
    await ledger.close();
    const before = readFileSync(file);
    for (const args of [
      ['replay', 'c1'],
      ['surveys', 'list'],
      ['post', 'c1', '--rating', '5'],
    ]) {
      const { error } = await refused([...args, '--database', file], gladly.env, 8, 'ledger_too_new');
      expect(error.message).toContain(file);
    }
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(gladly.asked).toEqual([]);
  });

  test('that is no ledger is exit 8 and left as it is', async () => {
    const gladly = await scriptedGladly();
    const file = join(newFolder(), 'notes.txt');
    writeFileSync(file, 'Buy milk.\n'.repeat(500));
    await refused(['replay', 'c1', '--database', file], gladly.env, 8, 'ledger_unreadable');
    expect(readFileSync(file, 'utf8')).toBe('Buy milk.\n'.repeat(500));
    expect(gladly.asked).toEqual([]);
  });

  test('where nothing may be written is exit 8', async () => {
    const gladly = await scriptedGladly();
    // Not even root may write there.
    const args = ['replay', 'c1', '--database', '/sys/gcsat/ledger.db'];
    await refused(args, gladly.env, 8, 'ledger_not_writable');
    expect(gladly.asked).toEqual([]);
  });

  test('below something that is no folder is exit 3', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    await refused(['replay', 'c1', '--database', join(file, 'ledger.db')], closedPort, 3, 'database_invalid');
  });

  test('of another organisation is exit 3, and neither is told of the other', async () => {
    const [mine, other] = [
      await scriptedGladly(),
      await scriptedGladly({
        'GET /organization': { body: { id: 'o2', name: 'Other', timezone: 'UTC' } },
      }),
    ];
    const file = join(newFolder(), 'ledger.db');
    expect(await runInside(['replay', 'c1', '--database', file], { env: mine.env })).toMatchObject({
      code: 0,
    });
    for (const args of [
      ['replay', 'c1'],
      ['surveys', 'list'],
      ['post', 'c1', '--rating', '5'],
    ]) {
      await refused([...args, '--database', file], other.env, 3, 'ledger_of_other_organization');
    }
    expect(new Set(other.asked)).toEqual(new Set(['GET /organization']));
    expect(writes(mine)).toEqual(['POST /communications/email']);
  });
});

test('a signing key that is too short is exit 3; nothing is sent and nothing lost', async () => {
  const gladly = await scriptedGladly();
  await refused(['replay', 'c1'], { ...gladly.env, GCSAT_SURVEY_SECRET: 'short' }, 3, 'survey_secret_short');
  expect(writes(gladly)).toEqual([]);
  expect(await runInside(['replay', 'c1'], { env: gladly.env })).toMatchObject({ code: 0 });
  expect(writes(gladly)).toEqual(['POST /communications/email']);
});
