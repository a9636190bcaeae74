import { expect, onTestFinished, test } from 'vitest';
import { memoryLimiterStore } from '../../src/gladly/http/pacing.ts';
import { createMedalliaClient, type MedalliaClient } from '../../src/medallia/client.ts';
import { createMedalliaPacer } from '../../src/medallia/pacing.ts';
import type { FeedbackRequest } from '../../src/medallia/requests.ts';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import { testGladly } from '../support/gladly.ts';
import { recordingProxy } from '../support/recording-proxy.ts';

interface StandIn {
  sandbox: RunningSandbox;
  client: MedalliaClient;
  request(changes?: Partial<FeedbackRequest>): ReturnType<MedalliaClient['createRequest']>;
  control(method: string, path: string, body: object): Promise<number>;
  deviations(): string[];
}

/** Agent Connect behind a proxy that checks both sides against its contract. */
async function standIn(keys: { apiKey?: string; apiSecret?: string } = {}): Promise<StandIn> {
  let skippedMs = 0;
  const clock = (): number => Date.now() + skippedMs;
  const sleep = (ms: number): Promise<void> => {
    skippedMs += ms;
    return Promise.resolve();
  };
  const { sandbox } = await testGladly({ size: 0, clock });
  const proxy = await recordingProxy(sandbox.origin);
  onTestFinished(() => proxy.close());
  const client = createMedalliaClient({
    origin: proxy.origin,
    apiKey: sandbox.medallia.apiKey,
    apiSecret: sandbox.medallia.apiSecret,
    ...keys,
    userAgent: 'gcsat/test',
    timeoutMs: 5000,
    pacer: createMedalliaPacer({
      store: memoryLimiterStore(),
      perMinute: 1e9,
      priority: 'interactive',
      clock,
      sleep,
    }),
    clock,
    random: () => 0,
    sleep,
  });
  onTestFinished(() => client.close());
  return {
    sandbox,
    client,
    request: (changes = {}) =>
      client.createRequest(
        {
          customer: { email: 'kim@example.org', name: 'Kim Doe' },
          employee: { email: 'amara.lindqvist@haldenrook.example.com' },
          channel: 'chat',
          ext_interaction_id: 'c1@2026-11-01T00:00:00.000Z',
          external_url: 'https://acme.gladly.com/conversation/c1',
          tags: ['Returns'],
          custom_properties: { inbox: 'Social' },
          ...changes,
        },
        () => Promise.resolve(),
      ),
    async control(method, path, body) {
      const answer = await fetch(`${sandbox.origin}/_sandbox/medallia/${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return answer.status;
    },
    deviations: () => proxy.deviations(),
  };
}

test('an answer comes by the cursor, again when it changes, and the rating wherever the option', async () => {
  const { client, request, control, deviations } = await standIn();
  expect(await request()).toEqual({ status: 'accepted' });
  const [sent] = await client.readFeedback(0, 10);
  expect(sent).toMatchObject({
    interactionId: 'c1@2026-11-01T00:00:00.000Z',
    deliveryStatus: 'Sent',
    answeredAt: null,
    rating: null,
  });
  const interactionId = sent?.interactionId;
  await control('POST', 'answers', { interactionId, rating: 2, comment: 'Slow.', resolved: false });
  const [answered, ...rest] = await client.readFeedback(sent?.sequence ?? 0, 10);
  expect(rest).toEqual([]);
  expect(answered).toMatchObject({ uuid: sent?.uuid, rating: 2, comment: 'Slow.', resolved: false });
  await control('POST', 'answers', { interactionId, rating: 4 });
  const [changed] = await client.readFeedback(answered?.sequence ?? 0, 10);
  expect(changed).toMatchObject({ uuid: sent?.uuid, rating: 4, comment: null, resolved: null });
  expect(await client.readFeedback(changed?.sequence ?? 0, 10)).toEqual([]);
  expect(deviations()).toEqual([]);
});

test('it decides by itself whether a survey goes out, and takes one interaction twice', async () => {
  const { client, request, control, deviations } = await standIn();
  await request();
  expect(await request()).toEqual({ status: 'accepted' });
  await control('PUT', 'unsubscribed', { email: 'Lee@example.org' });
  await request({ customer: { email: 'lee@example.org' } });
  await request({ customer: { email: 'max@example.org' }, do_not_send: true });
  const rows = await client.readFeedback(0, 10);
  expect(rows.map(({ deliveryStatus }) => deliveryStatus)).toEqual([
    'Sent',
    'Not sent: suppression period',
    'Not sent: consumer unsubscribed',
    'Not sent: do not send flag',
  ]);
  expect(deviations()).toEqual([]);
});

test('what is refused certainly did not leave, and what the company lacks is no fault of one request', async () => {
  const { request, control, deviations } = await standIn();
  await control('PUT', 'employees', {
    email: 'bastien.corbeau@haldenrook.example.com',
    state: 'deactivated',
  });
  expect(await request({ employee: { email: 'bastien.corbeau@haldenrook.example.com' } })).toMatchObject({
    status: 'refused',
    temporary: false,
    failure: { code: 'medallia_refused', message: expect.stringContaining('Deactivated employee') },
  });
  expect(await request({ channel: 'pigeon' })).toMatchObject({
    status: 'refused',
    temporary: true,
    failure: { code: 'medallia_setup' },
  });
  expect(deviations()).toEqual([]);
});

test('active employees come page by page', async () => {
  const { client, control, sandbox, deviations } = await standIn();
  const before = await client.activeEmployees();
  expect(before.length).toBeGreaterThan(5);
  await control('PUT', 'employees', { email: before[0]?.email, state: 'deactivated' });
  expect(await client.activeEmployees()).toEqual(before.slice(1));
  expect(sandbox.medallia.apiKey).not.toBe('');
  expect(deviations()).toEqual([]);
});

test('wrong keys are refused, and the test key collects nothing', async () => {
  const wrong = await standIn({ apiSecret: 'wrong' });
  await expect(wrong.client.readFeedback(0, 10)).rejects.toMatchObject({ code: 'medallia_refused_keys' });
  const unknown = await standIn({ apiKey: 'unknown' });
  expect(await unknown.request()).toMatchObject({
    status: 'refused',
    temporary: true,
    failure: { kind: 'configuration', code: 'medallia_refused_keys' },
  });
  const tests = await standIn({ apiKey: 'sandbox-test-key' });
  expect(await tests.request()).toEqual({ status: 'accepted' });
  expect(await tests.client.readFeedback(0, 10)).toEqual([]);
});

test('after 100 requests in a minute comes 429, which is waited for', async () => {
  const { client } = await standIn();
  const tries = Array.from({ length: 101 }, () => client.readFeedback(0, 1));
  expect(await Promise.all(tries)).toHaveLength(101);
  const more = Array.from({ length: 150 }, () => client.readFeedback(0, 1));
  await Promise.all(more);
  // A new minute may begin in between, but not twice.
  expect(client.counts.rateLimited).toBeGreaterThan(0);
});

test.each([
  ['serverErrorPercent', 'uncertain'],
  ['resetPercent', 'uncertain'],
  ['cutPercent', 'uncertain'],
  ['rateLimitPercent', 'refused'],
])('with %s a request is %s', async (fault, status) => {
  const { request, sandbox } = await standIn();
  await fetch(`${sandbox.origin}/_sandbox/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ [fault]: 100 }),
  });
  expect((await request()).status).toBe(status);
});
