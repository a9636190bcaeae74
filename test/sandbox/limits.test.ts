import { afterEach, describe, expect, test } from 'vitest';
import { rateLimit, windowKinds, type LimitOptions } from '../../src/sandbox/rate-limits.ts';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { validateExchange } from '../support/contract-validator.ts';
import { ask, type Answer } from './ask.ts';

describe('counting', () => {
  test.each(windowKinds)('%s: the limit is granted at once, one more is not', (kind) => {
    const limit = rateLimit(kind, 10, 1000);
    expect(limit.remaining(5000)).toBe(10);
    for (let request = 0; request < 10; request += 1) expect(limit.take(5000)).toBe(true);
    expect(limit.take(5000)).toBe(false);
    expect(limit.remaining(5000)).toBe(0);
  });

  test.each(windowKinds)('%s: an even pace is never refused', (kind) => {
    const limit = rateLimit(kind, 10, 1000);
    for (let request = 0; request < 200; request += 1) expect(limit.take(3 + request * 100.5)).toBe(true);
  });

  test('they differ in when they free requests', () => {
    const [leaky, fixed, sliding] = windowKinds.map((kind) => rateLimit(kind, 10, 1000));
    for (const limit of [leaky, fixed, sliding]) for (let n = 0; n < 10; n += 1) limit!.take(5900);
    expect([leaky, fixed, sliding].map((limit) => limit!.remaining(6050))).toEqual([1, 10, 0]);
    expect([leaky, fixed, sliding].map((limit) => limit!.remaining(6899))).toEqual([9, 10, 0]);
    expect([leaky, fixed, sliding].map((limit) => limit!.remaining(6901))).toEqual([10, 10, 10]);
  });
});

describe('over the wire', () => {
  let sandbox: RunningSandbox | undefined;
  let clock = 0;
  afterEach(() => sandbox?.close());

  async function started(limits: LimitOptions = {}): Promise<RunningSandbox> {
    clock = 10_000;
    sandbox = await startSandbox({ size: 50, limits: { clock: () => clock, ...limits } });
    return sandbox;
  }

  const organization = (): Promise<Answer> => ask(sandbox!, { path: '/api/v1/organization' });

  test.each(windowKinds)('%s: the eleventh request of a second answers 429', async (window) => {
    await started({ window });
    for (let left = 9; left >= 0; left -= 1) {
      const answer = await organization();
      expect(answer.status).toBe(200);
      expect(answer.responseHeaders['ratelimit-limit-second']).toBe('10');
      expect(answer.responseHeaders['ratelimit-remaining-second']).toBe(String(left));
    }
    const refused = await organization();
    expect([refused.status, refused.text]).toEqual([429, '']);
    expect(refused.responseHeaders['ratelimit-remaining-second']).toBe('0');
    expect(refused.responseHeaders['retry-after']).toBeUndefined();
    expect(validateExchange(refused)).toEqual([]);
    clock += 1001;
    expect((await organization()).status).toBe(200);
  });

  test('all methods share the limit; requests without credentials do not count', async () => {
    await started({ requestsPerSecond: 2 });
    await ask(sandbox!, { path: '/api/v1/organization', authorized: false });
    await ask(sandbox!, { method: 'DELETE', path: '/api/v1/conversation-items/x' });
    await ask(sandbox!, { method: 'POST', path: '/api/v1/communications/sms', json: {} });
    expect((await organization()).status).toBe(429);
    expect((await ask(sandbox!, { path: '/_sandbox/mailbox' })).status).toBe(200);
  });

  const report = (): Promise<Answer> =>
    ask(sandbox!, {
      method: 'POST',
      path: '/api/v1/reports',
      json: {
        metricSet: 'ContactTimestampsReport',
        startAt: '2020-01-01',
        endAt: '2020-01-01',
        timezone: 'UTC',
      },
    });

  test('reports: ten a minute, apart from everything else', async () => {
    await started();
    for (let count = 0; count < 10; count += 1) expect((await report()).status).toBe(200);
    expect((await report()).status).toBe(429);
    expect((await organization()).status).toBe(200);
    clock += 59_000;
    expect((await report()).status).toBe(429);
    clock += 1001;
    expect((await report()).status).toBe(200);
  });

  test('reports: two at a time', async () => {
    await started();
    await ask(sandbox!, { method: 'PUT', path: '/_sandbox/faults', json: { hangPercent: 100 } });
    const all = [report(), report(), report()].map((answer) =>
      answer.then(
        ({ status }) => status,
        () => 'cut off',
      ),
    );
    expect(await Promise.race(all)).toBe(429);
    await sandbox!.close();
    expect((await Promise.all(all)).sort()).toEqual([429, 'cut off', 'cut off']);
  });
});
