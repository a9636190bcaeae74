import { describe, expect, test } from 'vitest';
import { readRetryAfter } from '../../../src/http/retry-after.ts';
import type { RetryInfo } from '../../../src/gladly/http/retry.ts';
import {
  clientOf,
  conversation,
  failureOf,
  fakeTime,
  json,
  localGladly,
  type Respond,
  unpaced,
} from '../local-gladly.ts';

/** Fails until the try with this number, then answers with a conversation. */
const until =
  (number: number, trouble: Respond): Respond =>
  (request, response, count) => {
    if (count < number) trouble(request, response, count);
    else json(response, 200, conversation);
  };

const status =
  (code: number, headers: Record<string, string> = {}): Respond =>
  (_, response) => {
    response.writeHead(code, headers);
    response.end();
  };

const never = Number.POSITIVE_INFINITY;

describe('a safe request is tried again', () => {
  test.each<[string, Respond]>([
    ['after a 500', status(500)],
    ['after a 503 with a page', (_, response) => response.writeHead(503).end('<html>busy</html>')],
    ['after a 429', status(429)],
    ['after a reset', (_, response) => response.destroy()],
    [
      'after a body that is shorter than announced',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"id":');
        setTimeout(() => response.destroy(), 5);
      },
    ],
    [
      'after a chunked body that is cut',
      (_, response) => {
        response.write('{"id":');
        setTimeout(() => response.destroy(), 5);
      },
    ],
  ])('%s', async (_, trouble) => {
    const gladly = await localGladly(until(3, trouble));
    const told: RetryInfo[] = [];
    const client = clientOf(gladly.origin, { onRetry: (info) => told.push(info) });
    expect((await client.getConversation('c1')).id).toBe('c1');
    expect(client.counts).toMatchObject({ gladly: 3, retried: 2, byOperation: { getConversation: 3 } });
    expect(told.map(({ operation, attempt }) => [operation, attempt])).toEqual([
      ['getConversation', 1],
      ['getConversation', 2],
    ]);
  });

  test('after no answer in time', async () => {
    const gladly = await localGladly(until(2, () => undefined));
    const client = clientOf(gladly.origin, { timeoutMs: 150 });
    expect((await client.getConversation('c1')).id).toBe('c1');
    expect(gladly.received).toHaveLength(2);
  });

  test('after a body that stops in the middle', async () => {
    const gladly = await localGladly(until(2, (_, response) => void response.write('{"id":')));
    const client = clientOf(gladly.origin, { timeoutMs: 150 });
    expect((await client.getConversation('c1')).id).toBe('c1');
    expect(gladly.received).toHaveLength(2);
  });

  test('no more than six times', async () => {
    const gladly = await localGladly(status(502));
    const time = fakeTime();
    const failure = await failureOf(clientOf(gladly.origin, { time }).getConversation('c1'));
    expect(failure.code).toBe('gladly_unavailable');
    expect(gladly.received).toHaveLength(6);
    expect(time.sleeps).toEqual([125, 250, 500, 1000, 2000]);
  });

  test('no later than 30 s after the first try when its time-out is short', async () => {
    const time = fakeTime();
    const gladly = await localGladly((request, response, number) => {
      time.nowMs += 14_000;
      status(502)(request, response, number);
    });
    await failureOf(clientOf(gladly.origin, { time, timeoutMs: 5000 }).getConversation('c1'));
    expect(gladly.received).toHaveLength(3);
  });

  test('no later than four time-outs after the first try when its time-out is long', async () => {
    const time = fakeTime();
    const gladly = await localGladly((request, response, number) => {
      time.nowMs += 14_000;
      status(502)(request, response, number);
    });
    await failureOf(clientOf(gladly.origin, { time, timeoutMs: 12_500 }).getConversation('c1'));
    expect(gladly.received).toHaveLength(4);
  });

  test('not when it waited for its slot until the time was over', async () => {
    const time = fakeTime();
    const gladly = await localGladly(status(502));
    const pacer = unpaced();
    let grants = 0;
    pacer.grant = async () => {
      grants += 1;
      if (grants === 2) time.nowMs += 60_000;
    };
    const failure = await failureOf(clientOf(gladly.origin, { time, pacer }).getConversation('c1'));
    expect(failure.code).toBe('gladly_unavailable');
    expect(gladly.received).toHaveLength(1);
  });

  test('with a random part of a wait that doubles up to 8 s', async () => {
    const gladly = await localGladly(status(502));
    const time = fakeTime();
    await failureOf(clientOf(gladly.origin, { time, random: () => 0.999, timeoutMs: 60_000 }).getAgents());
    expect(time.sleeps.map((ms) => Math.round(ms))).toEqual([250, 500, 999, 1998, 3996]);
    const least = fakeTime();
    await failureOf(clientOf(gladly.origin, { time: least, random: () => 0 }).getAgents());
    expect(least.sleeps).toEqual([0, 0, 0, 0, 0]);
  });

  test('not after the signal', async () => {
    const gladly = await localGladly(status(502));
    const stop = new AbortController();
    const client = clientOf(gladly.origin, {
      signal: stop.signal,
      onRetry: () => stop.abort(new Error('stopped by hand')),
    });
    await expect(client.getConversation('c1')).rejects.toThrow('stopped by hand');
    expect(gladly.received).toHaveLength(1);
  });
});

describe('a request that times out for good', () => {
  test('says so', async () => {
    const gladly = await localGladly(until(never, () => undefined));
    const time = fakeTime();
    const client = clientOf(gladly.origin, { timeoutMs: 40, time });
    const failure = await failureOf(client.getConversation('c1'));
    expect([failure.kind, failure.code]).toEqual(['temporary', 'timeout']);
    expect(failure.message).toContain('0.04 s');
    expect(gladly.received).toHaveLength(6);
  });
});

describe('a 429', () => {
  test('without Retry-After backs off and pauses every request', async () => {
    const gladly = await localGladly(until(2, status(429)));
    const pacer = unpaced();
    const time = fakeTime();
    const client = clientOf(gladly.origin, { pacer, time });
    await client.getConversation('c1');
    expect(pacer.rateLimits).toEqual([null]);
    expect(time.sleeps).toEqual([125]);
    expect(client.counts.rateLimited).toBe(1);
  });

  test('with Retry-After in seconds waits that long', async () => {
    const gladly = await localGladly(until(2, status(429, { 'retry-after': '7' })));
    const pacer = unpaced();
    const time = fakeTime();
    await clientOf(gladly.origin, { pacer, time }).getConversation('c1');
    expect(pacer.rateLimits).toEqual([7000]);
    expect(time.sleeps).toEqual([7000]);
  });

  test('with Retry-After as a date waits until then', async () => {
    const time = fakeTime(Date.parse('2026-11-22T10:00:00.000Z'));
    const date = new Date(time.nowMs + 9000).toUTCString();
    const gladly = await localGladly(until(2, status(429, { 'retry-after': date })));
    await clientOf(gladly.origin, { time }).getConversation('c1');
    expect(time.sleeps).toEqual([9000]);
  });

  test.each([
    ['3600', 'Wait 60 minutes'],
    ['31', 'Wait 31 s'],
    ['99999999999999999999', 'more than a day'],
  ])('that asks for a wait of %s s fails at once with a hint', async (seconds, hint) => {
    const gladly = await localGladly(status(429, { 'retry-after': seconds }));
    const time = fakeTime();
    const failure = await failureOf(clientOf(gladly.origin, { time }).getConversation('c1'));
    expect([failure.kind, failure.code]).toEqual(['temporary', 'rate_limited']);
    expect(failure.hint).toContain(hint);
    expect(failure.conversationId).toBe('c1');
    expect(gladly.received).toHaveLength(1);
    expect(time.sleeps).toEqual([]);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-22T10:00:00.000Z');
  test.each([
    [null, null],
    ['0', 0],
    [' 2 ', 2000],
    ['1.5', 1500],
    ['-5', null],
    ['soon', null],
    ['', null],
    ['2026', 2_026_000],
    ['Sun, 22 Nov 2026 10:00:30 GMT', 30_000],
    ['Sunday, 22-Nov-26 10:00:30 GMT', 30_000],
    ['Sun, 22 Nov 2020 10:00:30 GMT', 0],
    ['Mon, 99 Foo 2026', null],
  ])('%j is %j ms', (value, ms) => {
    expect(readRetryAfter(value, now)).toBe(ms);
  });
});
