import { expect, test } from 'vitest';
import { createLine } from '../../../src/gladly/http/line.ts';

test('who is told to stop while waiting never gets the turn, and the next one still waits for it', async () => {
  const line = createLine();
  const leave = await line.enter();
  const stop = new AbortController();
  const order: string[] = [];
  const stopped = line.enter(stop.signal).then(
    () => order.push('let through'),
    (reason: unknown) => order.push(String(reason)),
  );
  const next = line.enter().then(() => order.push('next'));
  stop.abort('stopped by hand');
  await stopped;
  order.push('left');
  leave();
  await next;
  expect(order).toEqual(['stopped by hand', 'left', 'next']);
});

test('many who wait for one signal draw no warning of a leak', async () => {
  const warnings: Error[] = [];
  const listen = (warning: Error): void => void warnings.push(warning);
  process.on('warning', listen);
  const line = createLine();
  const { signal } = new AbortController();
  const leave = await line.enter();
  const waiting = Array.from({ length: 50 }, async () => (await line.enter(signal))());
  leave();
  await Promise.all(waiting);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', listen);
  expect(warnings).toEqual([]);
});
