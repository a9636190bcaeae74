import { expect, test } from 'vitest';
import { testGladly } from '../support/gladly.ts';
import { run } from '../support/run.ts';

test('two processes on one ledger share half of the rate limit: five requests a second, however many ask', async () => {
  const gladly = await testGladly();
  const names = [
    'three_agents',
    'call_inbound_answered',
    'call_transferred',
    'voicemail',
    'voice_ai',
    'truncated',
  ];
  const half = (offset: number): string[] =>
    names.filter((_, index) => index % 2 === offset).map((name) => gladly.trap(name));
  const env = { ...gladly.env, GCSAT_RATE_SHARE: '50' };
  const runs = await Promise.all(
    [half(0), half(1)].map((ids) => run(['replay', '--dry-run', '--', ...ids], { env, timeoutMs: 55_000 })),
  );
  expect(runs.map(({ signal }) => signal)).toEqual([null, null]);
  const answer = await fetch(`${gladly.sandbox.origin}/_sandbox/requests`);
  const times = ((await answer.json()) as { at: string; path: string }[])
    .filter(({ path }) => path.startsWith('/api/'))
    .map(({ at }) => Date.parse(at));
  expect(times.length).toBeGreaterThan(20);
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  // The average over all requests, because a request that a busy machine delays comes closer to the next.
  expect((last - first) / (times.length - 1)).toBeGreaterThan(180);
});
