import { afterEach, describe, expect, test } from 'vitest';
import { misfortuneOf, noFaults, readFaults, type Faults } from '../../src/sandbox/faults.ts';
import { randomFrom } from '../../src/sandbox/random.ts';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { ask, trapId, unhurried, type Answer } from './ask.ts';

let sandbox: RunningSandbox;
afterEach(() => sandbox.close());

async function started(faults: Partial<Faults>): Promise<void> {
  sandbox = await startSandbox({ size: 200, limits: unhurried, faults });
}

const agents = (): Promise<Answer> => ask(sandbox, { path: '/api/v1/agents' });

const card = (id: string, customerId: string): Promise<Answer> =>
  ask(sandbox, {
    method: 'POST',
    path: `/api/v1/customers/${customerId}/conversation-items`,
    json: { id, content: { type: 'CUSTOMER_ACTIVITY', activityType: 'SURVEY' } },
  });

/** How many of twenty cards exist after each of them met the fault. */
async function cardsAfter(fault: Partial<Faults>): Promise<number> {
  await started({});
  const path = `/_sandbox/conversations/${sandbox.exampleConversationId}`;
  const { customerId } = (await ask(sandbox, { path })).json();
  const setFaults = (json: Partial<Faults>): Promise<Answer> =>
    ask(sandbox, { method: 'PUT', path: '/_sandbox/faults', json });
  await setFaults(fault);
  for (let number = 0; number < 20; number += 1) {
    const answer = await card(`card-${number}`, customerId).catch(() => null);
    expect(answer?.status ?? 599).toBeGreaterThanOrEqual(500);
  }
  await setFaults(noFaults);
  let found = 0;
  for (let number = 0; number < 20; number += 1) {
    const { status } = await ask(sandbox, { path: `/api/v1/conversation-items/card-${number}` });
    if (status === 200) found += 1;
  }
  return found;
}

describe('each fault', () => {
  test('429, with and without Retry-After', async () => {
    await started({ rateLimitPercent: 100 });
    expect((await agents()).responseHeaders['retry-after']).toBeUndefined();
    await ask(sandbox, { method: 'PUT', path: '/_sandbox/faults', json: { retryAfter: 3 } });
    const answer = await agents();
    expect([answer.status, answer.responseHeaders['retry-after']]).toEqual([429, '3']);
  });

  test('5xx', async () => {
    await started({ serverErrorPercent: 100 });
    expect((await agents()).status).toBeGreaterThanOrEqual(500);
  });

  test('a reset', async () => {
    await started({ resetPercent: 100 });
    await expect(agents()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('a body cut in the middle, JSON, lines and CSV alike', async () => {
    await started({ cutPercent: 100 });
    const json = {
      metricSet: 'ConversationTimestampsReport',
      startAt: '2026-01-01',
      endAt: new Date().toISOString().slice(0, 10),
    };
    await expect(agents()).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(
      ask(sandbox, {
        path: `/api/v1/events?entities=CONTACT&startAt=${new Date(Date.now() - 3_600_000).toISOString()}`,
      }),
    ).rejects.toThrow();
    await expect(ask(sandbox, { method: 'POST', path: '/api/v1/reports', json })).rejects.toThrow();
  });

  test('no answer at all, until the sandbox closes', async () => {
    await started({ hangPercent: 100 });
    const hanging = agents().then(
      () => 'answered',
      () => 'cut off',
    );
    await ask(sandbox, { path: '/_sandbox/requests' });
    await sandbox.close();
    expect(await hanging).toBe('cut off');
  });
});

describe('the client cannot know whether the request took effect', () => {
  test.each<[string, Partial<Faults>]>([
    ['5xx', { serverErrorPercent: 100 }],
    ['reset', { resetPercent: 100 }],
  ])('%s: some had, some had not', async (_name, fault) => {
    const found = await cardsAfter(fault);
    expect(found).toBeGreaterThan(0);
    expect(found).toBeLessThan(20);
  });

  test('a request that was limited had none', () => {
    const dice = randomFrom(1);
    for (let times = 0; times < 100; times += 1)
      expect(misfortuneOf({ ...noFaults, rateLimitPercent: 100 }, dice)).toEqual({ kind: 'rate_limited' });
  });
});

test('percentages are those of the requests, and each meets one misfortune at most', () => {
  const dice = randomFrom(7);
  const faults = { ...noFaults, resetPercent: 20, cutPercent: 30 };
  const kinds = Array.from({ length: 4000 }, () => misfortuneOf(faults, dice).kind);
  const share = (kind: string): number => kinds.filter((one) => one === kind).length / kinds.length;
  expect(share('reset')).toBeCloseTo(0.2, 1);
  expect(share('cut')).toBeCloseTo(0.3, 1);
  expect(share('none')).toBeCloseTo(0.5, 1);
  expect(share('hang')).toBe(0);
});

describe('setting faults', () => {
  test('accepts valid values and keeps the rest', async () => {
    await started({ latencyMs: 1 });
    const put = (json: unknown): Promise<Answer> =>
      ask(sandbox, { method: 'PUT', path: '/_sandbox/faults', json });
    expect((await put({ jitterMs: 2 })).json()).toEqual({ ...noFaults, latencyMs: 1, jitterMs: 2 });
    expect((await put({ jitterMs: -1 })).status).toBe(400);
    // Node's timers cannot wait this long: they would fire at once.
    expect((await put({ latencyMs: 3e9 })).status).toBe(400);
    expect((await put({ webhookDelayMs: 3e9 })).status).toBe(400);
    expect((await put({ chaos: 1 })).status).toBe(400);
    expect(readFaults({ cutPercent: 101 })).toBeTypeOf('string');
    expect(readFaults({ retryAfter: null })).toEqual({ retryAfter: null });
    expect(
      (await ask(sandbox, { path: `/api/v1/conversations/${trapId(sandbox, 'three_agents')}` })).status,
    ).toBe(200);
  });
});

describe('what Gladly does quietly', () => {
  const report = (): Promise<Answer> =>
    ask(sandbox, {
      method: 'POST',
      path: '/api/v1/reports',
      json: {
        metricSet: 'ConversationTimestampsReport',
        startAt: new Date(Date.now() - 4 * 86_400_000).toISOString().slice(0, 10),
        endAt: new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10),
        timezone: 'UTC',
      },
    });

  test.each([
    ['empty', ''],
    ['blank', '\r\n\r\n'],
    ['text', 'Unexpected error occurred\n'],
    ['page', expect.stringContaining('<html>')],
    ['error', expect.stringContaining('temporary_failure')],
  ] as const)('a success with %s', async (strange, body) => {
    await started({ strangePercent: 100, strange });
    const answer = await report();
    expect([answer.status, answer.text]).toEqual([200, body]);
  });

  test('a report that ends after some rows, begins with blank lines, and has its newest rows first', async () => {
    await started({ reportRowCap: 10, reportBlankLines: 2, reportReversed: 1 });
    const { text } = await report();
    expect(text.startsWith('\r\n\r\n\ufeffTimezone Filter,')).toBe(true);
    const times = text
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.split(',')[1]!);
    expect(times).toHaveLength(10);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  test('a value that is none is refused', () => {
    sandbox = { close: () => Promise.resolve() } as RunningSandbox;
    expect(readFaults({ strange: 'odd' })).toContain('strange must be one of');
    expect(readFaults({ reportRowCap: null, eventLagMs: null, strange: 'page' })).toBeTypeOf('object');
    expect(readFaults({ latencyMs: null })).toContain('must be a number');
  });
});
