import { describe, expect, test } from 'vitest';
import { createLimiter } from '../../src/server/request-limits.ts';
import { ask, openToken, runningServer, type RunningServer } from './running.ts';

describe('a limiter', () => {
  test('lets a burst through, then tells how long to wait, and keeps its word', () => {
    let now = 1_000_000;
    const limiter = createLimiter({ burst: 3, perMinute: 6 }, () => now);
    expect([1, 2, 3].map(() => limiter.take('a'))).toEqual([null, null, null]);
    const wait = limiter.take('a');
    expect(wait).toBe(10);
    now += 10_000;
    expect(limiter.take('a')).toBeNull();
    expect(limiter.take('a')).not.toBeNull();
    expect(limiter.take('b')).toBeNull();
  });

  test('asking while refused does not prolong the wait', () => {
    let now = 0;
    const limiter = createLimiter({ burst: 1, perMinute: 6 }, () => now);
    limiter.take('a');
    for (now = 0; now < 9000; now += 1000) expect(limiter.take('a')).not.toBeNull();
    now = 10_000;
    expect(limiter.take('a')).toBeNull();
  });

  test('a clock that is set back locks nobody out', () => {
    let now = 1_000_000;
    const limiter = createLimiter({ burst: 2, perMinute: 60 }, () => now);
    limiter.take('a');
    now = 0;
    expect(limiter.take('a')).toBeNull();
    now = 1000;
    expect(limiter.take('a')).toBeNull();
  });

  test('invented keys make it forget the oldest, not grow', () => {
    const limiter = createLimiter({ burst: 1, perMinute: 1 }, () => 0);
    limiter.take('first');
    expect(limiter.take('first')).not.toBeNull();
    for (let key = 0; key < 10_000; key += 1) limiter.take(`invented ${key}`);
    expect(limiter.take('first')).toBeNull();
  });
});

/** How many of the requests are answered before the first 429. */
async function answeredBefore429(
  server: RunningServer,
  path: (turn: number) => string,
  asking: Parameters<typeof ask>[2] & { most: number },
): Promise<number> {
  for (let turn = 0; turn < asking.most; turn += 1) {
    const { status, headers, text } = await ask(server, path(turn), asking);
    if (status !== 429) continue;
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(text).toContain('<html');
    return turn;
  }
  return asking.most;
}

const still = (): number => 1_800_000_000_000;
const tokenOf = (turn: number): string => String(turn).padStart(44, 'x');
const forwarded = { 'x-forwarded-for': '198.51.100.7' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe('the pages', () => {
  test('one survey is looked at 30 times and posted 10 times a minute, whoever asks', async () => {
    const server = await runningServer({ clock: still });
    expect(await answeredBefore429(server, () => `/s/${openToken}`, { most: 40 })).toBe(30);
    const posting = { most: 40, method: 'POST', headers: form, body: 'rating=5' };
    expect(await answeredBefore429(server, () => `/s/${openToken}`, posting)).toBe(10);
    expect((await ask(server, `/s/${tokenOf(1)}`)).status).toBe(404);
  });

  test('an address gets 120 pages a minute, of whatever surveys', async () => {
    const server = await runningServer({ clock: still, trustedProxies: ['127.0.0.1'] });
    const asking = { most: 130, headers: forwarded };
    expect(await answeredBefore429(server, (turn) => `/s/${tokenOf(turn)}`, asking)).toBe(120);
    const other = { headers: { 'x-forwarded-for': '198.51.100.8' } };
    expect((await ask(server, `/s/${openToken}`, other)).status).toBe(200);
  });

  test('what a client writes into X-Forwarded-For gets it no share of its own', async () => {
    const server = await runningServer({ clock: still, trustedProxies: ['127.0.0.1'] });
    let refused = 0;
    for (let turn = 0; turn < 125; turn += 1) {
      const headers = { 'x-forwarded-for': `203.0.113.${turn}, 198.51.100.7` };
      if ((await ask(server, `/s/${tokenOf(turn)}`, { headers })).status === 429) refused += 1;
    }
    expect(refused).toBe(5);
  });

  test('visitors behind a proxy that nobody named do not use up the share of each other', async () => {
    const server = await runningServer({ clock: still });
    const asking = { most: 150, headers: forwarded };
    expect(await answeredBefore429(server, (turn) => `/s/${tokenOf(turn)}`, asking)).toBe(150);
    const warnings = server.log.filter(({ level }) => level === 'warn');
    expect(warnings).toHaveLength(1);
    expect(JSON.stringify(warnings)).not.toContain('198.51');
  });

  test('a mail provider may unsubscribe many of its users', async () => {
    const server = await runningServer({ clock: still, trustedProxies: ['127.0.0.1'] });
    const asking = { most: 200, method: 'POST', headers: { ...forwarded, ...form } };
    expect(await answeredBefore429(server, (turn) => `/u/${tokenOf(turn)}`, asking)).toBe(200);
  });
});
