import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { faultyProxy } from '../support/faulty-proxy.ts';
import { surveysOf, testGladly } from '../support/gladly.ts';
import { atTerminal } from '../support/terminal.ts';
import { busyGladly, type BusyGladly } from './busy-gladly.ts';
import { run, runJson } from '../support/run.ts';
import { runJsonInside } from '../support/run-inside.ts';

/** A Gladly with this many closings that are decided and wait. */
async function waiting(count: number): Promise<BusyGladly> {
  const gladly = await busyGladly();
  await gladly.customers(count);
  await runJson(['pause'], { env: gladly.env });
  await runJson(['backfill', ...gladly.range], { env: gladly.env });
  return gladly;
}

/** The environment without an account. */
const alone = (env: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !['GCSAT_TOKEN', 'GCSAT_EMAIL'].includes(name)));

describe('surveys cancel', () => {
  test('takes several ids and the filters of list, with a count and a question', async () => {
    const gladly = await waiting(6);
    const { env } = gladly;
    const ids = (await surveysOf(env)).map(({ closingId }) => String(closingId));
    const some = ['surveys', 'cancel', '--json', '--'];
    const unasked = await run([...some, ids[0]!, ids[1]!], { env: alone(env) });
    expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('2 closings (2 scheduled)')]);
    const dry = await runJson(['surveys', 'cancel', '--dry-run', '--state', 'scheduled'], {
      env: alone(env),
    });
    expect(dry.document).toHaveLength(6);
    expect(dry.document[0]).toMatchObject({ state: 'suppressed', dryRun: true });
    expect((await surveysOf(env)).every(({ state }) => state === 'scheduled')).toBe(true);

    const two = await runJson(['surveys', 'cancel', '--yes', '--', ids[0]!, ids[1]!], {
      env: alone(env),
    });
    expect(two.document.map(({ closingId }: { closingId: string }) => closingId)).toEqual([ids[0], ids[1]]);
    const gone = await runJson(['surveys', 'cancel', '--yes', '--', ids[0]!, ids[2]!], {
      env: alone(env),
    });
    expect(gone.code).toBe(6);
    expect(gone.document).toMatchObject([{ closingId: ids[2], reasons: [{ code: 'cancelled' }] }]);
    expect(gone.stderr).toContain(`1 of 2 could not be canceled: ${ids[0]}`);

    const line = 'gcsat surveys cancel --state pending,scheduled';
    const no = await atTerminal(line, alone(env), [['Cancel 3 closings (3 scheduled)?', 'n\r']]);
    expect([no.code, no.asked]).toEqual([0, true]);
    const yes = await atTerminal(line, alone(env), [['Cancel 3 closings (3 scheduled)?', 'y\r']]);
    expect([yes.code, yes.screen.includes('3 are canceled.')]).toEqual([0, true]);
    await runJson(['resume'], { env });
    await runJson(['sync'], { env });
    expect(gladly.mails()).toEqual([]);
  });

  test.each([
    [[], 'bad_usage'],
    [['--state', 'scheduled', 'c1'], 'bad_usage'],
    [['--state', 'sent'], 'state_unknown'],
    [['c1', ''], 'empty_id'],
  ])('%j is a mistake', async (args, code) => {
    const { env } = await testGladly({ size: 0 });
    expect(await runJsonInside(['surveys', 'cancel', ...args], { env })).toMatchObject({
      code: 2,
      document: { error: { code } },
    });
  });
});

describe('reading the ledger', () => {
  test('needs no token and no network, and finds by address, customer, survey and conversation', async () => {
    const gladly = await testGladly();
    const { sandbox } = gladly;
    const id = sandbox.exampleConversationId;
    const optedOut = gladly.trap('opt_out_topic');
    await runJsonInside(['replay', '--', id, optedOut], { env: gladly.env });
    await sandbox.close();
    const env = alone(gladly.env);
    const listed = await runJsonInside(['surveys', 'list'], { env });
    expect(listed.code).toBe(0);
    const [sent, suppressed] = ['sent', 'suppressed'].map((state) =>
      listed.document.find((entry: { state: string }) => entry.state === state),
    );
    for (const { customer, surveyId, conversationId, closingId } of [sent, suppressed]) {
      const known = [customer.email, customer.email.toUpperCase(), customer.id, surveyId, conversationId];
      for (const anyId of known.filter((one) => one !== null)) {
        const { document } = await runJsonInside(['surveys', 'show', '--', anyId], { env });
        expect([anyId, document.closingId]).toEqual([anyId, closingId]);
      }
    }
    expect((await runJsonInside(['surveys', 'unsubscribed'], { env })).document).toEqual([]);
    const { closedAt } = sent;
    const until = await runJsonInside(['surveys', 'list', '--until', closedAt], { env });
    expect(until.document.map(({ state }: { state: string }) => state)).not.toContain('sent');
    expect((await runJsonInside(['surveys', 'list', '--since', closedAt], { env })).document).toContainEqual(
      sent,
    );
    // The time when the customer was surveyed is not the time of the closing.
    const asked = async (...times: string[]): Promise<unknown> =>
      (await runJsonInside(['surveys', 'list', ...times], { env })).document;
    expect(await asked('--sent-since', sent.sentAt)).toEqual([sent]);
    expect(await asked('--sent-until', sent.sentAt)).toEqual([]);
    expect(await asked('--sent-since', '1h', '--until', closedAt)).toEqual([]);
  });

  test.each([[['surveys', 'list']], [['surveys', 'show', 'c1']], [['surveys', 'unsubscribed']], [['pause']]])(
    '%j makes no ledger of a mistyped name',
    async (args) => {
      const { env } = await testGladly({ size: 0 });
      const file = `${env['GCSAT_DATA_DIR']}/mistyped.db`;
      expect(await runJsonInside([...args, '--database', file], { env })).toMatchObject({
        code: 3,
        document: { error: { code: 'ledger_not_found' } },
      });
      expect(existsSync(file)).toBe(false);
    },
  );

  test('attribute makes none either, and says that nothing is known', async () => {
    const { env, sandbox } = await testGladly();
    const file = `${env['GCSAT_DATA_DIR']}/mistyped.db`;
    const { code, stderr } = await runJsonInside(
      ['attribute', '--database', file, '--', sandbox.exampleConversationId],
      { env },
    );
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^warning: the ledger does not exist yet, so earlier surveys are unknown/m),
    ]);
    expect(existsSync(file)).toBe(false);
  });

  test('on a terminal a long list is cut, and says how many more there are', async () => {
    const { env } = await waiting(23);
    const short = await atTerminal('gcsat surveys list', alone(env));
    expect(short.screen).toContain('3 more closings: use --limit to show more');
    expect(short.screen.match(/scheduled/g)).toHaveLength(20);
    const all = await atTerminal('gcsat surveys list --limit 50', alone(env));
    expect(all.screen.match(/scheduled/g)).toHaveLength(23);
    expect((await run(['surveys', 'list'], { env })).stdout.match(/scheduled/g)).toHaveLength(23);
  });
});

test('a replay that failed is in the ledger, with the reason and the time of its next try', async () => {
  const gladly = await testGladly();
  const id = gladly.sandbox.exampleConversationId;
  const proxy = await faultyProxy(gladly.sandbox.origin, (request) =>
    request.endsWith('/items') ? { status: 400 } : 'pass',
  );
  const env = { ...gladly.env, GCSAT_DOMAIN: proxy.origin };
  expect((await runJsonInside(['replay', '--', id], { env })).code).toBe(9);
  expect(await surveysOf(env)).toMatchObject([
    { conversationId: id, state: 'failed', error: { code: 'refused' }, dueAt: expect.any(String) },
  ]);
  expect((await runJsonInside(['replay', '--', id], { env: gladly.env })).document.outcome).toBe('sent');
});
