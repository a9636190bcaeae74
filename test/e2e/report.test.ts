import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { openLedger } from '../../src/store/open.ts';
import { startChild } from '../store/support.ts';
import { mailServer } from '../support/mail-server.ts';
import { temporaryFolder } from '../support/run.ts';
import { atTerminal } from '../support/terminal.ts';
import { runInside, runJsonInside } from '../support/run-inside.ts';

const names = ['Ada Example', '=1+1\u001b[31m', 'Bo'];

/** Thirty answered closings of three agents, and ten that were suppressed; all ratings of the second agent are low. */
async function ledgerWithAnswers(): Promise<string> {
  const path = join(temporaryFolder(), 'ledger.db');
  await (await openLedger(path)).close();
  const database = new DatabaseSync(path);
  const closing = database.prepare(`
    INSERT INTO closings (id, conversation_id, lane, closed_at, first_seen_at, source, state, state_at, queued, attempts,
      reasons, reason_codes, survey_id, provider, agent_id)
    VALUES (?, ?, 'live', ?, ?, 'report', ?, ?, 0, 0, '[]', ?, ?, ?, ?)`);
  const answer = database.prepare(
    `INSERT INTO answers (survey_id, revision, closing_id, rating, answered_at, source) VALUES (?, 1, ?, ?, ?, 'page')`,
  );
  for (let index = 0; index < 40; index += 1) {
    const at = new Date(Date.now() - (index + 1) * 3_600_000).toISOString();
    const [id, isAnswered] = [`c${index}`, index < 30];
    const state = isAnswered ? 'answered' : 'suppressed';
    const codes = isAnswered ? '' : 'no_address,too_old';
    const agent = isAnswered ? `a${index % 3}` : null;
    closing.run(
      id,
      id,
      at,
      at,
      state,
      at,
      codes,
      isAnswered ? `s${index}` : null,
      isAnswered ? 'smtp' : null,
      agent,
    );
    if (isAnswered) answer.run(`s${index}`, id, index % 3 === 1 ? 1 : 5, at);
  }
  const name = database.prepare(`INSERT INTO names (kind, id, name, email) VALUES ('agent', ?, ?, NULL)`);
  for (const [index, text] of names.entries()) name.run(`a${index}`, text);
  database.close();
  return path;
}

test('gcsat report answers from the ledger alone, while another process writes to it, in every form', async () => {
  const database = await ledgerWithAnswers();
  const writer = await startChild({ action: 'hold', location: database });
  writer.go();
  expect(await writer.next()).toBe('holding');
  const args = ['report', '--database', database, '--timezone', 'UTC', '--since', '7d', '--by', 'agent'];

  const { code, stderr, document } = await runJsonInside([...args, '--credit-compare']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(document).toMatchObject({
    by: ['agent'],
    overlapping: false,
    minimum: 10,
    satisfiedFrom: 4,
    overall: { closed: 40, suppressed: 10, asked: 30, answered: 30, csat: { of: 30, count: 20 } },
    reasons: { no_address: 10, too_old: 10 },
    previous: { overall: { closed: 0 }, change: { value: null, low: null, high: null } },
    credit: { answers: 30, moved: 0, unassigned: 30, pairs: [] },
  });
  expect(
    document.rows.map(({ key, differs }: { key: { agent: unknown }; differs: string }) => [key, differs]),
  ).toEqual([
    [{ agent: { id: 'a1', name: names[1], email: null } }, 'below'],
    [{ agent: { id: 'a0', name: names[0], email: null } }, 'above'],
    [{ agent: { id: 'a2', name: names[2], email: null } }, 'above'],
    [{ agent: null }, 'too_few'],
  ]);

  // A calculator agrees with the rows.
  const { stdout: csv } = await runInside([...args, '--csv']);
  const rows: Record<string, string>[] = parse(csv, { columns: true, record_delimiter: '\r\n' });
  expect(rows.map((row) => row['agent.name'])).toEqual(["'=1+1", 'Ada Example', 'Bo', '']);
  const sum = (name: string): number => rows.reduce((all, row) => all + Number(row[name]), 0);
  expect(['closed', 'suppressed', 'asked', 'csat.of', 'csat.count'].map(sum)).toEqual([40, 10, 30, 30, 20]);
  for (const row of rows.slice(0, 3)) {
    const [n, p] = [Number(row['csat.of']), Number(row['csat.count']) / Number(row['csat.of'])];
    const z = 1.96;
    const half = (z / (1 + z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2));
    const center = (p + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
    expect(Number(row['csat.value'])).toBeCloseTo(p, 10);
    expect(Number(row['csat.low'])).toBeCloseTo(center - half, 4);
    expect(Number(row['csat.high'])).toBeCloseTo(center + half, 4);
  }

  const table = await atTerminal(`stty cols 80; gcsat ${args.join(' ')}`, {}, []);
  expect(table.code).toBe(0);
  expect(table.screen).toContain('below');
  expect(table.screen).not.toContain('\u001b[31m=');

  const unknown = await runJsonInside([...args, '--agent', 'Ada Exmaple']);
  expect(unknown).toMatchObject({
    code: 2,
    document: { error: { code: 'agent_unknown', hint: "Did you mean 'Ada Example'?" } },
  });
  const one = await runJsonInside([...args, '--agent', 'ada example', 'Bo', '--no-compare', '--min', '1']);
  expect(one.document).toMatchObject({ overall: { closed: 20 }, previous: null, minimum: 1 });
  writer.process.stdin?.end();
  expect(await writer.next()).toBe('let go');
});

test('gcsat report writes one page, and leaves the old file where it cannot write a new one', async () => {
  const database = await ledgerWithAnswers();
  const folder = temporaryFolder();
  const file = join(folder, 'report.html');
  writeFileSync(file, 'the old one');
  const args = ['report', '--database', database, '--timezone', 'UTC', '--html'];

  const wrong = await runInside([...args, file, '--agent', 'Nobody Known']);
  expect([wrong.code, readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual([
    ...[2, 'the old one', ['report.html']],
  ]);
  expect(await runInside([...args, file])).toMatchObject({
    code: 0,
    stdout: `The page is in ${file}.\n`,
    stderr: '',
  });
  const page = readFileSync(file, 'utf8');
  expect(page).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
  expect(page).toContain('<p class="big">67%</p>');
  expect(page).toContain('<bdi>=1+1 [31m</bdi>');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['report.html']);

  const missing = await runJsonInside([...args, join(folder, 'none', 'report.html')]);
  expect([missing.code, missing.document.error.code]).toEqual([2, 'file_not_writable']);
});

test('gcsat report mails itself: quiet when it went, a code when it did not', async () => {
  const database = await ledgerWithAnswers();
  const server = await mailServer({
    onRcptTo({ address }, _, callback) {
      callback(address.startsWith('gone') ? new Error('no such user') : null);
    },
  });
  const args = ['report', '--database', database, '--timezone', 'UTC', '--mail-to'];
  const env = {
    GCSAT_DELIVERY: 'smtp',
    GCSAT_FROM: 'csat@acme.example',
    GCSAT_SMTP_URL: `${server.url}?tls=off`,
  };

  const sent = await runInside([...args, 'head@acme.example,lead@acme.example', 'head@acme.example'], {
    env,
  });
  expect(sent).toMatchObject({ code: 0, stdout: '', stderr: '' });
  expect(server.received.map(({ to }) => to)).toEqual([['head@acme.example'], ['lead@acme.example']]);
  expect(server.connections()).toBe(1);
  const [{ mail }] = server.received as [(typeof server.received)[number]];
  expect(mail.subject).toMatch(/^Customer satisfaction .*: 67% of 30.answers$/);
  expect(mail.text).toContain('Score         67% (');
  expect(mail.text).toContain('below');
  expect(mail.html).toContain('>67%</p>');
  expect(mail.attachments.map(({ contentType, filename }) => [contentType, filename])).toEqual([
    ['text/html', expect.stringMatching(/^customer-satisfaction-.*\.html$/)],
  ]);
  expect(mail.attachments[0]?.content.toString()).toMatch(/^<!doctype html>[^]*<svg[^]*<\/html>\n$/);

  const some = await runInside([...args, 'gone@acme.example,lead@acme.example'], { env });
  expect([some.code, some.stdout]).toEqual([6, '']);
  expect(some.stderr).toContain('sent to lead@acme.example; refused for gone@acme.example (');
  expect(server.received.map(({ to }) => to).slice(2)).toEqual([['lead@acme.example']]);

  const unset = await runJsonInside([...args, 'lead@acme.example'], { env: { GCSAT_DELIVERY: 'outbox' } });
  expect([unset.code, unset.document.error.code]).toEqual([3, 'mail_needs_smtp']);
});
