import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { StreamLimit } from '../../src/http/time-limit.ts';
import { createTransport } from '../../src/http/transport.ts';
import { all, localGladly } from '../gladly/local-gladly.ts';

/** A stream that says something again and again, and never ends. */
async function endless(piece: string, time: StreamLimit) {
  let isClosed: Promise<unknown> = Promise.resolve();
  const gladly = await localGladly((_, response) => {
    const beat = setInterval(() => response.write(piece), 10);
    isClosed = once(response, 'close').then(() => clearInterval(beat));
  });
  const transport = createTransport({ origin: gladly.origin, headers: {}, userAgent: 'gcsat/test' });
  const answer = await transport.send({ method: 'GET', path: '/api/v1/events', accept: '*/*', time });
  return { reading: all(answer.chunks()), closed: () => isClosed };
}

const ample = { firstMs: 5000, idleMs: 5000, allMs: 60_000, mostBytes: 1e9 };

test.each([
  ['time', '\n', { ...ample, allMs: 1500 }, 'takes too long'],
  ['bytes', 'x'.repeat(1000), { ...ample, mostBytes: 10_000 }, 'more than 10000 bytes'],
])(
  'a stream that never ends is ended by its %s, and its connection is freed',
  async (_, piece, time, says) => {
    const { reading, closed } = await endless(piece, time);
    await expect(reading).rejects.toMatchObject({
      reason: 'endless',
      message: expect.stringContaining(says),
    });
    await closed();
  },
);
