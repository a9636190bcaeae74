import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { faultyProxy, type Fate } from '../support/faulty-proxy.ts';
import { testGladly, type TestGladly } from '../support/gladly.ts';
import { run, start } from '../support/run.ts';
import { runInside, runJsonInside } from '../support/run-inside.ts';

interface Gate {
  /** With the path that `serve` uses. */
  url: string;
  /** The types of events that showed credentials of the profile. */
  accepted: string[];
  /** The types of events that showed none. */
  refused: string[];
}

type Env = Record<string, string>;

const fileOf = (env: Env): string => join(env['GCSAT_CONFIG_DIR']!, 'config.json');

/** The webhook of the profile, as the file has it. */
function storedWebhook(env: Env) {
  const { profiles } = JSON.parse(readFileSync(fileOf(env), 'utf8'));
  return profiles.default.webhook;
}

/** Takes events as a running server does: with the credentials that the profile has at that moment. */
async function gateOf(env: Env): Promise<Gate> {
  const server = createServer((incoming, outgoing) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (text: string) => (body += text));
    incoming.on('end', () => {
      const { secret, previous = [] } = existsSync(fileOf(env)) ? (storedWebhook(env) ?? {}) : {};
      const known = [secret, ...previous].filter((one) => one !== undefined);
      const headers = known.map(
        ({ user, password }) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
      );
      const isAccepted = headers.includes(incoming.headers.authorization ?? '');
      (isAccepted ? gate.accepted : gate.refused).push(JSON.parse(body).type);
      outgoing.writeHead(isAccepted ? 200 : 401).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const gate: Gate = { url: `http://127.0.0.1:${port}/webhooks/gladly`, accepted: [], refused: [] };
  return gate;
}

async function configured(): Promise<TestGladly & { gate: Gate }> {
  const gladly = await testGladly();
  const { code, stderr } = await runInside(['configure'], { env: gladly.env });
  expect([code, stderr.includes('error')]).toEqual([0, false]);
  return { ...gladly, gate: await gateOf(gladly.env) };
}

/** Makes a webhook as somebody does by hand. */
async function makeWebhook({ sandbox, env }: TestGladly, name: string, url: string): Promise<void> {
  const { GCSAT_EMAIL: email, GCSAT_TOKEN: token } = env;
  const answer = await fetch(`${sandbox.origin}/api/v1/webhooks`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`,
    },
    body: JSON.stringify({ name, url, events: ['CONVERSATION/CREATED'] }),
  });
  expect(answer.status).toBe(201);
}

async function webhooksOf({ sandbox }: TestGladly): Promise<{ enabled: boolean; url: string }[]> {
  const answer = await fetch(`${sandbox.origin}/_sandbox/webhooks`);
  return ((await answer.json()) as { webhooks: { enabled: boolean; url: string }[] }).webhooks;
}

/** Closes a new conversation, so that Gladly sends an event. */
async function closeOne({ sandbox }: TestGladly): Promise<void> {
  const answer = await fetch(`${sandbox.origin}/_sandbox/conversations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      customer: { email: 'kim@example.com' },
      channel: 'email',
      messages: [
        { from: 'customer', text: 'Where is my parcel?' },
        { from: 'agent', text: 'On its way.' },
      ],
      close: true,
    }),
  });
  expect(answer.ok).toBe(true);
}

const install = (url: string): string[] => ['webhook', 'install', '--url', url];

describe('webhook install', () => {
  test('makes one with a strong password of its own, which only the profile and Gladly know', async () => {
    const gladly = await configured();
    const { env, gate } = gladly;
    const dry = await runJsonInside([...install(gate.url), '--dry-run'], { env });
    expect([dry.code, dry.document.action, await webhooksOf(gladly)]).toEqual([0, 'created', []]);

    const { code, stdout, stderr, document } = await runJsonInside(install(gate.url), { env });
    expect([code, document.action, document.enabled]).toEqual([0, 'created', true]);
    expect(gate).toMatchObject({ accepted: ['PING'], refused: [] });
    expect(await webhooksOf(gladly)).toMatchObject([
      {
        id: document.id,
        name: 'gcsat',
        url: gate.url,
        events: ['CONVERSATION/CLOSED', 'CONVERSATION/REOPENED'],
        enabled: true,
      },
    ]);
    const { secret, id } = storedWebhook(env);
    expect(id).toBe(document.id);
    expect(Buffer.from(secret.password, 'base64url')).toHaveLength(32);
    expect(stdout + stderr).not.toContain(secret.password);
    expect(statSync(fileOf(env)).mode & 0o777).toBe(0o600);

    const status = await runJsonInside(['webhook', 'status'], { env });
    expect(status).toMatchObject({
      code: 0,
      stderr: '',
      document: { installed: true, credentialsKnown: true },
    });
    await closeOne(gladly);
    await vi.waitFor(() => expect(gate.accepted).toContain('CONVERSATION/CLOSED'), 10_000);
    expect(gate.refused).toEqual([]);
  });

  test('again renews the password, and the one before stays accepted', async () => {
    const gladly = await configured();
    const { env, gate } = gladly;
    await runInside(install(gate.url), { env });
    const before = storedWebhook(env);
    const { code, document } = await runJsonInside(install(gate.url), { env });
    expect([code, document.action, document.id]).toEqual([0, 'updated', before.id]);
    const after = storedWebhook(env);
    expect(after.secret.password).not.toBe(before.secret.password);
    expect(after.previous).toEqual([before.secret]);
    expect([gate.refused, (await webhooksOf(gladly)).length]).toEqual([[], 1]);
  });

  test('with a header from now on, no event is refused, and the password stays accepted', async () => {
    const gladly = await configured();
    const { env, gate } = gladly;
    await runInside(install(gate.url), { env });
    const { secret } = storedWebhook(env);
    const GCSAT_WEBHOOK_HEADER = 'X-Token: a-long-enough-secret';
    const { code, document } = await runJsonInside(install(gate.url), {
      env: { ...env, GCSAT_WEBHOOK_HEADER },
    });
    expect([code, document.action, document.header]).toEqual([0, 'updated', 'X-Token']);
    expect(storedWebhook(env).secret).toBeUndefined();
    expect(storedWebhook(env).previous).toEqual([secret]);
    await closeOne(gladly);
    await vi.waitFor(() => expect(gate.accepted).toContain('CONVERSATION/CLOSED'), 10_000);
    expect(gate.refused).toEqual([]);
  });

  test('leaves a webhook alone that somebody else made at the address, unless told to replace it', async () => {
    const gladly = await configured();
    const { env, gate } = gladly;
    await makeWebhook(gladly, 'Warehouse', gate.url);
    const before = await webhooksOf(gladly);
    const { code, document } = await runJsonInside(install(gate.url), { env });
    expect([code, document.error.code]).toEqual([3, 'webhook_of_others']);
    expect(document.error.message).toContain('Warehouse');
    expect(document.error.hint).toContain('--replace');
    const dry = await runJsonInside([...install(gate.url), '--dry-run'], { env });
    expect([dry.code, dry.document.error.code]).toEqual([3, 'webhook_of_others']);
    const removed = await runJsonInside(['webhook', 'remove', '--yes'], {
      env: { ...env, GCSAT_PUBLIC_URL: new URL(gate.url).origin },
    });
    expect([removed.code, removed.document.removed]).toEqual([0, false]);
    expect([await webhooksOf(gladly), storedWebhook(env)]).toEqual([before, undefined]);

    const replaced = await runJsonInside([...install(gate.url), '--replace'], { env });
    expect([replaced.code, replaced.document.action]).toEqual([0, 'updated']);
    expect(await webhooksOf(gladly)).toMatchObject([{ name: 'gcsat', enabled: true }]);
    expect((await runInside(install(gate.url), { env })).code).toBe(0);
  });

  test('says that Gladly takes no more webhooks, and which it has', async () => {
    const gladly = await configured();
    for (let number = 1; number <= 20; number += 1) {
      await makeWebhook(gladly, `Warehouse ${number}`, `https://example.com/${number}`);
    }
    const { code, document } = await runJsonInside(install(gladly.gate.url), { env: gladly.env });
    expect([code, document.error.code]).toEqual([3, 'webhook_limit']);
    expect(document.error.message).toContain('Warehouse 7');
    expect(document.error.hint).toContain('Delete one');
  });

  test('says what to do when nothing answers the PING, and goes on from there', async () => {
    const gladly = await configured();
    const { env, gate } = gladly;
    const failed = await runJsonInside(install('http://127.0.0.1:1'), { env });
    expect(failed.code).toBe(3);
    expect(failed.document.error).toMatchObject({ code: 'webhook_ping_failed' });
    expect(failed.document.error.hint).toContain('gcsat serve');
    const off = await runJsonInside(['webhook', 'status'], { env });
    expect([off.code, off.document.webhook.enabled]).toEqual([3, false]);
    expect(off.stderr).toContain('disabled');

    expect((await runInside(install(gate.url), { env })).code).toBe(0);
    expect(await webhooksOf(gladly)).toMatchObject([{ url: gate.url, enabled: true }]);
  });

  test('uses the credentials of the environment, and keeps none', async () => {
    const gladly = await configured();
    const env: Env = { ...gladly.env, GCSAT_WEBHOOK_PASSWORD: 'short-one' };
    const { code, stderr, document } = await runJsonInside(install(gladly.gate.url), { env });
    // The gate knows only the profile's credentials.
    expect([code, document.error.code, gladly.gate.refused]).toEqual([3, 'webhook_ping_failed', ['PING']]);
    expect(stderr).toContain('fewer than 16 characters');
    expect(storedWebhook(env).secret).toBeUndefined();
    expect(readFileSync(fileOf(env), 'utf8')).not.toContain('short-one');
  });

  test('without a profile there is no place for a password', async () => {
    const { env } = await testGladly();
    const { code, document } = await runJsonInside(install('http://127.0.0.1:1'), { env });
    expect([code, document.error.code]).toEqual([3, 'webhook_secret_homeless']);
  });

  test.each([
    ['http://csat.example.com', 2],
    ['https://kim:hidden@csat.example.com', 2],
    ['csat.example.com', 2],
  ])('%s is refused', async (url, expected) => {
    const { env } = await testGladly();
    const { code, stdout, stderr } = await runInside(install(url), { env });
    expect(code).toBe(expected);
    expect(stdout + stderr).not.toContain('hidden@');
  });
});

describe('webhook install, killed with SIGKILL at a request', () => {
  /** Whether the program got as far as that request. */
  async function killedAt(
    number: number,
    fate: Fate,
    args: readonly string[],
    gladly: TestGladly,
  ): Promise<boolean> {
    let count = 0;
    let kill = (): boolean => false;
    const proxy = await faultyProxy(gladly.sandbox.origin, () => {
      count += 1;
      if (count !== number) return 'pass';
      if (fate === 'reset before') kill();
      else setTimeout(kill, 300);
      return fate;
    });
    // A profile's credentials are for one origin; to the program, the proxy is Gladly.
    const folder = join(gladly.env['GCSAT_CONFIG_DIR']!);
    const moved = readFileSync(fileOf(gladly.env), 'utf8').replaceAll(gladly.sandbox.origin, proxy.origin);
    mkdirSync(folder, { recursive: true });
    writeFileSync(fileOf(gladly.env), moved);
    const child = start(args, { env: { ...gladly.env, GCSAT_DOMAIN: proxy.origin } });
    kill = () => child.kill('SIGKILL');
    child.stdout.resume();
    child.stderr.resume();
    await once(child, 'close');
    const back = readFileSync(fileOf(gladly.env), 'utf8').replaceAll(proxy.origin, gladly.sandbox.origin);
    writeFileSync(fileOf(gladly.env), back);
    return count >= number;
  }

  // List, create, enable; the second time list, update, enable.
  test.each<[number, Fate]>([
    [1, 'reset before'],
    [2, 'reset before'],
    [2, 'never answer'],
    [3, 'reset before'],
    [3, 'never answer'],
  ])(
    'request %i, %s: the next run ends with exactly one, whose credentials are accepted',
    async (number, fate) => {
      const gladly = await configured();
      const { env, gate } = gladly;
      for (const round of ['the first', 'a renewal']) {
        expect(await killedAt(number, fate, install(gate.url), gladly), round).toBe(true);
        const enabled = (await webhooksOf(gladly)).filter((webhook) => webhook.enabled);
        if (enabled.length > 0) {
          const before = gate.accepted.length;
          await closeOne(gladly);
          await vi.waitFor(() => expect(gate.accepted.length).toBeGreaterThan(before), 10_000);
        }
        expect((await run(install(gate.url), { env })).code, round).toBe(0);
        expect(await webhooksOf(gladly)).toMatchObject([{ url: gate.url, enabled: true }]);
      }
      expect(gate.refused).toEqual([]);
      expect(storedWebhook(env).unconfirmed).toBeUndefined();
    },
  );
});

describe('webhook remove', () => {
  test('takes it out of Gladly and its password out of the profile, once', async () => {
    const gladly = await configured();
    const { env, gate } = gladly;
    await runInside(install(gate.url), { env });
    expect((await runInside(['webhook', 'remove'], { env })).code).toBe(2);
    const removed = await runJsonInside(['webhook', 'remove', '--yes'], { env });
    expect([removed.code, removed.document.removed]).toEqual([0, true]);
    expect([await webhooksOf(gladly), storedWebhook(env)]).toEqual([[], undefined]);
    const again = await runJsonInside(['webhook', 'remove', '--yes'], { env });
    expect([again.code, again.document.removed]).toEqual([0, false]);
    expect((await runInside(['webhook', 'status'], { env })).code).toBe(5);
  });
});

describe('webhook send', () => {
  test('shows the credentials of the profile, and a closing that Gladly could send', async () => {
    const gladly = await configured();
    const { env, gate } = gladly;
    const refused = await runJsonInside(['webhook', 'send', '--url', gate.url], { env });
    expect([refused.code, refused.document.verdict]).toEqual([9, 'refused']);
    expect(refused.document.hint).toContain('gcsat webhook install');
    await runInside(install(gate.url), { env });
    const args = [
      'webhook',
      'send',
      '--url',
      gate.url,
      '--conversation',
      '-0123456789abcdefghijk',
      '--repeat',
      '2',
    ];
    const sent = await runJsonInside(args, { env });
    expect([sent.code, sent.document.verdict, sent.document.answers.length]).toEqual([0, 'accepted', 2]);
    expect(sent.document.event).toMatchObject({
      type: 'CONVERSATION/CLOSED',
      content: { conversationId: '-0123456789abcdefghijk' },
    });
    expect(gate.accepted.slice(-2)).toEqual(['CONVERSATION/CLOSED', 'CONVERSATION/CLOSED']);
  });

  // A server answers 200 to an event that it cannot use, so only the sender can notice.
  test.each(['', 'x'.repeat(4097)])('takes no %j for a conversation', async (id) => {
    const args = ['webhook', 'send', '--url', 'http://127.0.0.1:1', '--conversation', id];
    const { code, document } = await runJsonInside(args);
    expect([code, document.error.code]).toEqual([2, 'bad_value']);
  });

  test.each([
    [503, 7],
    [429, 7],
    [302, 9],
    [404, 9],
    [204, 0],
  ])('an answer of %i ends with exit %i', async (status, expected) => {
    const server = createServer((incoming, outgoing) => {
      incoming.resume();
      outgoing.writeHead(status, { location: 'http://127.0.0.1:1/' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const { code, document } = await runJsonInside(['webhook', 'send', '--url', `http://127.0.0.1:${port}`]);
    expect([code, document.answers[0].status, document.hint === null]).toEqual([
      expected,
      status,
      expected === 0,
    ]);
  });

  test('shows the credentials to no host but its own, unless that is allowed', async () => {
    // This machine by a name that is not known to be its own, where nothing listens.
    const there = 'https://0.0.0.0:1';
    const args = ['webhook', 'send', '--url', there];
    const env = { GCSAT_WEBHOOK_PASSWORD: 'a long enough password' };
    const { code, document } = await runJsonInside(args, { env });
    expect([code, document.error.code]).toEqual([2, 'webhook_host_unknown']);
    expect(document.error.hint).toContain('--allow-host');
    expect((await runInside([...args, '--allow-host'], { env })).code).toBe(7);
    expect((await runInside(args, { env: { ...env, GCSAT_PUBLIC_URL: there } })).code).toBe(7);
    const other = { ...env, GCSAT_PUBLIC_URL: 'https://0.0.0.0:2' };
    expect((await runInside(args, { env: other })).code).toBe(2);
  });

  test('nobody there is told apart from an answer', async () => {
    const { code, document } = await runJsonInside(['webhook', 'send', '--url', 'http://127.0.0.1:1']);
    expect([code, document.answers[0]]).toMatchObject([7, { status: null, error: 'ECONNREFUSED' }]);
  });
});
