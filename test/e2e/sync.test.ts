import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { faultyProxy } from '../support/faulty-proxy.ts';
import { surveysOf } from '../support/gladly.ts';
import { run, runJson, start } from '../support/run.ts';
import { busyGladly, type BusyGladly } from './busy-gladly.ts';

const ones = (count: number): number[] => Array.from({ length: count }, () => 1);
const tick = ({ env }: BusyGladly, ...more: string[]) =>
  runJson(['sync', '--rate-share', '100', ...more], { env });

/** How much faster time passes, because these tests mostly wait. */
const haste = 24;
/** Waits until the events contain what happened. */
const told = (factor = haste): Promise<void> => wait(20_000 / factor);

/** A Gladly whose ledger has just had its first tick. */
async function begun(factor = haste): Promise<BusyGladly> {
  const gladly = await busyGladly(factor);
  await gladly.customers(3);
  const { code, document } = await tick(gladly);
  expect({ code, closings: document.closings }).toEqual({ code: 0, closings: 0 });
  return gladly;
}

async function people(gladly: BusyGladly, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let number = 0; number < count; number += 1) {
    ids.push(await gladly.tell({ customer: { email: `new.${number}@example.org` } }));
  }
  return ids;
}

describe('gcsat sync', () => {
  test('asks nobody about the past at first, then everybody about what closed since, once', async () => {
    const gladly = await begun();
    expect(await surveysOf(gladly.env)).toEqual([]);
    await people(gladly, 4);
    await told();
    const overlapping = await Promise.all([tick(gladly), tick(gladly)]);
    expect(overlapping.map(({ code }) => code)).toEqual([0, 0]);
    expect(gladly.mails()).toEqual(ones(4));
    const { document } = await tick(gladly);
    expect(document).toMatchObject({
      closings: 4,
      outcomes: { sent: 4 },
      thisRun: { sent: 0 },
      requests: { byOperation: { listEvents: 1 } },
      cards: { posted: 0, failed: 0 },
    });
    expect(gladly.mails()).toEqual(ones(4));
  });

  test('as JSON it is one line for a log, also when it fails', async () => {
    const gladly = await begun();
    const good = await run(['sync', '--json'], { env: gladly.env });
    expect(good.stdout).toMatch(/^\{[^\n]*\}\n$/);
    const bad = await run(['sync', '--json'], {
      env: { ...gladly.env, GCSAT_TOKEN: 'another-token-than-that' },
    });
    expect(bad.code).toBe(4);
    expect(bad.stdout).toMatch(/^\{"error":[^\n]*\}\n$/);
    const person = await run(['sync'], { env: gladly.env });
    expect(person.stdout).toMatch(/^Starts from +\d{4}-\d\d-\d\d \d\d:\d\d CST;/m);
  });

  test('a dry run as the first one does not mark the beginning', async () => {
    const gladly = await busyGladly(haste);
    const dry = await tick(gladly, '--dry-run');
    expect(dry).toMatchObject({ code: 0, document: { dryRun: true } });
    await people(gladly, 2);
    await told();
    expect((await tick(gladly)).document.closings).toBe(0);
    await told();
    expect((await tick(gladly)).document.closings).toBe(0);
    expect(gladly.mails()).toEqual([]);
  });

  test('killed with SIGKILL, the next tick asks everybody who is left, and nobody twice', async () => {
    const gladly = await begun(8);
    await people(gladly, 60);
    await told(8);
    for (const moment of [450, 600, 800]) {
      const child = start(['sync', '--rate-share', '100'], { env: gladly.env });
      const ended = once(child, 'close');
      await wait(moment);
      child.kill('SIGKILL');
      await ended;
    }
    const { code, document } = await tick(gladly);
    expect(code).toBe(0);
    expect(document.outcomes).toMatchObject({ failed: 0, pending: 0 });
    const { sent, uncertain } = document.outcomes as Record<string, number>;
    expect(sent! + uncertain!).toBe(60);
    expect(gladly.mails()).toEqual(ones(gladly.mails().length));
    expect(gladly.mails().length).toBeGreaterThanOrEqual(sent!);
  });

  test('continues what a backfill began, and its limits are kept', async () => {
    const gladly = await busyGladly();
    await gladly.customers(12);
    await run(['backfill', '--max-sends', '2', ...gladly.range], { env: gladly.env });
    const some = await tick(gladly, '--max-sends', '3');
    expect(some).toMatchObject({ code: 0, document: { end: 'max_sends', thisRun: { sent: 3 }, left: 7 } });
    const rest = await tick(gladly);
    expect(rest.document).toMatchObject({ closings: 0, thisRun: { sent: 7 }, left: 0 });
    expect(gladly.mails()).toEqual(ones(12));
  });

  test('sends what a delay scheduled when it is due, unless the conversation was reopened', async () => {
    const gladly = await begun();
    await run(['configure', 'set', 'delay=4m'], { env: gladly.env });
    const [reopened] = await people(gladly, 2);
    await told();
    expect((await tick(gladly)).document).toMatchObject({ thisRun: { scheduled: 2, sent: 0 } });
    await fetch(`${gladly.sandbox.origin}/_sandbox/conversations/${reopened!}/reopen`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    await wait(245_000 / haste);
    expect((await tick(gladly)).document).toMatchObject({
      outcomes: { sent: 1, suppressed: 1, scheduled: 0 },
    });
    expect(gladly.mails()).toEqual([1]);
  });

  test('posts the cards that are missing; those that fail are exit 6 and posted by a later tick', async () => {
    const gladly = await begun();
    let broken = true;
    const { origin } = await faultyProxy(gladly.sandbox.origin, (request) =>
      broken && request.startsWith('POST /api/v1/customers/') ? { status: 500 } : 'pass',
    );
    const through = { ...gladly, env: { ...gladly.env, GCSAT_DOMAIN: origin } };
    // The address of the proxy has a ledger of its own.
    await tick(through);
    const [id] = await people(gladly, 1);
    await told();
    expect((await tick(through)).document.thisRun.sent).toBe(1);
    const posting = await run(['post', '--rating', '4', '--', id!], { env: through.env });
    expect(posting.code).toBe(7);
    const failed = await tick(through);
    expect(failed).toMatchObject({ code: 6, document: { cards: { posted: 0, failed: 1 } } });
    expect(failed.stderr).toMatch(/error: 1 answers? ha(s|ve) no card yet/);
    broken = false;
    // A card that failed is tried again after a minute.
    await wait(65_000 / haste);
    expect(await tick(through)).toMatchObject({ code: 0, document: { cards: { posted: 1, failed: 0 } } });
    expect(await tick(through)).toMatchObject({ code: 0, document: { cards: { posted: 0, failed: 0 } } });
  });

  test.each([
    [['--max-sends', 'many']],
    [['--limit', '0']],
    [['--max-duration', '-5m']],
    [['--since', '1d']],
  ])('%j is exit 2', async (args) => {
    const env = { GCSAT_DOMAIN: 'http://127.0.0.1:1', GCSAT_EMAIL: 'a@example.com', GCSAT_TOKEN: 'x' };
    expect(await run(['sync', ...args], { env })).toMatchObject({ code: 2, stdout: '' });
  });

  test('without a network it is exit 7, and the next tick finds what it missed', async () => {
    const gladly = await busyGladly(haste);
    let down = false;
    const { origin } = await faultyProxy(gladly.sandbox.origin, () => (down ? 'reset before' : 'pass'));
    const env = { ...gladly.env, GCSAT_DOMAIN: origin };
    await runJson(['sync'], { env });
    await people(gladly, 2);
    await told();
    down = true;
    const failed = await runJson(['sync'], { env });
    expect(failed).toMatchObject({ code: 7, document: { error: { code: expect.any(String) } } });
    down = false;
    expect((await runJson(['sync'], { env })).document.thisRun.sent).toBe(2);
  });
});
