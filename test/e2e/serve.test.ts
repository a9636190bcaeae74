import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readCheckpoint } from '../../src/store/checkpoints.ts';
import { openLedger } from '../../src/store/open.ts';
import { run, start, temporaryFolder } from '../support/run.ts';
import { faultyProxy } from '../support/faulty-proxy.ts';
import { closedConversation, surveysOf, testGladly, type TestGladly } from '../support/gladly.ts';

const patience = { timeout: 30_000, interval: 20 };
const webhookUser = 'gladly';
const webhookPassword = 'a password that is long enough';

interface Server {
  child: ChildProcessWithoutNullStreams;
  origin: string;
  stderr: () => string;
  end(signal: NodeJS.Signals): Promise<number | null>;
}

async function gladlyOfServer(): Promise<TestGladly> {
  const gladly = await testGladly({ size: 0 });
  const { env } = gladly;
  env['GCSAT_WEBHOOK_USER'] = webhookUser;
  env['GCSAT_WEBHOOK_PASSWORD'] = webhookPassword;
  return gladly;
}

async function serve({ env }: TestGladly, args: readonly string[] = ['--port', '0']): Promise<Server> {
  const child = start(['serve', '--json', ...args], { env });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([
    once(lines, 'line') as Promise<[string]>,
    once(child, 'close').then(() => {
      throw new Error(`serve ended: ${stderr}`);
    }),
  ]);
  const { listening } = JSON.parse(first[0]) as { listening: string };
  return {
    child,
    origin: listening,
    stderr: () => stderr,
    async end(signal) {
      const ended = once(child, 'close') as Promise<[number | null]>;
      child.kill(signal);
      return (await ended)[0];
    },
  };
}

/** A free port, so that a restarted server is found at the same address. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return String(typeof address === 'object' && address !== null ? address.port : 0);
}

/** Sends a webhook as Gladly does; false if the server did not take it, and Gladly would try again. */
async function tell(origin: string, conversationId: string, timestamp: string): Promise<boolean> {
  const credentials = Buffer.from(`${webhookUser}:${webhookPassword}`).toString('base64');
  return fetch(`${origin}/webhooks/gladly`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${credentials}` },
    body: JSON.stringify({
      id: 'event',
      type: 'CONVERSATION/CLOSED',
      timestamp,
      content: { conversationId },
    }),
  }).then(
    async (answer) => {
      await answer.text();
      return answer.status === 200;
    },
    () => false,
  );
}

async function cards(gladly: TestGladly): Promise<string[]> {
  const posts = (await gladly.requests()).filter(
    ({ method, path, status }) => method === 'POST' && path.includes('/conversation-items') && status < 300,
  );
  return posts.map(({ path }) => path);
}

function tokenOf({ sandbox }: TestGladly, to: string): string {
  const mail = sandbox.mailbox().find((message) => message.to === to);
  return /\/s\/([A-Za-z0-9_-]{44})/.exec((mail as unknown as { html: string }).html)![1]!;
}

async function answer(origin: string, token: string, rating: number): Promise<boolean> {
  return fetch(`${origin}/s/${token}`, {
    method: 'POST',
    body: new URLSearchParams({ rating: String(rating), resolved: 'yes', comment: 'fine' }),
    redirect: 'manual',
  }).then(
    async (response) => {
      await response.text();
      return response.status < 400;
    },
    () => false,
  );
}

test('webhook, mail, answer, card; and SIGTERM ends it with 143', { timeout: 90_000 }, async () => {
  const gladly = await gladlyOfServer();
  const server = await serve(gladly);
  const id = await closedConversation(gladly, 'one@example.org');
  expect(await tell(server.origin, id, new Date().toISOString())).toBe(true);
  await vi.waitFor(() => expect(gladly.sandbox.mailbox()).toHaveLength(1), patience);
  expect(await answer(server.origin, tokenOf(gladly, 'one@example.org'), 5)).toBe(true);
  await vi.waitFor(async () => expect(await cards(gladly)).toHaveLength(1), patience);
  expect(await server.end('SIGTERM')).toBe(143);
  expect(await surveysOf(gladly.env)).toMatchObject([
    { conversationId: id, state: 'answered', answer: { rating: 5, resolved: true, comment: 'fine' } },
  ]);
  for (const secret of [webhookPassword, gladly.sandbox.token, 'one@example.org', 'fine']) {
    expect(server.stderr()).not.toContain(secret);
  }
});

test('the whole loop of the sandbox works by itself', { timeout: 90_000 }, async () => {
  const child = start(['serve', '--sandbox', '--json', '--port', '0']);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { listening, sandbox } = JSON.parse(line) as { listening: string; sandbox: string };
  await fetch(`${sandbox}/_sandbox/conversations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ customer: { email: 'you@example.org' }, close: true }),
  });
  const mail = await vi.waitFor(async () => {
    const messages = (await (await fetch(`${sandbox}/_sandbox/mailbox`)).json()) as { html: string }[];
    expect(messages).toHaveLength(1);
    return messages[0]!;
  }, patience);
  const link = new RegExp(`${listening}/s/([A-Za-z0-9_-]{44})`).exec(mail.html);
  expect(await answer(listening, link![1]!, 3)).toBe(true);
  await vi.waitFor(async () => {
    const requests = (await (await fetch(`${sandbox}/_sandbox/requests`)).json()) as {
      method: string;
      path: string;
      status: number;
    }[];
    expect(
      requests.filter(({ method, path }) => method === 'POST' && path.includes('/conversation-items')),
    ).toMatchObject([{ status: 200 }]);
  }, patience);
  // A low rating tells people: by the webhook that the sandbox stands in for, and by a note on the conversation.
  expect(await answer(listening, link![1]!, 1)).toBe(true);
  await vi.waitFor(async () => {
    const alerts = (await (await fetch(`${sandbox}/_sandbox/alerts`)).json()) as {
      headers: Record<string, string>;
      body: string;
    }[];
    expect(alerts.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
      { type: 'survey.low_rating', data: { rating: 1, comment: 'fine', survey: { revision: 2 } } },
    ]);
    expect(alerts[0]!.headers).toMatchObject({ 'webhook-signature': expect.stringMatching(/^v1,/) });
    const requests = (await (await fetch(`${sandbox}/_sandbox/requests`)).json()) as { path: string }[];
    expect(requests.filter(({ path }) => path.endsWith('/notes'))).toMatchObject([{ status: 201 }]);
  }, patience);
});

test.each([0, 1, 2])(
  'killed again and again, loses and doubles nothing (%i)',
  { timeout: 180_000 },
  async (round) => {
    const gladly = await gladlyOfServer();
    const port = await freePort();
    const others = round === 2;
    const names = Array.from({ length: 10 }, (_, number) => `customer.${number}@example.org`);
    let server = await serve(gladly, ['--port', port]);
    const second = others ? await serve(gladly) : null;

    const told = names.map(async (email) => {
      const id = await closedConversation(gladly, email);
      const at = new Date().toISOString();
      while (!(await tell(server.origin, id, at))) await wait(50);
    });
    let over = false;
    const killing = (async (): Promise<void> => {
      // The wait differs from round to round and from kill to kill; the machine's load does the rest.
      for (let kill = 0; kill < 4; kill += 1) {
        await wait(150 + ((kill * 7 + round * 5) % 11) * 90);
        await server.end('SIGKILL');
        server = await serve(gladly, ['--port', port]);
      }
      over = true;
    })();
    await Promise.all([...told, killing]);
    expect(over).toBe(true);

    const settled = await vi.waitFor(
      async () => {
        const surveys = await surveysOf(gladly.env);
        expect(surveys).toHaveLength(names.length);
        for (const { state } of surveys) expect(['sent', 'uncertain']).toContain(state);
        return surveys;
      },
      { timeout: 90_000, interval: 500 },
    );
    const mails = gladly.sandbox.mailbox().map(({ to }) => to);
    expect(new Set(mails).size).toBe(mails.length);
    const sent = settled.filter(({ state }) => state === 'sent');
    // A message in doubt may or may not have left, but a message listed as sent has.
    for (const { customer } of sent) expect(mails).toContain((customer as { email: string }).email);

    const answered = mails.map(async (email) => {
      while (!(await answer(server.origin, tokenOf(gladly, email), 4))) await wait(50);
    });
    await wait(100 + round * 60);
    await server.end('SIGKILL');
    server = await serve(gladly, ['--port', port]);
    await Promise.all(answered);
    await vi.waitFor(async () => expect((await cards(gladly)).length).toBe(mails.length), {
      timeout: 60_000,
      interval: 100,
    });
    expect(new Set(await cards(gladly)).size).toBe(mails.length);
    if (second !== null) expect(await second.end('SIGTERM')).toBe(143);
    expect(await server.end('SIGINT')).toBe(130);
  },
);

test.each([
  ['GET /api/v1/conversations/', 'sent'],
  // The message may have arrived, and it did.
  ['POST /api/v1/communications/email', 'uncertain'],
])(
  'SIGTERM while Gladly does not answer %s ends it with 143, and loses and doubles nothing',
  { timeout: 90_000 },
  async (hanging, state) => {
    const gladly = await gladlyOfServer();
    let hangs = true;
    const { origin, seen } = await faultyProxy(gladly.sandbox.origin, (request) =>
      hangs && request.startsWith(hanging) ? 'never answer' : 'pass',
    );
    gladly.env['GCSAT_DOMAIN'] = origin;
    const server = await serve(gladly);
    const id = await closedConversation(gladly, 'one@example.org');
    expect(await tell(server.origin, id, new Date().toISOString())).toBe(true);
    await vi.waitFor(() => expect(seen.some((request) => request.startsWith(hanging))).toBe(true), patience);
    expect(await server.end('SIGTERM')).toBe(143);
    hangs = false;
    await serve(gladly);
    await vi.waitFor(
      async () => expect(await surveysOf(gladly.env)).toMatchObject([{ conversationId: id, state }]),
      patience,
    );
    expect(gladly.sandbox.mailbox()).toHaveLength(1);
  },
);

test('a port that is in use is a usage error with a way out', { timeout: 60_000 }, async () => {
  const gladly = await gladlyOfServer();
  const server = await serve(gladly);
  const port = new URL(server.origin).port;
  const { code, stdout } = await run(['serve', '--json', '--port', port], { env: gladly.env });
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'cannot_listen', hint: expect.any(String) } });
});

test('a start that cannot listen is none: what closes before the next one is the past', async () => {
  const gladly = await gladlyOfServer();
  const port = new URL((await serve(gladly)).origin).port;
  const database = join(temporaryFolder(), 'new.db');
  const env = { ...gladly.env, GCSAT_DATABASE_URL: database };
  expect((await run(['serve', '--port', port], { env })).code).toBe(2);
  const ledger = await openLedger(database);
  onTestFinished(() => ledger.close());
  expect(await readCheckpoint(ledger, { lane: 'live', name: 'started' })).toBeNull();
  await serve({ ...gladly, env });
  expect(await readCheckpoint(ledger, { lane: 'live', name: 'started' })).not.toBeNull();
});

test.each([
  [['--port', 'http']],
  [['--port', '70000']],
  [['--catch-up', '0']],
  // Longer than Node's timers can wait: they would fire at once, again and again.
  [['--catch-up', '30d']],
  [['--catch-up', '86401s']],
  [['--trust-proxy', 'somewhere']],
  [['--trust-proxy', ',']],
  [['--metrics-from', 'somewhere']],
  [['--metrics-from', ' , ']],
  [['--host', '']],
  [['--host', ' ']],
])('refuses %j', async (args) => {
  const { env } = await gladlyOfServer();
  expect(await run(['serve', ...args], { env })).toMatchObject({ code: 2, stdout: '' });
});

test('a host that is no name of any machine is refused, with a way out', async () => {
  const { env } = await gladlyOfServer();
  const { code, stdout } = await run(['serve', '--json', '--port', '0', '--host', 'no..name'], {
    env,
  });
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: 'cannot_listen', message: expect.stringContaining('the host name cannot be resolved') },
  });
});

test('its start checks what `configure test` checks: some of it stops it, some is a warning', async () => {
  const gladly = await gladlyOfServer();
  const config = temporaryFolder();
  gladly.env['GCSAT_CONFIG_DIR'] = config;
  const configured = (values: object, policy: object): void =>
    writeFileSync(join(config, 'config.json'), JSON.stringify({ profiles: { default: { values, policy } } }));
  configured({ template: '/nowhere/survey.eta' }, {});
  const stopped = await run(['serve', '--port', '0'], { env: gladly.env });
  expect(stopped).toMatchObject({ code: 3, stderr: expect.stringContaining('/nowhere/survey.eta') });
  configured({}, { optOutTopics: 'no_such_topic', excludedInboxes: 'No such inbox', language: 'pt-BR' });
  const { origin } = await faultyProxy(gladly.env['GCSAT_DOMAIN'] ?? '', (request) =>
    request.split('/')[3] === 'organization' ? { status: 200, body: '{"id":"o1","name":"Acme"}' } : 'pass',
  );
  gladly.env['GCSAT_DOMAIN'] = origin;
  const server = await serve(gladly);
  await vi.waitFor(() => {
    expect(server.stderr()).toContain('check failed: opt-out topic');
    expect(server.stderr()).toContain('check failed: language');
    expect(server.stderr()).toContain('time_zone_unknown');
    expect(server.stderr()).toContain("excludedInboxes: Gladly lists no inbox 'No such inbox'");
  }, patience);
  expect(await server.end('SIGTERM')).toBe(143);
});

test('warns of what is doubtful, gives the metrics to whom it is told, and drains when it is stopped', async () => {
  const gladly = await gladlyOfServer();
  gladly.env['GCSAT_WEBHOOK_PASSWORD'] = 'xq-7';
  Object.assign(gladly.env, {
    GCSAT_PORT: '0',
    GCSAT_TRUST_PROXY: '127.0.0.1',
    GCSAT_METRICS_FROM: '198.51.100.0/24',
    GCSAT_DRAIN: '3s',
    GCSAT_METRIC_FROM: '203.0.113.0/24',
  });
  const server = await serve(gladly, []);
  await vi.waitFor(() => expect(server.stderr()).toContain('so short that it could be guessed'), patience);
  const statusFor = async (client: string): Promise<number> =>
    (await fetch(`${server.origin}/metrics`, { headers: { 'x-forwarded-for': client } })).status;
  expect([await statusFor('198.51.100.7'), await statusFor('203.0.113.7')]).toEqual([200, 404]);
  expect(server.stderr()).toContain('unknown variable GCSAT_METRIC_FROM; did you mean GCSAT_METRICS_FROM?');
  expect(server.stderr()).toContain('"msg":"listening"');

  const ended = server.end('SIGTERM');
  await vi.waitFor(async () => {
    const answer = await fetch(`${server.origin}/readyz`);
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 503,
      body: { status: 'unavailable', code: 'stopping' },
    });
  }, patience);
  expect((await fetch(`${server.origin}/healthz`)).status).toBe(200);
  expect(await ended).toBe(143);
});
