import { once } from 'node:events';
import { expect, test } from 'vitest';
import { surveysOf } from '../support/gladly.ts';
import { faultyProxy } from '../support/faulty-proxy.ts';
import { run, start } from '../support/run.ts';
import { busyGladly } from './busy-gladly.ts';

const customers = 16;
/** About as many as a process sends in three seconds at the organization's limit. */
const requestsOfALife = 30;

test('a process that never lives long sends in each of its lives, and reads little twice', async () => {
  const gladly = await busyGladly();
  await gladly.customers(customers);
  const { origin, seen } = await faultyProxy(gladly.sandbox.origin, () => 'pass');
  const env = { ...gladly.env, GCSAT_DOMAIN: origin };
  const backfill = ['backfill', ...gladly.range, '--yes'];
  const sentIn: number[] = [];
  let wasKilled = true;
  while (wasKilled) {
    const [before, sentBefore] = [seen.length, gladly.mails().length];
    const life = start(backfill, { env });
    const end = once(life, 'close');
    while (life.exitCode === null && life.signalCode === null) {
      if (seen.length - before >= requestsOfALife) life.kill('SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await end;
    wasKilled = life.signalCode !== null;
    sentIn.push(gladly.mails().length - sentBefore);
  }
  expect(sentIn.length).toBeGreaterThan(2);
  expect(Math.min(...sentIn.slice(0, -1))).toBeGreaterThan(0);
  const doubtful = (await surveysOf(env)).filter(({ state }) => state === 'uncertain');
  expect(gladly.mails().length).toBeGreaterThanOrEqual(customers - doubtful.length);
  expect(Math.max(...gladly.mails())).toBe(1);
  // Three reads and a message each; a killed life leaves some closings half read, and reads its lists again.
  expect(seen.length).toBeLessThan(customers * 8);
  expect((await run(backfill, { env })).code).toBe(0);
  expect(Math.max(...gladly.mails())).toBe(1);
});
