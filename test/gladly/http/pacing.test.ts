import { describe, expect, test } from 'vitest';
import type { Priority } from '../../../src/domain/values/request-slot.ts';
import { createPacer, memoryLimiterStore, type Pacer } from '../../../src/gladly/http/pacing.ts';
import type { LimiterStore } from '../../../src/ports/limiter.ts';
import { clientOf, fakeTime, json, localGladly, type Time } from '../local-gladly.ts';

/** A clock for several sleepers: `run` wakes them in the order of their times. */
function sharedTime(nowMs = 1_000_000) {
  let sleepers: { atMs: number; wake: () => void }[] = [];
  const time = {
    nowMs,
    clock: () => time.nowMs,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const sleeper = { atMs: time.nowMs + ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          reject(new Error('a sleep was disturbed'));
        });
      }),
    async run(untilMs = Number.POSITIVE_INFINITY): Promise<void> {
      for (;;) {
        await settled();
        sleepers.sort((a, b) => a.atMs - b.atMs);
        const next = sleepers[0];
        if (next === undefined || next.atMs > untilMs) break;
        sleepers.shift();
        time.nowMs = Math.max(time.nowMs, next.atMs);
        next.wake();
      }
      if (untilMs !== Number.POSITIVE_INFINITY) time.nowMs = Math.max(time.nowMs, untilMs);
    },
  };
  return time;
}

/** Lets everything happen that needs no time. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Clock {
  clock: () => number;
  sleep: Time['sleep'];
}

function pacer(
  time: Clock,
  options: { store?: LimiterStore; ratePercent?: number; priority?: Priority } = {},
): Pacer {
  return createPacer({
    store: options.store ?? memoryLimiterStore(),
    ratePercent: options.ratePercent ?? 80,
    priority: options.priority ?? 'background',
    clock: time.clock,
    sleep: time.sleep,
  });
}

/** The times at which several requests that are made at once may leave. */
function grants(time: Clock, of: Pacer, count: number, kind: 'request' | 'report' = 'request'): number[] {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) void of.grant(kind).then(() => times.push(time.clock()));
  return times;
}

const gaps = (times: readonly number[]): number[] =>
  times.slice(1).map((timeMs, index) => Math.round((timeMs - times[index]!) * 1000) / 1000);

describe('requests', () => {
  test('leave evenly, two percent slower than the share, without a burst', async () => {
    const time = sharedTime();
    const times = grants(time, pacer(time), 20);
    await time.run();
    expect(times[0]).toBe(1_000_000);
    expect(gaps(times)).toEqual(Array(19).fill(127.5));
  });

  test('do not save up idle time', async () => {
    const time = sharedTime();
    const one = pacer(time);
    await one.grant('request');
    await time.run(time.nowMs + 60_000);
    const times = grants(time, one, 3);
    await time.run();
    expect(gaps(times)).toEqual([127.5, 127.5]);
  });

  test('of two pacers over one store share the budget', async () => {
    const time = sharedTime();
    const store = memoryLimiterStore();
    const first = grants(time, pacer(time, { store }), 10);
    const second = grants(time, pacer(time, { store }), 10);
    await time.run();
    expect(gaps([...first, ...second].sort((a, b) => a - b))).toEqual(Array(19).fill(127.5));
    expect(first.length).toBe(10);
    expect(second.at(-1)! - first.at(-1)!).toBeLessThan(1000);
  });

  test('of several processes do not leave at once when the store that kept them waiting is back', async () => {
    const time = sharedTime();
    const store = memoryLimiterStore();
    const away = { untilMs: 0 };
    const unsteady: LimiterStore = {
      ...store,
      async pausedUntil(bucket) {
        await time.sleep(Math.max(0, away.untilMs - time.nowMs));
        return store.pausedUntil(bucket);
      },
    };
    const all = [1, 2, 3, 4].map(() => grants(time, pacer(time, { store: unsteady }), 3));
    away.untilMs = time.nowMs + 2000;
    await time.run();
    const times = all.flat().sort((a, b) => a - b);
    expect(times).toHaveLength(12);
    expect(times[0]).toBe(1_002_000);
    expect(Math.min(...gaps(times))).toBe(127.5);
  });

  test('leave late rather than never where the store is always slow', async () => {
    const time = sharedTime();
    const store = memoryLimiterStore();
    const slow: LimiterStore = {
      ...store,
      pausedUntil: async (bucket) => {
        await time.sleep(400);
        return store.pausedUntil(bucket);
      },
    };
    const times = grants(time, pacer(time, { store: slow }), 3);
    await time.run();
    expect(times).toEqual([1_000_800, 1_001_600, 1_002_400]);
  });

  test('leave in the order in which they were made', async () => {
    const time = sharedTime();
    const one = pacer(time);
    const order: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) void one.grant('request').then(() => order.push(name));
    await time.run();
    expect(order).toEqual(['a', 'b', 'c', 'd']);
  });

  test('leave before all that wait in line where they go first, but not before what has its permit', async () => {
    const time = sharedTime();
    const one = pacer(time);
    const order: string[] = [];
    for (const name of ['a', 'b', 'c']) void one.grant('request').then(() => order.push(name));
    for (const name of ['first', 'second']) {
      void one.grant('request', undefined, 'first').then(() => order.push(name));
    }
    await time.run();
    expect(order).toEqual(['a', 'first', 'second', 'b', 'c']);
  });

  test('fail with the error of a store that does not work', async () => {
    const time = sharedTime();
    const store: LimiterStore = { ...memoryLimiterStore(), reserve: () => Promise.reject(new Error('busy')) };
    const one = pacer(time, { store });
    await expect(one.grant('request')).rejects.toThrow('busy');
    await expect(one.grant('request')).rejects.toThrow('busy');
  });
});

describe('a signal', () => {
  test('ends the wait for a slot and for the permit, and lets the others through', async () => {
    const time = sharedTime();
    const one = pacer(time);
    const stop = new AbortController();
    await one.grant('request');
    const waiting = [one.grant('request', stop.signal), one.grant('request', stop.signal)];
    const other = grants(time, one, 1);
    await settled();
    stop.abort(new Error('stopped by hand'));
    for (const grant of waiting) await expect(grant).rejects.toThrow('stopped by hand');
    await time.run();
    expect(other).toHaveLength(1);
    await expect(one.grant('request', stop.signal)).rejects.toThrow('stopped by hand');
  });
});

describe('a 429', () => {
  test.each([
    [null, 1000],
    [7000, 7000],
    [0, 127.5],
    [3_600_000, 60_000],
    [Number.POSITIVE_INFINITY, 60_000],
    [Number.NaN, 1000],
    [-5, 127.5],
  ])('with Retry-After %s ms pauses everything for %i ms', async (retryAfterMs, waitMs) => {
    const time = sharedTime();
    const one = pacer(time);
    await one.grant('request');
    const startedMs = time.nowMs;
    await one.rateLimited(retryAfterMs);
    const times = grants(time, one, 3);
    await time.run();
    expect(times[0]! - startedMs).toBe(waitMs);
    expect(gaps(times)).toEqual([127.5, 127.5]);
  });

  test.each([
    [
      'of this process',
      (store: LimiterStore): LimiterStore => ({ ...store, pausedUntil: () => Promise.resolve(0) }),
      true,
    ],
    ['of another process', (store: LimiterStore): LimiterStore => store, false],
  ])('%s during the wait of a request for its slot delays it as well', async (_, seen, own) => {
    const time = sharedTime();
    const store = memoryLimiterStore();
    const one = pacer(time, { store: seen(store) });
    const other = own ? one : pacer(time, { store: seen(store) });
    await one.grant('request');
    const times = grants(time, one, 2);
    await time.run(time.nowMs + 50);
    const pausedMs = time.nowMs;
    await other.rateLimited(5000);
    await time.run();
    expect(times.map((timeMs) => timeMs - pausedMs)).toEqual([5000, 5127.5]);
  });

  test('for a report pauses reports long and requests briefly', async () => {
    const time = sharedTime();
    const one = pacer(time);
    const startedMs = time.nowMs;
    await one.rateLimited(30_000, 'report');
    const requests = grants(time, one, 1);
    const reports = grants(time, one, 1, 'report');
    await time.run();
    expect([requests[0]! - startedMs, reports[0]! - startedMs]).toEqual([1000, 30_000]);
  });
});

test('a 429 for a report that does not say how long pauses reports longer than requests', async () => {
  const time = sharedTime();
  const one = pacer(time);
  const startedMs = time.nowMs;
  await one.rateLimited(null, 'report');
  const requests = grants(time, one, 1);
  const reports = grants(time, one, 1, 'report');
  await time.run();
  expect([requests[0]! - startedMs, reports[0]! - startedMs]).toEqual([1000, 12_000]);
});

describe('an interactive command', () => {
  test('goes before background work', async () => {
    const time = sharedTime();
    const store = memoryLimiterStore();
    const background = grants(time, pacer(time, { store }), 40);
    await time.run(time.nowMs + 1000);
    const before = background.length;
    const hand = grants(time, pacer(time, { store, priority: 'interactive' }), 10);
    await time.run();
    expect(hand).toHaveLength(10);
    expect(background).toHaveLength(40);
    // One background request already has its slot; the others wait until the command is done.
    const between = background.slice(before).filter((timeMs) => timeMs < hand.at(-1)!);
    expect(between.length).toBeLessThanOrEqual(1);
    expect(Math.min(...gaps([...background, ...hand].sort((a, b) => a - b)))).toBe(127.5);
  });
});

describe('the Ratelimit headers', () => {
  const intervalAfter = async (
    headers: { limit: number | null; remaining: number | null }[],
  ): Promise<number> => {
    const time = sharedTime();
    const one = pacer(time);
    for (const header of headers) await one.observe(header);
    const times = grants(time, one, 3);
    await time.run();
    return gaps(times).at(-1)!;
  };

  test('slow us down', async () => {
    expect(await intervalAfter([{ limit: 5, remaining: 4 }])).toBe(255);
    expect(await intervalAfter([{ limit: 1, remaining: 1 }])).toBe(1275);
  });

  test('never make us faster than before', async () => {
    expect(
      await intervalAfter([
        { limit: 5, remaining: 4 },
        { limit: 10, remaining: 4 },
      ]),
    ).toBe(127.5);
    expect(await intervalAfter([{ limit: 1000, remaining: 999 }])).toBe(127.5);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 0.001])(
    'a limit of %s is ignored',
    async (limit) => {
      const time = sharedTime();
      const one = pacer(time);
      await one.observe({ limit, remaining: 0 });
      const times = grants(time, one, 2);
      await time.run();
      expect(times).toEqual([1_000_000, 1_000_127.5]);
    },
  );

  test.each([
    [80, 10, 0, 1000],
    [80, null, 0, 1000],
    [80, 10, 1, 0],
    [80, 10, null, 0],
    [100, 10, 0, 0],
    [90, 10, 0, 0],
    [80, 20, 0, 1000],
    [80, 10, -3, 0],
  ])(
    'at %i %% of a limit of %s with %s remaining all wait %i ms',
    async (ratePercent, limit, remaining, waitMs) => {
      const time = sharedTime();
      const one = pacer(time, { ratePercent });
      await one.observe({ limit, remaining });
      const times = grants(time, one, 1);
      await time.run();
      expect(times[0]! - 1_000_000).toBe(waitMs);
    },
  );

  test('reach the pacer from an answer; values that are not numbers do not', async () => {
    const time = fakeTime();
    const limits = ['2', '4', 'many', '', '0x', '-1'];
    const gladly = await localGladly((_, response, number) =>
      json(response, 200, [], {
        'ratelimit-limit-second': limits[number - 1]!,
        'ratelimit-remaining-second': '1',
      }),
    );
    const leaving: number[] = [];
    const paced = pacer(time);
    const client = clientOf(gladly.origin, {
      time,
      pacer: {
        ...paced,
        grant: async (kind, signal) => {
          await paced.grant(kind, signal);
          leaving.push(time.nowMs);
        },
      },
    });
    while (gladly.received.length < limits.length) await client.getAgents();
    // A slot is one interval after the previous slot, at the pace of that moment.
    expect(gaps(leaving)).toEqual([127.5, 637.5, 318.75, 318.75, 318.75]);
  });
});

describe('reports', () => {
  test('leave ten a minute times the share, and take a slot of the requests as well', async () => {
    const time = sharedTime();
    const one = pacer(time);
    const reports = grants(time, one, 3, 'report');
    await time.run(time.nowMs);
    const requests = grants(time, one, 1);
    await time.run();
    expect(gaps(reports)).toEqual([7650, 7650]);
    expect(requests[0]! - reports[0]!).toBe(127.5);
  });

  test('do not delay other requests', async () => {
    const time = sharedTime();
    const one = pacer(time);
    grants(time, one, 3, 'report');
    await time.run(time.nowMs);
    const requests = grants(time, one, 10);
    await time.run();
    expect(requests.at(-1)! - 1_000_000).toBe(1275);
  });

  test('keep their distance even if the share makes it longer than two minutes', async () => {
    const time = sharedTime();
    const reports = grants(time, pacer(time, { ratePercent: 1 }), 3, 'report');
    await time.run();
    expect(gaps(reports)).toEqual([612_000, 612_000]);
  });
});

test('a pause from before the clock was set back ends with the next one', async () => {
  const time = sharedTime(1e12);
  const one = pacer(time);
  await one.rateLimited(60_000);
  time.nowMs -= 3_600_000;
  const startedMs = time.nowMs;
  await one.rateLimited(2000);
  const times = grants(time, one, 1);
  await time.run();
  expect(times[0]! - startedMs).toBe(2000);
});
