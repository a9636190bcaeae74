import { expect, test } from 'vitest';
import { createPacer, memoryLimiterStore } from '../../../src/gladly/http/pacing.ts';
import type { LimiterStore } from '../../../src/ports/limiter.ts';
import { all, clientOf, fakeTime, localGladly } from '../local-gladly.ts';

test('a 429 for a report pauses reports for as long as it says, and everything else for a second', async () => {
  const time = fakeTime();
  const pauses: { bucket: string; ms: number }[] = [];
  const memory = memoryLimiterStore();
  const store: LimiterStore = {
    ...memory,
    pause(bucket, untilMs) {
      pauses.push({ bucket, ms: untilMs - time.nowMs });
      return memory.pause(bucket, untilMs);
    },
  };
  const { clock, sleep } = time;
  const pacer = createPacer({ store, ratePercent: 100, priority: 'background', clock, sleep });
  const gladly = await localGladly((_, response, number) => {
    if (number === 1) return void response.writeHead(429, { 'retry-after': '60' }).end();
    response.writeHead(200, { 'content-type': 'text/csv' }).end('Conversation ID\nc1\n');
  });
  const client = clientOf(gladly.origin, { time, pacer });
  const range = { startAt: '2026-11-21', endAt: '2026-11-22', timezone: 'UTC' };
  const rows = await all(
    client.report({ metricSet: 'ConversationExportReport', ...range }, ['Conversation ID']),
  );
  expect(rows).toEqual([{ 'Conversation ID': 'c1' }]);
  expect(pauses).toEqual([
    { bucket: 'reports', ms: 60_000 },
    { bucket: 'requests', ms: 1000 },
  ]);
});
