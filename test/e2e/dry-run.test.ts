import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { surveysOf, testGladly } from '../support/gladly.ts';
import { run, runJson, start, temporaryFolder } from '../support/run.ts';
import { runInside, runJsonInside } from '../support/run-inside.ts';

describe('the signing key', () => {
  test('is neither made nor changed by what may write nothing', async () => {
    const { env, sandbox } = await testGladly();
    const key = join(env['GCSAT_DATA_DIR']!, 'survey-secret');
    const conversation = ['--', sandbox.exampleConversationId];
    const dry = [
      ['replay', '--dry-run', ...conversation],
      ['backfill', '--dry-run', '--since', '2h'],
      ['sync', '--dry-run'],
      ['configure', 'test'],
    ];
    for (const args of dry) {
      expect({ args, code: (await runInside(args, { env })).code }).toEqual({ args, code: 0 });
      expect({ args, made: existsSync(key) }).toEqual({ args, made: false });
    }
    expect((await runJsonInside(['replay', ...conversation], { env })).code).toBe(0);
    const made = readFileSync(key, 'utf8');
    for (const args of dry) expect((await runInside(args, { env })).code).toBe(0);
    expect(readFileSync(key, 'utf8')).toBe(made);
  });
});

describe('a person who changes the ledger', () => {
  test('is told what would be decided again, and by an error what could not be', async () => {
    const { env, trap, requests, sandbox } = await testGladly();
    const [suppressed, sent] = [trap('opt_out_child_topic'), sandbox.exampleConversationId];
    for (const id of [suppressed, sent]) await runInside(['replay', '--', id], { env });
    const before = await storiesOf(env, [suppressed, sent]);
    const posted = await countOf(requests, 'POST');

    const again = await runJsonInside(['surveys', 'retry', '--dry-run', '--', suppressed], { env });
    expect(again).toMatchObject({ code: 0, document: { outcome: 'suppressed', survey: null } });
    expect(again.document.reasons[0].code).toBe('opt_out_topic');
    const open = { ...env, GCSAT_CONFIG_DIR: temporaryFolder() };
    await runInside(['configure', 'set', 'optOutTopics='], { env: open });
    const would = await runJsonInside(['surveys', 'retry', '--dry-run', '--', suppressed], { env: open });
    expect(would).toMatchObject({ code: 0, document: { outcome: 'would_send', survey: null } });
    for (const args of [['retry'], ['retry', '--was-sent'], ['cancel']]) {
      const real = await runJsonInside(['surveys', ...args, '--', sent], { env });
      const dry = await runJsonInside(['surveys', ...args, '--dry-run', '--', sent], { env });
      expect([dry.code, dry.document.error]).toEqual([8, real.document.error]);
    }
    // What a real run finds wrong first is found first here, too: the id, and then the delivery.
    const senderless: Record<string, string> = { ...env, GCSAT_FROM: '' };
    const unknown = ['surveys', 'retry', '--dry-run', 'nowhere'];
    expect((await runInside(unknown, { env: senderless })).code).toBe(5);
    const known = ['surveys', 'retry', '--dry-run', '--', suppressed];
    expect((await runInside(known, { env: senderless })).code).toBe(3);
    expect(await storiesOf(env, [suppressed, sent])).toEqual(before);
    expect(await countOf(requests, 'POST')).toBe(posted);
  });

  test('is told what would not be sent any more, and nothing changes', async () => {
    const temporary = temporaryFolder();
    const { env: own, sandbox } = await testGladly();
    const env = { ...own, TMPDIR: temporary };
    const id = sandbox.exampleConversationId;
    await run(['configure', 'set', 'delay=30d', 'maxAge=90d'], { env });
    const { document } = await runJson(['replay', '--', id], { env });
    expect(document.outcome).toBe('scheduled');
    const before = await surveysOf(env);

    const cancelled = await runJson(['surveys', 'cancel', '--dry-run', '--', id], { env });
    expect(cancelled).toMatchObject({ code: 0, document: { dryRun: true, state: 'suppressed' } });
    const shown = await run(['surveys', 'cancel', '--dry-run', '--', id], { env });
    expect(shown.stdout).toMatch(/ would be suppressed /);
    const address = document.customer.email;
    const unsubscribed = await runJson(['surveys', 'unsubscribe', '--dry-run', address], { env });
    expect(unsubscribed.document).toMatchObject({
      dryRun: true,
      unsubscribed: true,
      changed: true,
      suppressed: [before[0]?.['closingId']],
    });
    const text = await run(['surveys', 'unsubscribe', '--dry-run', address], { env });
    expect(text.stdout).toMatch(/would get no more surveys\.\nWould not be sent: /);
    expect((await run(['surveys', 'cancel', '--dry-run', '--', id], { env })).stdout).toMatch(
      /\n\nA dry run: this is what would happen; nothing was written\.\n$/,
    );
    expect(await surveysOf(env)).toEqual(before);
    expect((await runJson(['surveys', 'unsubscribed'], { env })).document).toEqual([]);

    const really = await runJson(['surveys', 'unsubscribe', address], { env });
    expect(really.document).toEqual({ ...unsubscribed.document, dryRun: false });
    const back = await runJson(['surveys', 'resubscribe', '--dry-run', address], { env });
    expect(back.document).toMatchObject({ dryRun: true, unsubscribed: false, changed: true });
    expect((await runJson(['surveys', 'unsubscribed'], { env })).document).toHaveLength(1);
    expect(readdirSync(temporary)).toEqual([]);
  });
});

describe('the configuration', () => {
  test('is checked as in the real run, and stays as it is', async () => {
    const folder = temporaryFolder();
    const env = { GCSAT_CONFIG_DIR: folder };
    const set = await runJsonInside(['configure', 'set', 'sample=50', '--dry-run'], { env });
    expect(set).toMatchObject({ code: 0, document: { set: { sample: '50' }, dryRun: true } });
    expect(readdirSync(folder)).toEqual([]);
    expect((await runInside(['configure', 'set', 'sample=500', '--dry-run'], { env })).code).toBe(2);
    await runInside(['configure', 'set', 'sample=20'], { env });
    const file = join(folder, 'config.json');
    const before = readFileSync(file, 'utf8');
    await runInside(['configure', 'set', 'sample=50', '--dry-run'], { env });
    const removed = await runInside(['configure', 'remove', 'default', '--dry-run'], { env });
    expect(removed).toMatchObject({ code: 0, stdout: 'Profile default would be removed.\n' });
    expect((await runInside(['configure', 'remove', 'other', '--dry-run'], { env })).code).toBe(3);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});

describe('webhook send', () => {
  test('shows the request without its credentials, and sends nothing', async () => {
    let requests = 0;
    const server = createServer((_request, response) => {
      requests += 1;
      response.end();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/gladly`;
    const env = { GCSAT_WEBHOOK_USER: 'gladly', GCSAT_WEBHOOK_PASSWORD: 'a-long-hidden-password' };
    const send = ['webhook', 'send', '--dry-run', '--url', url, '--conversation', 'c1'];
    const { code, document, stdout } = await runJsonInside(send, { env });
    expect({ code, document }).toMatchObject({
      code: 0,
      document: {
        dryRun: true,
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json', authorization: '[redacted]' },
        event: { type: 'CONVERSATION/CLOSED' },
        authenticated: true,
        times: 1,
      },
    });
    const text = await runInside(send, { env });
    const basic = Buffer.from('gladly:a-long-hidden-password').toString('base64');
    for (const printed of [stdout, text.stdout]) {
      expect(printed).not.toContain('a-long-hidden-password');
      expect(printed).not.toContain(basic);
    }
    expect(text.stdout).toContain(`POST ${url}\ncontent-type: application/json\n`);
    expect(requests).toBe(0);
  });
});

test('serve has none, and says what has', async () => {
  const { code, stderr } = await runInside(['serve', '--dry-run']);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('`gcsat sync --dry-run`') });
});

async function storiesOf(env: Record<string, string>, ids: readonly string[]): Promise<unknown[]> {
  const stories: unknown[] = [];
  for (const id of ids) stories.push((await runJsonInside(['surveys', 'show', '--', id], { env })).document);
  return stories;
}

async function countOf(requests: () => Promise<{ method: string }[]>, method: string): Promise<number> {
  return (await requests()).filter((request) => request.method === method).length;
}

test('the folder that a killed sandbox leaves is removed by the next one', async () => {
  const temporary = temporaryFolder();
  const env = { TMPDIR: temporary };
  const killed = start(['serve', '--sandbox', '--json', '--port', '0'], { env });
  await once(killed.stdout, 'data');
  const ended = once(killed, 'close');
  const [left] = readdirSync(temporary);
  expect(left).toMatch(/^gcsat-sandbox-/);
  killed.kill('SIGKILL');
  await ended;
  expect(readdirSync(temporary)).toEqual([left]);
  expect((await run(['attribute', '--sandbox'], { env })).code).toBe(0);
  expect(readdirSync(temporary)).toEqual([]);
});
