import { expect, test } from 'vitest';
import type { Faults } from '../../src/sandbox/faults.ts';
import { faultyProxy, type Fate } from '../support/faulty-proxy.ts';
import { testGladly } from '../support/gladly.ts';
import { runJson } from '../support/run.ts';
import { busyGladly } from './busy-gladly.ts';
import { fastTime } from './fast-time.ts';

const csv = { 'content-type': 'text/csv' };
const headings = 'Timestamp,Event Type,Conversation ID,Customer ID';
const fullDay = `${headings}\n${'2026-01-01T00:00:00Z,CONVERSATION/CREATED,c,u\n'.repeat(90_000)}`;

test.each<[string, Fate, number, string | null]>([
  ['a sentence', { status: 200, body: 'Unexpected error occurred\n', headers: csv }, 7, 'not_an_answer'],
  ['a page', { status: 200, body: '<html>Down</html>' }, 7, 'not_an_answer'],
  ['an error', { status: 200, body: '{"errors":[{"code":"temporary_failure"}]}' }, 7, 'not_an_answer'],
  ['no permission', { status: 403 }, 4, 'forbidden'],
  [
    'another heading',
    { status: 200, body: 'Time,Talk,Kind,Who\n1,2,3,4\n', headers: csv },
    9,
    'missing_heading',
  ],
  ['as many rows as it can have', { status: 200, body: fullDay, headers: csv }, 6, 'report_incomplete'],
  ['nothing', { status: 200, headers: csv }, 0, null],
])(
  'a report with %s: what the events have is sent, and the exit code says the rest',
  async (_, fate, exit, why) => {
    const gladly = await busyGladly(24);
    await gladly.customers(2);
    const { origin, seen } = await faultyProxy(gladly.sandbox.origin, (request) => {
      if (request.includes('/export/')) return { status: 403 };
      return request === 'POST /api/v1/reports' ? fate : 'pass';
    });
    const env = { ...gladly.env, GCSAT_DOMAIN: origin };
    const run = await runJson(['backfill', '--since', '3d', '--rate-share', '100'], { env });
    expect({ code: run.code, sent: run.document.thisRun.sent >= 2 }).toEqual({ code: exit, sent: true });
    expect(run.document.error?.code ?? null).toBe(why);
    const { missing, range } = run.document as { missing: { since: string }[]; range: { since: string } };
    if (why === null) expect(missing).toEqual([]);
    else expect(missing[0]!.since).toBe(range.since);
    expect(run.stderr).toContain(why === null ? 'empty report' : 'may be missing');
    expect(seen.filter((request) => request === 'POST /api/v1/reports').length).toBeLessThan(10);
  },
);

/** Noon of yesterday in UTC, epoch milliseconds. */
function noonOfYesterday(): number {
  return Math.floor(Date.now() / 86_400_000) * 86_400_000 - 43_200_000;
}

/** What a dry run of some days finds in the report of a Gladly with these faults. */
async function foundByReport(faults: Partial<Faults>) {
  const time = fastTime(24);
  // The same days for all runs.
  const noon = noonOfYesterday();
  const since = new Date(noon - 6 * 86_400_000).toISOString();
  const until = new Date(noon - 2 * 86_400_000).toISOString();
  const { env } = await testGladly({ size: 120, clock: time.gladly.clock, faults });
  const args = ['backfill', '--since', since, '--until', until, '--source', 'report', '--dry-run'];
  const { code, document, stderr } = await runJson(args, { env: { ...env, NODE_OPTIONS: time.nodeOptions } });
  const { closings, outcomes, reasons, missing } = document;
  return { found: { code, closings, outcomes, reasons, missing }, stderr };
}

test.each<[string, Partial<Faults>]>([
  ['blank lines and a byte order mark before its heading', { reportBlankLines: 3 }],
  ['rows in another order', { reportReversed: 1 }],
  ['429 without Retry-After now and then', { rateLimitPercent: 20, retryAfter: null }],
  ['answers cut in the middle now and then', { cutPercent: 10 }],
])('a report with %s gives the same closings', async (_, faults) => {
  const { found, stderr } = await foundByReport(faults);
  const { found: usual } = await foundByReport({});
  expect(usual).toMatchObject({ code: 0, missing: [] });
  expect(usual.closings).toBeGreaterThan(5);
  expect(found, stderr).toEqual(usual);
});

test('a closing that the events tell five minutes late is found by the next tick', async () => {
  const gladly = await busyGladly(24);
  await runJson(['sync'], { env: gladly.env });
  const changed = await fetch(`${gladly.sandbox.origin}/_sandbox/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ eventLagMs: 300_000 }),
  });
  expect(changed.status).toBe(200);
  await gladly.tell();
  const before = await runJson(['sync'], { env: gladly.env });
  expect({ code: before.code, sent: before.document.thisRun.sent }).toEqual({ code: 0, sent: 0 });
  const deadline = gladly.time.now() + 305_000;
  while (gladly.time.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  const tick = await runJson(['sync'], { env: gladly.env });
  expect({ code: tick.code, sent: tick.document.thisRun.sent }).toEqual({ code: 0, sent: 1 });
});

test('export files stand in for a report that stays away, and nothing is missing', async () => {
  // Around midnight, the last day is in no export file yet, and the events no longer have all of it.
  const gladly = await busyGladly(24, noonOfYesterday());
  await gladly.customers(2);
  const { origin, seen } = await faultyProxy(gladly.sandbox.origin, (request) =>
    request === 'POST /api/v1/reports' ? { status: 200, body: 'Unexpected error occurred\n' } : 'pass',
  );
  const env = { ...gladly.env, GCSAT_DOMAIN: origin };
  const run = await runJson(['backfill', '--since', '3d', '--dry-run', '--rate-share', '100'], { env });
  expect({ code: run.code, missing: run.document.missing, error: run.document.error }).toEqual({
    code: 0,
    missing: [],
    error: null,
  });
  expect(seen.filter((request) => request.endsWith('/conversation_items.jsonl')).length).toBeGreaterThan(0);
});

test('a tick while the clock is ahead keeps no closing from the next ticks', async () => {
  const gladly = await busyGladly(24);
  const ahead = `const now = Date.now; Date.now = () => now() + 7_200_000;`;
  const NODE_OPTIONS = `${gladly.time.nodeOptions} --import=data:text/javascript,${encodeURIComponent(ahead)}`;
  await runJson(['sync'], { env: gladly.env });
  gladly.time.gladly.aheadMs = 7_200_000;
  expect((await runJson(['sync'], { env: { ...gladly.env, NODE_OPTIONS } })).code).toBe(0);
  gladly.time.gladly.aheadMs = 0;
  await gladly.tell();
  const deadline = gladly.time.now() + 20_000;
  while (gladly.time.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  const tick = await runJson(['sync'], { env: gladly.env });
  expect({ code: tick.code, sent: tick.document.thisRun.sent }).toEqual({ code: 0, sent: 1 });
  expect(tick.stderr).toContain('the clock was wrong');
  const now = await runJson(['configure', 'test'], { env: gladly.env });
  const { detail } = now.document.checks.find(({ name }: { name: string }) => name === 'catch-up');
  expect(detail).toMatch(/^closings were last looked for at \d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
  expect(now.stderr).not.toContain(detail);
  const later = await runJson(['configure', 'test'], { env: { ...gladly.env, NODE_OPTIONS } });
  expect(later.stderr).toContain(
    `warning: ${detail}; the next \`gcsat serve\` or \`gcsat sync\` finds those since`,
  );
});
