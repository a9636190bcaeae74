import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import {
  ask,
  basic,
  runningServer,
  webhookUser,
  type Answer,
  type Asking,
  type RunningServer,
} from './running.ts';

const event = { id: 'e1', type: 'CONVERSATION/CLOSED', content: { id: 'c1' } };

function post(server: RunningServer, body: unknown = event, asking: Asking = {}): Promise<Answer> {
  const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  return ask(server, '/webhooks/gladly', {
    method: 'POST',
    headers: { authorization: basic, 'content-type': 'application/json' },
    body: text,
    ...asking,
  });
}

const failing = (failure: unknown) => ({
  accept: async (): Promise<'stored'> => {
    throw failure;
  },
});

describe('an event', () => {
  test('is answered 200 only when it is stored', async () => {
    let store: () => void = () => undefined;
    const onDisk = new Promise<'stored'>((resolve) => (store = () => resolve('stored')));
    const accept = vi.fn(() => onDisk);
    const server = await runningServer({ intake: { accept } });
    let isAnswered = false;
    const answer = post(server).then((received) => {
      isAnswered = true;
      return received;
    });
    await vi.waitFor(() => expect(accept).toHaveBeenCalledWith(event));
    // Another request is answered meanwhile, so the first one had enough time.
    await ask(server, '/healthz');
    expect(isAnswered).toBe(false);
    store();
    expect(await answer).toMatchObject({ status: 200, text: '{"status":"stored"}' });
  });

  test.each([
    ['gzip', gzipSync],
    ['X-GZIP', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['identity', Buffer.from],
    ['identity, gzip', gzipSync],
  ])('packed as %s is read', async (coding, pack) => {
    const accept = vi.fn(async () => 'stored' as const);
    const server = await runningServer({ intake: { accept } });
    const headers = { authorization: basic, 'content-encoding': coding };
    expect((await post(server, pack(JSON.stringify(event)), { headers })).status).toBe(200);
    expect(accept).toHaveBeenCalledWith(event);
  });

  test.each([
    ['zstd', Buffer.from('x'), 415],
    ['gzip, gzip', gzipSync(gzipSync('{}')), 415],
    ['gzip', Buffer.from(JSON.stringify(event)), 400],
    ['gzip', gzipSync(JSON.stringify(event)).subarray(0, 20), 400],
    ['gzip', gzipSync(`"${' '.repeat(1 << 20)}"`), 413],
    ['br', brotliCompressSync(Buffer.alloc(1 << 28)), 413],
  ])('packed as %s, but not right, is refused and not stored', async (coding, body, status) => {
    const accept = vi.fn(async () => 'stored' as const);
    const server = await runningServer({ intake: { accept } });
    const answer = await post(server, body, {
      headers: { authorization: basic, 'content-encoding': coding },
    });
    expect(answer.status).toBe(status);
    if (status === 415) expect(answer.headers['accept-encoding']).toBe('gzip, deflate, br');
    expect(accept).not.toHaveBeenCalled();
  });

  test.each(['ping', 'ignored'] as const)('that is %s is answered exactly 200', async (status) => {
    const server = await runningServer({ intake: { accept: async () => status } });
    expect(await post(server)).toMatchObject({ status: 200, text: `{"status":"${status}"}` });
  });

  // Gladly repeats a refused event four times, and then deactivates the webhook.
  test('that nobody can use is answered 200, told and counted', async () => {
    const metrics = await createMetrics();
    const failure = new Failure('contract', 'webhook_event_invalid', 'maria names no conversation', {
      hint: 'h',
    });
    const server = await runningServer({ metrics, intake: failing(failure) });
    expect(await post(server)).toMatchObject({
      status: 200,
      text: '{"status":"unusable","code":"webhook_event_invalid"}',
    });
    expect(server.log).toContainEqual({
      level: 'warn',
      fields: { kind: 'contract', code: 'webhook_event_invalid', hint: 'h' },
      message: 'a webhook event is unusable',
    });
    expect(JSON.stringify(server.log)).not.toContain('maria');
    const { text } = await ask(server, '/metrics');
    expect(text).toContain('gcsat_webhook_events_unusable_total 1\n');
    expect(text).toContain('gcsat_webhook_events_accepted_total 0\n');
  });

  test('that cannot be stored is asked for again', async () => {
    const failure = new Failure('ledger', 'ledger_full', 'The disk is full: the ledger /data/x', {
      hint: 'h',
    });
    const server = await runningServer({ intake: failing(failure) });
    const answer = await post(server);
    expect(answer).toMatchObject({ status: 503, text: '{"error":{"code":"unavailable"}}' });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(server.log).toContainEqual(expect.objectContaining({ level: 'error' }));
  });

  test('that meets a defect is answered 500, and neither answer nor log repeats what it said', async () => {
    const server = await runningServer({ intake: failing(new TypeError('no field of maria@example.com')) });
    const answer = await post(server);
    expect(answer).toMatchObject({ status: 500, text: '{"error":{"code":"internal_error"}}' });
    expect(server.log).toContainEqual(expect.objectContaining({ level: 'error' }));
    expect(JSON.stringify(server.log)).not.toContain('maria');
  });
});

describe('a body', () => {
  test.each<[string, string | Uint8Array]>([
    ['broken JSON', '{"type":'],
    ['nothing', ''],
    ['a list', '[]'],
    ['a text', '"PING"'],
    ['null', 'null'],
    ['bytes that are no UTF-8', Buffer.from('{"type":"\xff\xfe"}', 'latin1')],
    ['a hundred thousand brackets', '['.repeat(100_000)],
  ])('of %s is answered 400', async (_, body) => {
    const accept = vi.fn(async () => 'stored' as const);
    const server = await runningServer({ intake: { accept } });
    const answer = await post(server, body);
    expect(answer).toMatchObject({ status: 400, text: '{"error":{"code":"not_a_json_object"}}' });
    expect(accept).not.toHaveBeenCalled();
  });

  test('is read whatever its content type, also after a byte order mark', async () => {
    const accept = vi.fn(async () => 'stored' as const);
    const server = await runningServer({ intake: { accept } });
    const body = `\uFEFF${JSON.stringify(event)}`;
    const answer = await post(server, body, { headers: { authorization: basic, 'content-type': 'text/x' } });
    expect(answer.status).toBe(200);
    expect(accept).toHaveBeenCalledWith(event);
  });
});

describe('credentials', () => {
  const header = { name: 'X-Gladly-Key', value: 'static value' };
  const basicOf = (user: string, password: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  });

  test.each<[string, Record<string, string>]>([
    ['none', {}],
    ['another password', basicOf(webhookUser.user, 'another')],
    ['another user', basicOf('other', webhookUser.password)],
    ['the beginning of the password', basicOf(webhookUser.user, 'a very')],
    ['no base64', { authorization: 'Basic ???' }],
    ['another scheme', { authorization: `Bearer ${basic.slice(6)}` }],
  ])('%s: 401, and the body is not looked at', async (_, headers) => {
    const accept = vi.fn(async () => 'stored' as const);
    const server = await runningServer({ intake: { accept } });
    const answer = await post(server, event, { headers });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Basic /);
    expect(accept).not.toHaveBeenCalled();
  });

  test('of each kind that is configured have to be shown', async () => {
    const server = await runningServer({
      credentials: async () => ({ basic: [webhookUser], headers: [header] }),
    });
    const both = { authorization: basic, 'x-gladly-key': 'static value' };
    expect((await post(server, event, { headers: both })).status).toBe(200);
    expect((await post(server, event, { headers: { authorization: basic } })).status).toBe(401);
    expect((await post(server, event, { headers: { 'x-gladly-key': 'static value' } })).status).toBe(401);
  });

  test('that are enough alone are taken beside a header, and only they', async () => {
    const server = await runningServer({
      credentials: async () => ({ basic: [], headers: [header], basicAlone: [webhookUser] }),
    });
    const statusOf = async (headers: Record<string, string>) =>
      (await post(server, event, { headers })).status;
    expect(await statusOf({ authorization: basic })).toBe(200);
    expect(await statusOf({ 'x-gladly-key': 'static value' })).toBe(200);
    expect(await statusOf(basicOf(webhookUser.user, 'another'))).toBe(401);
    expect(await statusOf({ 'x-gladly-key': 'another value' })).toBe(401);
  });

  test('are accepted old and new while they are changed, new ones at once, and withdrawn ones a second longer', async () => {
    const renewed = { user: 'new', password: 'p2' };
    let [basicPairs, nowMs] = [[webhookUser], 1_800_000_000_000];
    const server = await runningServer({
      credentials: async () => ({ basic: basicPairs, headers: [] }),
      clock: () => nowMs,
    });
    const asNew = { headers: basicOf('new', 'p2') };
    expect((await post(server)).status).toBe(200);
    expect((await post(server, event, asNew)).status).toBe(401);
    basicPairs = [renewed, webhookUser];
    expect((await post(server, event, asNew)).status).toBe(200);
    expect((await post(server)).status).toBe(200);
    basicPairs = [renewed];
    nowMs += 1000;
    expect((await post(server)).status).toBe(401);
    expect((await post(server, event, asNew)).status).toBe(200);
  });

  test('where none are configured nobody is let in', async () => {
    const server = await runningServer({ credentials: async () => ({ basic: [], headers: [] }) });
    expect((await post(server)).status).toBe(401);
    expect((await post(server, event, { headers: {} })).status).toBe(401);
  });

  test('an empty value is never shown rightly', async () => {
    const server = await runningServer({
      credentials: async () => ({ basic: [], headers: [{ name: 'X-Key', value: '' }] }),
    });
    expect((await post(server, event, { headers: { 'x-key': '' } })).status).toBe(401);
  });

  test('that cannot be read are no reason to lose the event', async () => {
    const server = await runningServer({
      credentials: async () => {
        throw new Error('EACCES');
      },
    });
    const answer = await post(server);
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBeDefined();
  });

  test('that are wrong many times are refused for a while; right ones never', async () => {
    const server = await runningServer({ clock: () => 1_800_000_000_000 });
    const wrong = { headers: { authorization: 'Basic eDp5' } };
    const statuses = new Set<number>();
    for (let turn = 0; turn < 31; turn += 1) statuses.add((await post(server, event, wrong)).status);
    expect([...statuses]).toEqual([401, 429]);
    const refused = await post(server, event, wrong);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await post(server)).status).toBe(200);
  });
});

test('a slash at the end of the address changes nothing', async () => {
  const server = await runningServer();
  const headers = { authorization: basic, 'content-type': 'application/json' };
  const body = JSON.stringify(event);
  expect((await ask(server, '/webhooks/gladly/', { method: 'POST', headers, body })).status).toBe(200);
  expect((await ask(server, '/webhooks/gladly/', { method: 'POST', body })).status).toBe(401);
});

test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s is answered 405', async (method) => {
  const server = await runningServer();
  const answer = await ask(server, '/webhooks/gladly', { method, headers: { authorization: basic } });
  expect(answer.status).toBe(405);
  expect(answer.headers.allow).toBe('POST');
});

test('events are counted by what became of them, with labels that cannot grow', async () => {
  const metrics = await createMetrics();
  const accept = async (body: unknown) =>
    (body as { type: string }).type === 'CONVERSATION/CLOSED' ? ('stored' as const) : ('ignored' as const);
  const server = await runningServer({ metrics, intake: { accept } });
  await post(server);
  await post(server, { type: 'CONTACT/STARTED' });
  for (let turn = 0; turn < 5; turn += 1) await post(server, { type: `INVENTED${turn}/X` });
  const { text } = await ask(server, '/metrics');
  expect(text).toContain('gcsat_webhook_events_accepted_total 1\n');
  expect(text).toContain('gcsat_webhook_events_ignored_total{subject="CONTACT"} 1\n');
  expect(text).toContain('gcsat_webhook_events_ignored_total{subject="other"} 5\n');
  expect(text).not.toContain('INVENTED');
});
