import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { delayAfter, gladlyPace, readPace } from '../../src/sandbox/webhooks/pace.ts';
import { webhookProblems } from './webhook-contract.ts';
import { ask, trapId, unhurried, type AnyJson } from './ask.ts';
import { startReceiver, type Receiver } from './receiver.ts';

let sandbox: RunningSandbox;
let receiver: Receiver;

beforeEach(async () => {
  sandbox = await startSandbox({ size: 20, limits: unhurried });
  onTestFinished(() => sandbox.close());
  receiver = await startReceiver();
});

const json = async (method: string, path: string, body?: AnyJson): Promise<AnyJson> => {
  const answer = await ask(sandbox, { method, path, json: body });
  expect([path, answer.status]).toEqual([path, expect.toSatisfy((status: number) => status < 300)]);
  return answer.text === '' ? answer : answer.json();
};
const subscribe = async (events = ['CONVERSATION/CLOSED', 'CONVERSATION/REOPENED']): Promise<string> => {
  const made = await json('POST', '/api/v1/webhooks', { url: receiver.url, events, enabled: true });
  return made.responseHeaders.location;
};
const closeNew = (more: AnyJson = {}): Promise<AnyJson> =>
  json('POST', '/_sandbox/conversations', { close: true, ...more });
const deliveries = (): Promise<AnyJson[]> => json('GET', '/_sandbox/webhooks/deliveries');
const setFaults = (faults: AnyJson): Promise<AnyJson> => json('PUT', '/_sandbox/faults', faults);
const arrived = (count: number): Promise<unknown> =>
  vi.waitFor(() => expect(receiver.events()).toHaveLength(count), { timeout: 20_000, interval: 10 });
const outcomes = async (): Promise<string[]> =>
  (await deliveries())
    .filter(({ type }) => type !== 'PING')
    .map(({ attempt, outcome }) => `${attempt} ${outcome}`);
const logged = (wanted: string[]): Promise<unknown> =>
  vi.waitFor(async () => expect(await outcomes()).toEqual(wanted), { timeout: 20_000, interval: 10 });

test('an event arrives as the contract says, and is the one that GET /events gives', async () => {
  await subscribe();
  const { conversationId, customerId, lastEvent } = await closeNew();
  await arrived(1);
  const [event] = receiver.events();
  expect(webhookProblems(event)).toEqual([]);
  expect(event).toEqual(lastEvent);
  expect(event).toMatchObject({ type: 'CONVERSATION/CLOSED', content: { conversationId, customerId } });
  expect(await deliveries()).toMatchObject([
    { type: 'PING', outcome: 'accepted', status: 200 },
    { eventId: event.id, conversationId, attempt: 1, outcome: 'accepted', status: 200 },
  ]);
});

test('closing, reopening and the API send events; types without a subscription are not sent', async () => {
  await subscribe();
  const { conversationId } = await json('POST', '/_sandbox/conversations');
  await json('POST', `/_sandbox/conversations/${conversationId}/close`);
  await json('POST', `/_sandbox/conversations/${conversationId}/reopen`, { text: 'Still broken' });
  const status = { value: 'CLOSED', force: true };
  await ask(sandbox, { method: 'PATCH', path: `/api/v1/conversations/${conversationId}`, json: { status } });
  await arrived(3);
  const types = receiver.events().map(({ type }) => type);
  expect(types.toSorted()).toEqual(['CONVERSATION/CLOSED', 'CONVERSATION/CLOSED', 'CONVERSATION/REOPENED']);
  expect(new Set(receiver.events().map(({ id }) => id)).size).toBe(3);
});

test('a webhook for all types gets new conversations too, as the contract says', async () => {
  await subscribe([
    'CONVERSATION/CREATED',
    'CONTACT/MESSAGE_SENT',
    'CONVERSATION/TOPIC_ADDED',
    'CONVERSATION/CLOSED',
  ]);
  await closeNew();
  await arrived(4);
  expect(receiver.events().flatMap(webhookProblems)).toEqual([]);
});

test('a refused change sends no event', async () => {
  await subscribe();
  const trap = trapId(sandbox, 'three_agents');
  const refused = await ask(sandbox, { method: 'POST', path: `/_sandbox/conversations/${trap}/close` });
  expect(refused.status).toBe(409);
  const bad = await ask(sandbox, {
    method: 'POST',
    path: '/_sandbox/conversations',
    json: { close: true, topics: ['none'] },
  });
  expect(bad.status).toBe(400);
  await closeNew();
  await arrived(1);
  expect(await outcomes()).toEqual(['1 accepted']);
});

test('Gladly’s patience', () => {
  expect([1, 2, 3, 4, 5].map((attempt) => delayAfter(gladlyPace, attempt))).toEqual([
    30_000,
    300_000,
    1_800_000,
    3_600_000,
    undefined,
  ]);
  expect(delayAfter({ ...gladlyPace, speed: 60 }, 4)).toBe(60_000);
  for (const wrong of [
    { speed: 0 },
    { answerSeconds: -1 },
    { delaysSeconds: ['x'] },
    { delays: [] },
    // Node's timers cannot wait this long: they would fire at once.
    { speed: 1e-6 },
    { answerSeconds: 3e6 },
    { delaysSeconds: [3e6] },
  ])
    expect(readPace(wrong)).toBeTypeOf('string');
});

test('an event without a 2xx comes again, unchanged, until there is one', async () => {
  await json('PUT', '/_sandbox/webhooks', { speed: 100_000 });
  await subscribe();
  receiver.answers = (_body, count) => [200, 500, 302, 401, 204][count - 1] ?? 599;
  await closeNew();
  await logged(['1 failed', '2 failed', '3 failed', '4 accepted']);
  expect(new Set(receiver.events().map(({ id }) => id)).size).toBe(1);
  expect(receiver.events()).toHaveLength(4);
});

test('no answer in time is a failure, and retry-now does not wait', async () => {
  await json('PUT', '/_sandbox/webhooks', { answerSeconds: 0.05 });
  await subscribe();
  receiver.answers = () => null;
  await closeNew();
  await logged(['1 failed']);
  await json('PUT', '/_sandbox/webhooks', { answerSeconds: 15 });
  receiver.answers = () => 200;
  expect(await json('GET', '/_sandbox/webhooks')).toMatchObject({ waiting: 1, underWay: 0 });
  expect(await json('POST', '/_sandbox/webhooks/retry-now')).toEqual({ retried: 1 });
  await logged(['1 failed', '2 accepted']);
});

test('after the last try the webhook is disabled, and gets nothing until it is enabled again', async () => {
  await json('PUT', '/_sandbox/webhooks', { delaysSeconds: [0, 0.01, 0, 0] });
  const location = await subscribe();
  receiver.answers = ({ type }) => (type === 'PING' ? 200 : 503);
  await closeNew();
  await logged(['1 failed', '2 failed', '3 failed', '4 failed', '5 failed']);
  await vi.waitFor(async () => expect((await json('GET', location)).enabled).toBe(false));
  expect((await json('GET', location)).disabledAtDueToRetryLimit).toMatch(/^\d{4}-.*Z$/);
  await closeNew();
  expect(await outcomes()).toHaveLength(5);
  receiver.answers = () => 200;
  await json('PATCH', location, { enabled: true });
  expect(await json('GET', location)).toMatchObject({ enabled: true });
  expect(await json('GET', location)).not.toHaveProperty('disabledAtDueToRetryLimit');
  await closeNew();
  await arrived(6);
});

test('a webhook that is disabled by hand gets no waiting events', async () => {
  const location = await subscribe();
  receiver.answers = ({ type }) => (type === 'PING' ? 200 : 500);
  await closeNew();
  await logged(['1 failed']);
  await json('PATCH', location, { enabled: false });
  await logged(['1 failed', '2 given_up']);
  expect(await json('POST', '/_sandbox/webhooks/retry-now')).toEqual({ retried: 0 });
});

test('faults: twice, never, and one overtaking the other', async () => {
  await subscribe();
  await setFaults({ webhookDuplicatePercent: 100 });
  await closeNew();
  await arrived(2);
  expect(new Set(receiver.events().map(({ id }) => id)).size).toBe(1);
  await setFaults({ webhookDuplicatePercent: 0, webhookDropPercent: 100 });
  await closeNew();
  expect((await outcomes()).at(-1)).toBe('1 dropped');
  await setFaults({ webhookDropPercent: 0, webhookJitterMs: 200 });
  const { conversations } = await closeNew({ count: 20 });
  await arrived(22);
  const order = receiver
    .events()
    .slice(2)
    .map(({ content }) => content.conversationId);
  const told: string[] = conversations.map(({ conversationId }: AnyJson) => conversationId);
  expect(order.toSorted()).toEqual(told.toSorted());
  expect(order).not.toEqual(told);
});

test('many conversations at once, each with a new customer, each sent once', async () => {
  await subscribe(['CONVERSATION/CLOSED']);
  const { count, conversations } = await closeNew({ count: 300 });
  expect(count).toBe(300);
  expect(new Set(conversations.map(({ customerId }: AnyJson) => customerId)).size).toBe(300);
  await arrived(300);
  const told = new Set(receiver.events().map(({ content }) => content.conversationId));
  expect(told).toEqual(new Set(conversations.map(({ conversationId }: AnyJson) => conversationId)));
  for (const wrong of [
    { count: 0 },
    { count: 2001 },
    { count: 1.5 },
    { count: 2, customer: { email: 'a@example.org' } },
  ])
    expect(
      (await ask(sandbox, { method: 'POST', path: '/_sandbox/conversations', json: wrong })).status,
    ).toBe(400);
});

test('closing stops running and waiting deliveries, and leaves nothing behind', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const timersBefore = vi.getTimerCount();
  await subscribe();
  receiver.answers = (_body, count) => (count === 2 ? 500 : null);
  await closeNew();
  await logged(['1 failed']);
  await closeNew();
  await arrived(2);
  expect(await json('GET', '/_sandbox/webhooks')).toMatchObject({ waiting: 1, underWay: 1 });
  expect(vi.getTimerCount()).toBeGreaterThan(timersBefore);
  await sandbox.close();
  expect(vi.getTimerCount()).toBe(timersBefore);
  await vi.waitFor(async () => expect(await receiver.connections()).toBe(0));
});
