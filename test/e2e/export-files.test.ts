import { expect, test } from 'vitest';
import { testGladly } from '../support/gladly.ts';
import { runJson } from '../support/run.ts';
import { ask, unhurried } from '../sandbox/ask.ts';

const day = 86_400_000;
const midnight = Math.floor(Date.now() / day) * day;
/** Whole days that each have a job, at whatever time of day the test runs. */
const range = [
  '--since',
  new Date(midnight - 10 * day).toISOString(),
  '--until',
  new Date(midnight - 2 * day).toISOString(),
  '--rate-share',
  '100',
];
const size = 200;
/** The sandbox permits more than Gladly: this is about which requests are made, not how fast. */
const quick = { size, limits: unhurried };

interface Files {
  customers: number;
  verdicts: number;
  unreadable: number;
  jobs: number;
}

/** A person's `backfill`, with the requests that it made. */
async function backfill(args: string[], env: Record<string, string>) {
  const run = await runJson(['backfill', ...range, ...args], { env, timeoutMs: 120_000 });
  const { byOperation } = run.document.requests as { byOperation: Record<string, number> };
  return {
    ...run,
    files: run.document.exports as Files | null,
    asked: (name: string) => byOperation[name] ?? 0,
  };
}

test('a dry run from export files comes to the same as one from the report, for a handful of requests', async () => {
  const { env } = await testGladly(quick);
  const fromFiles = await backfill(['--dry-run', '--source', 'export'], env);
  const fromReport = await backfill(['--dry-run', '--source', 'report'], env);
  expect([fromFiles.code, fromReport.code]).toEqual([0, 0]);
  const { closings, outcomes, plan } = fromFiles.document;
  expect(closings).toBeGreaterThan(30);
  expect({ closings, outcomes, wouldSend: plan.wouldSend }).toEqual({
    closings: fromReport.document.closings,
    outcomes: fromReport.document.outcomes,
    wouldSend: fromReport.document.plan.wouldSend,
  });
  expect(fromFiles.asked('getConversation') + fromFiles.asked('getCustomer')).toBeLessThan(5);
  expect(fromFiles.asked('getFile')).toBe(2 * fromFiles.files!.jobs);
  expect(fromReport.asked('getConversation')).toBeGreaterThan(30);
  expect(fromFiles.files!.verdicts).toBeGreaterThan(fromReport.asked('getConversation') - 5);
  expect(fromReport.files).toBeNull();
  const said = fromFiles.document.explanation.join(' ');
  for (const word of ['topics', 'status', 'undelivered', 'Twitter', 'oldest file'])
    expect(said).toContain(word);
  // The real run has to read the conversation and the timeline of each closing.
  expect(plan.estimatedSeconds).toBeGreaterThan((fromFiles.files!.verdicts * 2) / 10);
});

test('a real run reads conversation and timeline, and customers with one address from the files', async () => {
  const { env, sandbox } = await testGladly(quick);
  const { code, document, files, asked } = await backfill(['--source', 'export'], env);
  const { sent } = document.thisRun as { sent: number };
  expect({ code, verdicts: files!.verdicts }).toEqual({ code: 0, verdicts: 0 });
  expect(sent).toBeGreaterThan(15);
  expect(asked('getConversation')).toBeGreaterThanOrEqual(sent);
  expect(asked('getConversation')).toBeLessThanOrEqual(document.closings);
  expect(asked('getConversationItems')).toBeLessThanOrEqual(asked('getConversation'));
  expect(files!.customers).toBeGreaterThan(asked('getCustomer'));
  expect(new Set(sandbox.mailbox().map(({ to }) => to)).size).toBe(sent);
  const again = await backfill(['--source', 'export'], env);
  expect([again.document.thisRun.sent, again.asked('getConversation')]).toEqual([0, 0]);
});

test('an agent whom Gladly no longer knows has the name that the files give', async () => {
  const { env, trap } = await testGladly({ ...quick, size: 0 });
  const id = trap('deleted_agent');
  const { document: fromGladly } = await runJson(['attribute', '--', id], { env });
  expect(fromGladly.reasons).toMatchObject([{ code: 'agent_unknown' }]);
  const days = [
    '--since',
    new Date(midnight - 3 * day).toISOString(),
    '--until',
    new Date(midnight).toISOString(),
  ];
  const run = await runJson(['backfill', ...days, '--source', 'export', '--rate-share', '100'], { env });
  expect(run.code, run.stderr).toBe(0);
  expect(run.document.reasons.agent_unknown).toBeUndefined();
  const { document } = await runJson(['surveys', 'show', id], { env });
  expect(document).toMatchObject({ state: 'sent', agent: { name: 'Otto Verschwunden' } });
});

test('a job without files and lines that are cut are told, and the exit code says what is missing', async () => {
  const { env, sandbox } = await testGladly(quick);
  const json = { exportGapDay: 3, exportBrokenLines: 2 };
  await ask(sandbox, { method: 'PUT', path: '/_sandbox/faults', json });
  const { code, document, files, stderr } = await backfill(['--dry-run', '--source', 'export'], env);
  const { missing } = document as { missing: { since: string; until: string; error: { code: string } }[] };
  expect(code).toBe(6);
  expect(missing.map(({ since, until, error }) => [since, until, error.code])).toEqual([
    [
      new Date(midnight - 4 * day).toISOString(),
      new Date(midnight - 3 * day).toISOString(),
      'export_missing',
    ],
  ]);
  expect(files!.unreadable).toBe(2 * files!.jobs);
  expect(stderr).toContain(`${2 * files!.jobs} lines of the export files could not be read`);
});

test('excluded inboxes are not in the files, so that conversations are read', async () => {
  const { env } = await testGladly(quick);
  await runJson(['configure', 'set', 'excludedInboxes=Billing'], { env });
  const { code, document, files, asked } = await backfill(['--dry-run', '--source', 'export'], env);
  expect(code).toBe(0);
  expect(document.reasons.inbox_excluded).toBeGreaterThan(0);
  expect(files!.verdicts).toBe(0);
  expect(asked('getConversation')).toBeGreaterThan(20);
});

test('a range that begins before the oldest job is refused before anything is asked', async () => {
  const { env, sandbox } = await testGladly(quick);
  const run = await runJson(['backfill', '--since', '15d', '--source', 'export'], { env });
  expect([run.code, run.document.error.code]).toEqual([2, 'export_out_of_reach']);
  const log = (await ask(sandbox, { path: '/_sandbox/requests' })).json();
  expect(log.filter(({ path }: { path: string }) => path.includes('export'))).toEqual([]);
});
