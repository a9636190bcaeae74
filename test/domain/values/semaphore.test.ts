import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createSemaphore, type PermitOrder } from '../../../src/domain/values/semaphore.ts';

describe('turns', () => {
  test('are given one at a time, in order, to those ahead first', async () => {
    const turns = createSemaphore(1);
    const order: string[] = [];
    let users = 0;
    const use = async (name: string, turn: PermitOrder = 'in_line'): Promise<void> => {
      await turns.take(turn);
      users += 1;
      expect(users).toBe(1);
      order.push(name);
      await Promise.resolve();
      users -= 1;
      turns.end();
    };
    await Promise.all([
      use('first'),
      use('second'),
      use('third'),
      use('hurried', 'first'),
      use('hurried, later', 'first'),
      use('fourth'),
    ]);
    expect(order).toEqual(['first', 'hurried', 'hurried, later', 'second', 'third', 'fourth']);
    await use('when nobody waits');
    expect(order.at(-1)).toBe('when nobody waits');
  });

  test('are free again once they end while nobody waits, and no more of them than before', async () => {
    const turns = createSemaphore(1);
    await turns.take();
    turns.end();
    await turns.take();
    void turns.take();
    expect(turns.isCrowded()).toBe(true);
  });

  test('are given to as many at a time as allowed', async () => {
    const turns = createSemaphore(2);
    await Promise.all([turns.take(), turns.take()]);
    const seen: string[] = [];
    const third = turns.take().then(() => seen.push('third'));
    await Promise.resolve();
    expect(seen).toEqual([]);
    expect(turns.isCrowded()).toBe(true);
    turns.end();
    await third;
    expect(seen).toEqual(['third']);
    expect(turns.isCrowded()).toBe(false);
  });
});

describe('a wait for a turn', () => {
  test('ends with the signal; the turn never comes, and the next one still waits for it', async () => {
    const turns = createSemaphore(1);
    await turns.take();
    const stop = new AbortController();
    const order: string[] = [];
    const stopped = turns.take('in_line', stop.signal).then(
      () => order.push('let through'),
      (reason: unknown) => order.push(String(reason)),
    );
    const next = turns.take().then(() => order.push('next'));
    stop.abort('stopped by hand');
    await stopped;
    order.push('left');
    turns.end();
    await next;
    expect(order).toEqual(['stopped by hand', 'left', 'next']);
  });

  test('leaves nothing behind at its signal, however it ends', async () => {
    const turns = createSemaphore(1);
    await turns.take();
    const stop = new AbortController();
    const served = turns.take('in_line', stop.signal);
    const stopped = turns.take('in_line', stop.signal);
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(2);
    turns.end();
    await served;
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
    stop.abort('stopped by hand');
    await expect(stopped).rejects.toBe('stopped by hand');
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
    expect(turns.isCrowded()).toBe(false);
  });

  test('does not begin after the signal', async () => {
    const turns = createSemaphore(1);
    await expect(turns.take('in_line', AbortSignal.abort('stopped by hand'))).rejects.toBe('stopped by hand');
    await turns.take();
  });

  test('of many for one signal draws no warning of a leak', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listen);
    const turns = createSemaphore(1);
    const { signal } = new AbortController();
    await turns.take();
    const waiting = Array.from({ length: 50 }, async () => {
      await turns.take('in_line', signal);
      turns.end();
    });
    turns.end();
    await Promise.all(waiting);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });
});
