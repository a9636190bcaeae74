import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, test, vi } from 'vitest';
import { faultyProxy } from '../support/faulty-proxy.ts';
import { closedConversation, surveysOf, testGladly } from '../support/gladly.ts';
import { busyGladly } from './busy-gladly.ts';
import { run, runJson, start } from '../support/run.ts';
import { runJsonInside } from '../support/run-inside.ts';

const patience = { timeout: 30_000, interval: 20 };
/** The environment of a command that only reads or writes the ledger. */
const withoutToken = (env: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !['GCSAT_TOKEN', 'GCSAT_EMAIL'].includes(name)));

describe('while sending is paused', () => {
  test('closings are decided and stay scheduled, every command says so, and a tick after it sends them', async () => {
    const gladly = await busyGladly();
    const { env, range } = gladly;
    const [first, second] = await gladly.customers(3);
    const begun = await runJson(['pause', '--until', '2h', '--reason', 'wrong words'], {
      env: withoutToken(env),
    });
    expect(begun).toMatchObject({ code: 0, document: { paused: true, reason: 'wrong words', leaving: 0 } });
    const says = /^warning: sending is paused until .*`gcsat resume` \(wrong words\)$/m;

    const replayed = await runJson(['replay', '--', first!], { env });
    expect(replayed).toMatchObject({ code: 0, document: { outcome: 'scheduled', error: null } });
    expect(replayed.stderr).toMatch(says);
    expect(replayed.document.pause).toMatchObject({ reason: 'wrong words', until: expect.any(String) });
    const seen = await run(['replay', '--', first!], { env });
    expect(seen.stdout).toMatch(/^Verdict +waits: sending is paused until .* \(wrong words\)$/m);
    const filled = await runJson(['backfill', ...range], { env });
    expect(filled).toMatchObject({
      code: 0,
      document: {
        end: 'done',
        outcomes: { scheduled: 3, sent: 0, failed: 0 },
        queued: 3,
        left: 0,
        delivery: 'gladly-email',
        pause: { reason: 'wrong words' },
      },
    });
    const ticked = await runJson(['sync', '--rate-share', '100'], { env });
    expect(ticked.code).toBe(0);
    for (const args of [
      ['surveys', 'list'],
      ['surveys', 'show', '--', second!],
      ['attribute', '--', second!],
      ['surveys', 'unsubscribed'],
    ]) {
      const { code, stderr } = await run(args, { env });
      expect([code, says.test(stderr)]).toEqual([0, true]);
    }
    expect(gladly.mails()).toEqual([]);
    expect(await surveysOf(env)).toMatchObject([1, 2, 3].map(() => ({ state: 'scheduled', error: null })));

    const dry = await runJson(['resume', '--dry-run'], { env: withoutToken(env) });
    expect(dry.document).toMatchObject({ wasPaused: true, dryRun: true });
    expect((await run(['surveys', 'list'], { env })).stderr).toMatch(says);
    const ended = await runJson(['resume'], { env: withoutToken(env) });
    expect(ended).toMatchObject({ code: 0, document: { paused: false, wasPaused: true, queued: 3 } });
    const after = await runJson(['sync', '--rate-share', '100'], { env });
    expect(after.stderr).not.toContain('paused');
    expect(after.document.thisRun).toMatchObject({ sent: 3 });
    expect(gladly.mails()).toEqual([1, 1, 1]);
  });

  test('a server takes webhooks and answers, sends nothing, and sends at once when it may', async () => {
    const gladly = await testGladly({ size: 0 });
    const env = {
      ...gladly.env,
      GCSAT_WEBHOOK_USER: 'gladly',
      GCSAT_WEBHOOK_PASSWORD: 'a password that is long enough',
    };
    const child = start(['serve', '--json', '--port', '0', '--no-catch-up'], { env });
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const { listening, queued, due, delivery, pause } = JSON.parse(line) as Record<string, unknown>;
    expect({ queued, due, delivery, pause }).toEqual({
      queued: 0,
      due: 0,
      delivery: 'gladly-email',
      pause: null,
    });
    expect(log).toMatch(/"queued":0,"due":0,"delivery":"gladly-email","msg":"closings queued at the start"/);
    const tell = async (email: string): Promise<void> => {
      const content = { conversationId: await closedConversation(gladly, email) };
      const credentials = Buffer.from('gladly:a password that is long enough').toString('base64');
      const answer = await fetch(`${String(listening)}/webhooks/gladly`, {
        method: 'POST',
        headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          id: email,
          type: 'CONVERSATION/CLOSED',
          timestamp: new Date().toISOString(),
          content,
        }),
      });
      expect(answer.status).toBe(200);
    };
    await tell('before@example.org');
    await vi.waitFor(() => expect(gladly.sandbox.mailbox(), log).toHaveLength(1), patience);

    expect((await runJson(['pause'], { env: withoutToken(env) })).code).toBe(0);
    await tell('meanwhile@example.org');
    await vi.waitFor(async () => {
      expect((await surveysOf(env)).map(({ state }) => state)).toEqual(['scheduled', 'sent']);
    }, patience);
    await vi.waitFor(() => expect(log).toContain('"msg":"sending is paused"'), patience);
    const metrics = await (await fetch(`${String(listening)}/metrics`)).text();
    expect(metrics).toMatch(/^gcsat_sending_paused 1$/m);
    const mail = gladly.sandbox.mailbox()[0] as unknown as { html: string };
    const page = await fetch(`${String(listening)}${/\/s\/[A-Za-z0-9_-]{44}/.exec(mail.html)![0]}`, {
      method: 'POST',
      body: new URLSearchParams({ rating: '5' }),
      redirect: 'manual',
    });
    expect(page.status).toBeLessThan(400);
    await vi.waitFor(async () => {
      const cards = (await gladly.requests()).filter(
        ({ method, path }) => method === 'POST' && path.includes('items'),
      );
      expect(cards).toHaveLength(1);
    }, patience);
    expect(gladly.sandbox.mailbox()).toHaveLength(1);

    expect((await runJson(['resume'], { env: withoutToken(env) })).document).toMatchObject({
      wasPaused: true,
    });
    await vi.waitFor(() => expect(gladly.sandbox.mailbox()).toHaveLength(2), patience);
  });

  test('nothing leaves once `pause` has returned: it waits for what is leaving', async () => {
    const gladly = await testGladly();
    const { sandbox } = gladly;
    const sending = 'POST /api/v1/communications/email';
    const proxy = await faultyProxy(sandbox.origin, (request) =>
      request === sending ? 'never answer' : 'pass',
    );
    const env = { ...gladly.env, GCSAT_DOMAIN: proxy.origin };
    const child = start(['replay', '--timeout', '3', '--', sandbox.exampleConversationId], { env });
    await vi.waitFor(() => expect(proxy.seen).toContain(sending), patience);
    const { code, document } = await runJson(['pause'], { env: withoutToken(env) });
    expect([code, document.leaving]).toEqual([0, 0]);
    expect(await surveysOf(env)).toMatchObject([{ state: 'uncertain' }]);
    if (child.exitCode === null) await once(child, 'close');
  });

  test('a sample that is asked for by hand leaves, and says so', async () => {
    const gladly = await testGladly({ size: 0 });
    await runJsonInside(['pause', '--reason', 'wrong words'], { env: gladly.env });
    const tested = await runJsonInside(['configure', 'test'], { env: gladly.env });
    expect(tested.document).toMatchObject({ sample: null, pause: { reason: 'wrong words' } });
    expect(gladly.sandbox.mailbox()).toHaveLength(0);
    const sampled = await runJsonInside(['configure', 'test', '--send-to', 'me@example.org'], {
      env: gladly.env,
    });
    expect(sampled.document).toMatchObject({ sample: { outcome: 'sent' }, pause: { reason: 'wrong words' } });
    expect(sampled.stderr).toMatch(/^warning: sending is paused .*; the sample is sent anyway/m);
    expect(gladly.sandbox.mailbox()).toHaveLength(1);
  });

  test('a pause is refused where it would stop nothing', async () => {
    const gladly = await testGladly({ size: 0 });
    const database = `${gladly.env['GCSAT_DATA_DIR']}/mistyped.db`;
    const named = await runJsonInside(['--database', database, 'pause'], { env: gladly.env });
    expect(named).toMatchObject({ code: 3, document: { error: { code: 'ledger_not_found' } } });
    const over = await runJsonInside(['pause', '--until', '2020-01-01T00:00Z'], { env: gladly.env });
    expect(over).toMatchObject({ code: 2, document: { error: { code: 'bad_time_range' } } });
  });
});

test('a bounded backfill says how many stay queued, and who sends them', async () => {
  const gladly = await busyGladly();
  const { env, range } = gladly;
  await gladly.customers(5);
  const { code, stderr, document } = await runJson(['backfill', ...range, '--max-sends', '2'], { env });
  expect(code).toBe(0);
  expect(document).toMatchObject({ end: 'max_sends', thisRun: { sent: 2 }, queued: 3, left: 3 });
  expect(stderr).not.toMatch(/is queued|are queued|MaxListeners/);
  expect(stderr).toMatch(
    /^warning: 3 closings stay queued: `gcsat serve`, `gcsat sync` or the next run .* by gladly-email/m,
  );
  const next = await run(['sync', '--rate-share', '100'], { env });
  expect(next.stderr).toMatch(/^3 closings are queued, due now; they leave by gladly-email$/m);
  expect(gladly.mails()).toEqual([1, 1, 1, 1, 1]);
});
