import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { start } from '../support/run.ts';
import { faultyProxy, type Fate, type FaultyProxy } from '../support/faulty-proxy.ts';
import { surveysOf, testGladly, type TestGladly } from '../support/gladly.ts';
import { atTerminal } from '../support/terminal.ts';
import { runJsonInside } from '../support/run-inside.ts';

/** Starts the program and kills it with SIGKILL, unless it ends first. */
async function killAfter(milliseconds: number, args: readonly string[], { env }: TestGladly): Promise<void> {
  const child = start(args, { env });
  const ended = once(child, 'close');
  await Promise.race([wait(milliseconds), ended]);
  child.kill('SIGKILL');
  await ended;
}

// From before the first request until after the last one, on a slow and on a fast machine.
const moments = [300, 500, 650, 750, 850, 950, 1050, 1200, 1400];

describe('killed with SIGKILL and run again', () => {
  test.each(moments)(
    'after %i ms, replay leaves one message, or an uncertain one that is told',
    async (moment) => {
      const gladly = await testGladly();
      const { env, sandbox } = gladly;
      const id = sandbox.exampleConversationId;
      await killAfter(moment, ['replay', '--', id], gladly);
      const { document, code } = await runJsonInside(['replay', '--', id], { env });
      expect(code).toBe(0);
      const [entry, ...others] = await surveysOf(env);
      expect(others).toEqual([]);
      if (document.outcome === 'uncertain') {
        expect(sandbox.mailbox().length).toBeLessThanOrEqual(1);
        expect(entry).toMatchObject({ state: 'uncertain' });
      } else {
        expect(['sent', 'already_surveyed']).toContain(document.outcome);
        expect(sandbox.mailbox()).toHaveLength(1);
        expect(entry).toMatchObject({ state: 'sent' });
      }
    },
  );

  test.each([700, 900, 1000, 1150])('after %i ms, post leaves exactly one card', async (moment) => {
    const gladly = await testGladly();
    const { env, sandbox } = gladly;
    const post = ['post', '--rating', '4', '--comment', 'fine', '--', sandbox.exampleConversationId];
    await killAfter(moment, post, gladly);
    const { document, code } = await runJsonInside(post, { env });
    expect(code).toBe(0);
    expect(['posted', 'already_posted']).toContain(document.outcome);
    const posts = (await gladly.requests()).filter(
      ({ method, path }) => method === 'POST' && path.includes('items'),
    );
    expect(posts.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

const sending = 'POST /api/v1/communications/email';

/** Puts a proxy between the program and a sandbox, which tampers with the answer to the message. */
async function throughProxy(fate: Fate): Promise<{ gladly: TestGladly; proxy: FaultyProxy }> {
  const gladly = await testGladly();
  const proxy = await faultyProxy(gladly.sandbox.origin, (request, count) =>
    request === sending && count === 1 ? fate : 'pass',
  );
  const env = { ...gladly.env, GCSAT_DOMAIN: proxy.origin };
  return { gladly: { ...gladly, env }, proxy };
}

describe('a message that may have left', () => {
  test.each<[string, Fate, number]>([
    ['the connection breaks after it was taken', 'reset after', 1],
    ['the connection breaks before it was taken', 'reset before', 0],
    ['the other side fails', { status: 500 }, 0],
    ['no answer comes in time', 'never answer', 1],
  ])('is uncertain when %s, and never repeated by itself', async (_, fate, mails) => {
    const { gladly } = await throughProxy(fate);
    const { env, sandbox } = gladly;
    const id = sandbox.exampleConversationId;
    const first = await runJsonInside(['replay', '--timeout', '2', '--', id], { env });
    expect(first).toMatchObject({ code: 0, document: { outcome: 'uncertain' } });
    expect(first.stderr).toMatch(/^warning: .*may or may not have left/);
    const again = await runJsonInside(['replay', '--', id], { env });
    expect(again).toMatchObject({ code: 0, document: { outcome: 'uncertain' } });
    expect(sandbox.mailbox()).toHaveLength(mails);
  });

  test('is settled as sent by a person who looked', async () => {
    const { gladly } = await throughProxy('reset after');
    const { env, sandbox } = gladly;
    const id = sandbox.exampleConversationId;
    await runJsonInside(['replay', '--', id], { env });
    const settled = await runJsonInside(['surveys', 'retry', '--was-sent', '--', id], { env });
    expect(settled.document).toMatchObject({ state: 'sent' });
    expect((await runJsonInside(['surveys', 'retry', '--', id], { env })).code).not.toBe(0);
    expect(sandbox.mailbox()).toHaveLength(1);
  });

  test('is sent again only when a person says that it did not leave', async () => {
    const { gladly } = await throughProxy('reset before');
    const { env, sandbox } = gladly;
    const id = sandbox.exampleConversationId;
    await runJsonInside(['replay', '--', id], { env });
    const bare = await runJsonInside(['surveys', 'retry', '--', id], { env });
    expect(bare).toMatchObject({ code: 2, document: { error: { code: 'survey_uncertain' } } });
    expect(bare.document.error.hint).toMatch(/^Look for .*--was-sent .*--not-sent/);
    const both = await runJsonInside(['surveys', 'retry', '--was-sent', '--not-sent', '--', id], { env });
    expect(both).toMatchObject({ code: 2, document: { error: { code: 'bad_usage' } } });
    const unasked = await runJsonInside(['surveys', 'retry', '--not-sent', '--', id], { env });
    expect(unasked).toMatchObject({ code: 2, document: { error: { code: 'confirmation_needed' } } });
    expect(await surveysOf(env)).toMatchObject([{ state: 'uncertain' }]);
    expect(sandbox.mailbox()).toHaveLength(0);
    const { document } = await runJsonInside(['surveys', 'retry', '--not-sent', '--yes', '--', id], { env });
    expect(document.outcome).toBe('sent');
    for (const more of [['--not-sent', '--yes'], ['--not-sent'], []]) {
      const repeated = await runJsonInside(['surveys', 'retry', ...more, '--', id], { env });
      expect(repeated).toMatchObject({ code: 8, document: { error: { code: 'closing_changed' } } });
    }
    expect(sandbox.mailbox()).toHaveLength(1);
  });

  test('is asked about at a terminal before it is sent again', async () => {
    const { gladly } = await throughProxy('reset before');
    const { env, sandbox } = gladly;
    const id = sandbox.exampleConversationId;
    await runJsonInside(['replay', '--', id], { env });
    const line = `gcsat surveys retry --not-sent -- '${id}'`;
    const no = await atTerminal(line, env, [['Send it again?', 'n\r']]);
    expect([no.code, no.asked]).toEqual([0, true]);
    expect(await surveysOf(env)).toMatchObject([{ state: 'uncertain' }]);
    const yes = await atTerminal(line, env, [['Send it again?', 'y\r']]);
    expect([yes.code, yes.asked]).toEqual([0, true]);
    expect(sandbox.mailbox()).toHaveLength(1);
  });

  test('is settled as sent where Gladly shows it, whatever the person says', async () => {
    const gladly = await testGladly();
    const { sandbox } = gladly;
    const id = sandbox.exampleConversationId;
    const shown = (): Fate => {
      const [mail] = sandbox.mailbox();
      const content = {
        type: 'EMAIL',
        from: mail?.from,
        to: [mail?.to],
        subject: mail?.subject,
        content: mail?.text,
      };
      const item = { id: 'item-1', customerId: mail?.customerId, timestamp: mail?.sentAt, content };
      return { status: 200, body: JSON.stringify([{ ...item, initiator: { id: 'api', type: 'API' } }]) };
    };
    const proxy = await faultyProxy(sandbox.origin, (request) => {
      if (request === sending) return 'reset after';
      const isTimeline = request === `GET /api/v1/conversations/${encodeURIComponent(id)}/items`;
      return isTimeline && sandbox.mailbox().length > 0 ? shown() : 'pass';
    });
    const env = { ...gladly.env, GCSAT_DOMAIN: proxy.origin };
    await runJsonInside(['replay', '--', id], { env });
    const dry = await runJsonInside(['surveys', 'retry', '--dry-run', '--', id], { env });
    expect(dry).toMatchObject({ code: 0, document: { state: 'sent', dryRun: true } });
    expect(await surveysOf(env)).toMatchObject([{ state: 'uncertain' }]);
    const { code, stderr, document } = await runJsonInside(
      ['surveys', 'retry', '--not-sent', '--yes', '--', id],
      {
        env,
      },
    );
    expect([code, document.state, document.externalId]).toEqual([0, 'sent', 'item-1']);
    expect(stderr).toContain('Gladly shows the message');
    expect(sandbox.mailbox()).toHaveLength(1);
  });

  test('is uncertain when the process dies while it is on its way', async () => {
    const { gladly, proxy } = await throughProxy('never answer');
    const { env, sandbox } = gladly;
    const id = sandbox.exampleConversationId;
    const child = start(['replay', '--', id], { env });
    while (!proxy.seen.includes(sending)) await wait(5);
    child.kill('SIGKILL');
    await once(child, 'close');
    const { document } = await runJsonInside(['replay', '--', id], { env });
    expect(document.outcome).toBe('uncertain');
    expect(await surveysOf(env)).toMatchObject([{ state: 'uncertain' }]);
  });
});

describe('a message that certainly did not leave', () => {
  test('is tried again when Gladly was too busy', async () => {
    const { gladly } = await throughProxy({ status: 429 });
    const { env, sandbox } = gladly;
    const id = sandbox.exampleConversationId;
    const { code, document } = await runJsonInside(['replay', '--', id], { env });
    expect([code, document.outcome]).toEqual([0, 'sent']);
    expect(document.requests.byOperation.sendEmail).toBe(2);
    expect(sandbox.mailbox()).toHaveLength(1);
  });

  test('is told and tried again later when the outbox cannot take it', async () => {
    const gladly = await testGladly();
    const id = gladly.sandbox.exampleConversationId;
    const env = { ...gladly.env, GCSAT_DELIVERY: 'outbox' };
    const outbox = join(gladly.env['GCSAT_DATA_DIR'] ?? '', 'outbox');
    mkdirSync(gladly.env['GCSAT_DATA_DIR'] ?? '', { recursive: true });
    writeFileSync(outbox, 'not a folder');
    const first = await runJsonInside(['replay', '--', id], { env });
    expect(first).toMatchObject({ code: 3, document: { outcome: 'failed' } });
    expect(first.document.error.code).toMatch(/^outbox_/);
    rmSync(outbox);
    expect((await runJsonInside(['replay', '--', id], { env })).document.outcome).toBe('sent');
  });

  test('is failed when Gladly refuses it, and kept for another try', async () => {
    const body = JSON.stringify({
      errors: [{ attr: 'subject', code: 'too_long', detail: 'not such a subject' }],
    });
    const { gladly } = await throughProxy({ status: 400, body });
    const { env, sandbox } = gladly;
    const id = sandbox.exampleConversationId;
    const first = await runJsonInside(['replay', '--', id], { env });
    expect(first).toMatchObject({ code: 6, document: { outcome: 'failed' } });
    expect(first.document.error.message).toContain('not such a subject');
    expect(await surveysOf(env)).toMatchObject([{ state: 'failed' }]);
    expect((await runJsonInside(['surveys', 'retry', '--', id], { env })).document.outcome).toBe('sent');
    expect(sandbox.mailbox()).toHaveLength(1);
  });

  test('is kept when Gladly refuses the sender, and sent once that is mended', async () => {
    const body = JSON.stringify({
      errors: [{ attr: 'from', code: 'invalid', detail: 'not an address of ours' }],
    });
    const { gladly } = await throughProxy({ status: 400, body });
    const { env, sandbox } = gladly;
    const id = sandbox.exampleConversationId;
    const first = await runJsonInside(['replay', '--', id], { env });
    expect(first).toMatchObject({ code: 3, document: { outcome: 'failed' } });
    expect(first.document.error).toMatchObject({ code: 'sender_refused' });
    expect(first.document.error.message).toContain('not an address of ours');
    expect(await surveysOf(env)).toMatchObject([{ state: 'scheduled' }]);
    expect((await runJsonInside(['replay', '--', id], { env })).document.outcome).toBe('sent');
    expect(sandbox.mailbox()).toHaveLength(1);
  });
});
