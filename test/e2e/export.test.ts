import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { testGladly } from '../support/gladly.ts';
import { start, temporaryFolder } from '../support/run.ts';
import { runInside, runJsonInside } from '../support/run-inside.ts';

test('a low rating is listed, noted, and exported, without a token and without a formula', async () => {
  const { env: account, sandbox } = await testGladly();
  const id = sandbox.exampleConversationId;
  const env = Object.fromEntries(Object.entries(account).filter(([name]) => !/TOKEN|EMAIL/.test(name)));
  await runJsonInside(['replay', '--', id], { env: account });
  await runJsonInside(['post', '--rating', '1', '--comment', '=1+1', '--', id], { env: account });

  const open = ['surveys', 'list', '--open', '--comment', '1+1'];
  const { document: listed } = await runJsonInside(open, { env });
  expect(listed).toMatchObject([{ conversationId: id, answer: { rating: 1 }, notes: [] }]);
  const note = ['surveys', 'note', '--done', '--', id, '@called'];
  const dry = await runJsonInside(['surveys', 'note', '--dry-run', ...note.slice(2)], { env });
  expect(dry.document).toMatchObject({ dryRun: true, notes: [{ text: '@called', done: true }] });
  expect((await runJsonInside(open, { env })).document).toHaveLength(1);
  expect((await runInside(note, { env })).stdout).toMatch(
    /^Noted about the 1\/5 of .*: @called\nIt is marked as done\./,
  );
  expect((await runJsonInside(open, { env })).document).toEqual([]);
  const unknown = await runJsonInside(['surveys', 'note', 'nowhere', 'called'], { env });
  expect([unknown.code, unknown.document.error.code]).toEqual([5, 'survey_not_found']);
  const { agent } = listed[0];
  const near = await runJsonInside(['surveys', 'list', '--agent', agent.name.slice(0, -1)], { env });
  expect([near.code, near.document.error]).toMatchObject([
    2,
    { code: 'agent_unknown', hint: expect.stringContaining(agent.name) },
  ]);

  const range = ['export', '--since', '30d'];
  const csv = await runInside([...range, '--excel'], { env });
  expect([csv.code, csv.stdout.startsWith('\uFEFFclosingId,')]).toEqual([0, true]);
  const [row]: Record<string, string>[] = parse(csv.stdout, { columns: true, bom: true });
  expect([row?.['answer.comment'], row?.['notes']]).toEqual(["'=1+1", "'@called"]);
  const { stdout: lines } = await runInside([...range, '--jsonl'], { env });
  const { document: array } = await runJsonInside(range, { env });
  expect(
    lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(array);
  expect(array).toMatchObject([{ conversationId: id, answer: { comment: '=1+1', rating: 1 } }]);

  const folder = temporaryFolder();
  const file = join(folder, 'rows.csv');
  writeFileSync(file, 'old', { mode: 0o644 });
  const toFile = await runJsonInside([...range, '--output', file], { env });
  expect(toFile.document).toMatchObject({ file, format: 'csv', rows: 1 });
  expect(`\uFEFF${readFileSync(file, 'utf8')}`).toBe(csv.stdout);
  expect([statSync(file).mode & 0o777, readdirSync(folder)]).toEqual([0o600, ['rows.csv']]);
  // Filters by the time of the answer, in the list and in the export.
  const hour = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
  const found = async (...times: string[]): Promise<unknown> => [
    (await runJsonInside(['surveys', 'list', ...times], { env })).document.length,
    (await runJsonInside(['export', ...times], { env })).document.length,
  ];
  expect(await found('--answered-since', '1h')).toEqual([1, 1]);
  expect(await found('--answered-since', '2h', '--answered-until', hour(-1))).toEqual([0, 0]);
  expect(await found('--answered-since', '1h', '--since', '90d', '--until', hour(-1))).toEqual([1, 1]);
  const shown = await runInside(['surveys', 'list', '--answered-until', 'now'], { env });
  expect(shown.stdout).toMatch(/^Answered /);
  const again = await runJsonInside(['export', '--answered-since', '1h', '--output', file], { env });
  expect(again.document).toMatchObject({
    range: { since: '1970-01-01T00:00:00.000Z' },
    answered: { since: expect.any(String), until: expect.any(String) },
    rows: 1,
  });
  expect(toFile.document.answered).toBeNull();
  for (const times of [
    ['--answered-until', '1h'],
    ['--answered-since', '1h', '--answered-until', '2h'],
  ]) {
    expect((await runJsonInside(['export', ...times], { env })).code).toBe(2);
  }
  const backwards = ['surveys', 'list', '--answered-since', '1h', '--answered-until', '2h'];
  expect((await runJsonInside(backwards, { env })).code).toBe(2);

  const misused = await runJsonInside([...range, '--format', 'csv'], { env });
  expect(misused).toMatchObject({ code: 2, document: { error: { code: 'bad_usage' } } });

  // A reader that stops at once is not a failure.
  const child = start([...range, '-q'], { env });
  child.stdout.destroy();
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number];
  expect([code, said]).toEqual([0, '']);
});
