import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { closedConversation, surveysOf, testGladly, type TestGladly } from '../support/gladly.ts';
import { runJson, temporaryFolder } from '../support/run.ts';
import { serve, webhookPassword } from '../support/serving.ts';
import { installedClock } from '../support/tools.ts';
import { proofTimeoutMs } from './extent.ts';

/** From right to wrong and back: a clock that is set by hand and then corrected by the time server. */
const jumps = ['+1h', '+0', '-1h', '+0', '+1d', '+0', '-1d', '+0'] as const;

interface Clock {
  /** For the environment of a program that uses this clock. */
  env: Record<string, string>;
  /** @param offset from the right time, e.g. `-1d` */
  set(offset: string): void;
}

function clockThatJumps(): Clock {
  const file = join(temporaryFolder(), 'offset');
  const set = (offset: string): void => writeFileSync(file, offset);
  set('+0');
  const env = {
    LD_PRELOAD: installedClock(),
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    // A machine's steady clock does not jump.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  return { env, set };
}

const surveyed = ({ sandbox }: TestGladly): string[] =>
  sandbox
    .mailbox()
    .map(({ to }) => to)
    .sort();

async function listed(state: string, env: Record<string, string>): Promise<unknown[]> {
  const { document } = await runJson(['surveys', 'list', '--state', state], { env });
  return document as unknown[];
}

const patience = { timeout: 30_000, interval: 50 };

test(
  'a clock that jumps by an hour and a day, both ways, stops no server, and has nobody asked twice or forgotten',
  { timeout: proofTimeoutMs },
  async () => {
    const gladly = await testGladly({ size: 0 });
    const clock = clockThatJumps();
    const env = { ...gladly.env, ...clock.env, GCSAT_WEBHOOK_PASSWORD: webhookPassword };
    const server = await serve(env);
    const asked: string[] = [];
    const conversations: string[] = [];
    const tellTwo = async (when: string): Promise<void> => {
      for (const number of [1, 2]) {
        const email = `${when.replace(/\W/, '')}.${conversations.length}.${number}@example.org`;
        const id = await closedConversation(gladly, email);
        // An event without a time gets the time of its arrival.
        const at = number === 1 ? new Date().toISOString() : undefined;
        expect([when, await server.tell(id, at)]).toEqual([when, 200]);
        asked.push(email);
        conversations.push(id);
      }
      if (when.startsWith('-')) {
        // By this clock the closings lie in the future, and nobody is surveyed about what has not happened yet.
        await vi.waitFor(async () => expect(await listed('scheduled', env)).toHaveLength(2), patience);
      } else {
        await vi.waitFor(() => expect(surveyed(gladly), when).toEqual(asked.toSorted()), patience);
      }
    };
    await tellTwo('right');
    for (const offset of jumps) {
      clock.set(offset);
      await tellTwo(offset);
    }
    // Reporting the closings again, and looking for missed ones, finds all of them surveyed.
    for (const id of conversations) expect(await server.tell(id)).toBe(200);
    expect(await server.stop()).toBe(143);
    expect(await runJson(['sync'], { env: gladly.env })).toMatchObject({ code: 0 });
    expect(surveyed(gladly)).toEqual(asked.toSorted());
    expect(await listed('sent', gladly.env)).toHaveLength(asked.length);
    expect(await surveysOf(gladly.env)).toHaveLength(asked.length);
  },
);
