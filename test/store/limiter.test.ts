import { describe, expect, test } from 'vitest';
import type { LimiterStore } from '../../src/ports/limiter.ts';
import { limiterStore } from '../../src/store/limiter.ts';
import { freshLedger, inProcesses, opened, temporaryPlace } from './support.ts';

const nowMs = Date.UTC(2026, 10, 22, 10);
const ask = { nowMs, intervalMs: 127.5, priority: 'background' } as const;

async function slots(store: LimiterStore, count: number, change = {}): Promise<number[]> {
  const reserved: number[] = [];
  for (let number = 0; number < count; number += 1) {
    const slot = await store.reserve('requests', { ...ask, ...change });
    reserved.push('atMs' in slot ? slot.atMs - nowMs : NaN);
  }
  return reserved;
}

describe('slots', () => {
  test('are evenly spaced, without a burst after a rest', async () => {
    const store = limiterStore(await freshLedger());
    expect(await slots(store, 4)).toEqual([0, 127.5, 255, 382.5]);
    expect(await slots(store, 3, { nowMs: nowMs + 10_000 })).toEqual([10_000, 10_127.5, 10_255]);
  });

  test('of several processes are spaced as those of one', async () => {
    const location = temporaryPlace();
    await opened(location);
    const task = { action: 'reserve', location, nowMs, intervalMs: 100, times: 20 } as const;
    const both = (await inProcesses([task, task])) as { atMs: number }[][];
    const times = both.flat().map(({ atMs }) => atMs - nowMs);
    expect(times.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, number) => number * 100));
  });

  test('reports have their own', async () => {
    const store = limiterStore(await freshLedger());
    await slots(store, 3);
    expect(await store.reserve('reports', ask)).toEqual({ atMs: nowMs });
  });

  test('wait for the end of the longest pause', async () => {
    const store = limiterStore(await freshLedger());
    expect(await store.pausedUntil('requests')).toBe(0);
    await store.pause('requests', nowMs + 5000);
    await store.pause('requests', nowMs + 2000);
    expect(await store.pausedUntil('requests')).toBe(nowMs + 5000);
    expect(await slots(store, 2)).toEqual([5000, 5127.5]);
    expect(await store.reserve('reports', ask)).toEqual({ atMs: nowMs });
  });

  test('a command run by hand goes before work in the background', async () => {
    const store = limiterStore(await freshLedger());
    const [first] = await slots(store, 1);
    expect(first).toBe(0);
    expect(await slots(store, 1, { priority: 'interactive' })).toEqual([127.5]);
    const handUntil = nowMs + 127.5 + 2 * 127.5;
    expect(await store.reserve('requests', ask)).toEqual({ askAgainMs: handUntil });
    expect(await slots(store, 1, { priority: 'interactive', nowMs: nowMs + 128 })).toEqual([255]);
    expect(await store.reserve('requests', { ...ask, nowMs: handUntil })).toEqual({
      askAgainMs: nowMs + 510,
    });
    expect(await store.reserve('requests', { ...ask, nowMs: nowMs + 510 })).toEqual({ atMs: nowMs + 510 });
  });

  test('times from before the clock was put back do not count', async () => {
    const store = limiterStore(await freshLedger());
    const later = nowMs + 3_600_000;
    await store.reserve('requests', { ...ask, priority: 'interactive', nowMs: later });
    await store.pause('requests', later + 60_000);
    expect(await slots(store, 2)).toEqual([0, 127.5]);
    await store.pause('requests', nowMs + 4000);
    expect(await slots(store, 1)).toEqual([4000]);
  });

  test('a queue that is longer than that stays paced', async () => {
    const store = limiterStore(await freshLedger());
    const reserved: number[] = [];
    let askAgain = 0;
    for (let number = 0; number < 40; number += 1) {
      const slot = await store.reserve('reports', { ...ask, intervalMs: 7500 });
      if ('atMs' in slot) reserved.push(slot.atMs - nowMs);
      else askAgain = slot.askAgainMs - nowMs;
    }
    expect(reserved).toEqual(Array.from({ length: 9 }, (_, number) => number * 7500));
    expect(askAgain).toBe(7500);
    expect(await store.reserve('reports', { ...ask, intervalMs: 7500, nowMs: nowMs + 7500 })).toEqual({
      atMs: nowMs + 67_500,
    });
  });

  test('an interval longer than two minutes holds, too', async () => {
    const store = limiterStore(await freshLedger());
    expect(await slots(store, 1, { intervalMs: 600_000 })).toEqual([0]);
    expect(await store.reserve('requests', { ...ask, intervalMs: 600_000 })).toEqual({
      askAgainMs: nowMs + 540_000,
    });
  });
});
