import { DatabaseSync } from '@photostructure/sqlite';
import { kill } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { isOnServer } from '../support/tested-ledger.ts';
import { isWhole, proofTimeoutMs } from './extent.ts';
import { createScene, haste, isStopped, type Scene } from './scene.ts';
import { arrivedInGladly, expectOneVerdictEach, uncertainIn, type Ending } from './seen-from-outside.ts';
import { tellWebhook, until, webhookUser } from './stagings.ts';

/** How long a process is frozen, by the programs' clock: longer than their claims hold. */
const frozenMs = 40_000;
const freezes = isWhole ? 40 : 2;
/** How many of a server's closings are reported to it right before it freezes. */
const toldBefore = 4;
/** By the test's clock. In that time a server has taken the closings up, and still has most of its messages to send. */
const longestBeforeMs = 300;

const args = ['serve', '--json', '--port', '0', '--no-catch-up'];

interface Waited {
  milliseconds: number;
  /** Whether the event was taken before the frozen process woke up. */
  meanwhile: boolean;
  /** Whether the frozen process had locked the ledger's file. */
  withinWrite: boolean;
}

/** Whether a frozen process has locked the ledger's file; a live one holds the lock for a few milliseconds only. */
async function holdsFile({ env }: Scene): Promise<boolean> {
  if (isOnServer) return false;
  const database = new DatabaseSync(env['GCSAT_DATABASE_URL'] ?? '', { timeout: 0 });
  try {
    for (let tries = 0; tries < 50; tries += 1) {
      try {
        database.exec('begin immediate');
        database.exec('rollback');
        return false;
      } catch {
        await wait(10);
      }
    }
    return true;
  } finally {
    database.close();
  }
}

/** Sends an event until it is taken, as Gladly does. */
async function toldUntilTaken(origin: string, event: unknown): Promise<void> {
  while ((await tellWebhook(origin, event)) !== 200) await wait(20);
}

/** Freezes a process for longer than its claims hold, while another server is told of a closing. */
async function frozen(scene: Scene, pid: number, other: string, event: unknown): Promise<Waited> {
  kill(pid, 'SIGSTOP');
  while (!isStopped(pid)) await wait(1);
  const from = performance.now();
  let isAwake = false;
  const taken = toldUntilTaken(other, event).then(() => ({
    milliseconds: performance.now() - from,
    meanwhile: !isAwake,
  }));
  const [withinWrite] = await Promise.all([holdsFile(scene), wait(frozenMs / haste)]);
  isAwake = true;
  kill(pid, 'SIGCONT');
  return { ...(await taken), withinWrite };
}

describe('a server that stands still at random moments', () => {
  test(
    'keeps no other from taking webhooks, and nobody is asked twice or forgotten',
    async () => {
      const scene = await createScene(webhookUser);
      const closings = new Map<string, Ending>();
      const nextEvent = async (): Promise<unknown> => {
        const { id, event } = await scene.tellEvent({ email: `customer-${closings.size}@example.org` });
        closings.set(id, 'asked');
        return event;
      };
      const seen: Waited[] = [];
      try {
        await scene.serve(args, (one, over, pid) =>
          scene.serve(
            args,
            async (other) => {
              for (let number = 0; number < freezes; number += 1) {
                for (let told = 0; told < toldBefore; told += 1) await toldUntilTaken(one, await nextEvent());
                const event = await nextEvent();
                await wait(Math.random() * longestBeforeMs);
                seen.push(await frozen(scene, pid, other, event));
              }
              await until(async () => (await scene.unsettled()) === 0, 'a verdict for each closing', over);
            },
            'other',
          ),
        );
        const uncertain = await uncertainIn(scene);
        const times = seen.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
        const within = seen.filter(({ withinWrite }) => withinWrite).length;
        const middle = times[Math.floor(times.length / 2)] ?? 0;
        process.stdout.write(
          `frozen ${seen.length} times, ${within} within a write; ${uncertain.length} messages in doubt; ` +
            `the other took a webhook after ${Math.round(middle)} ms, at most ${Math.round(times.at(-1) ?? 0)} ms\n`,
        );
        for (const { withinWrite, meanwhile } of seen) expect(withinWrite || meanwhile).toBe(true);
        // On its own host, nobody takes over from a process that lives.
        if (!isOnServer) expect(uncertain).toEqual([]);
        await expectOneVerdictEach(scene, closings, uncertain, arrivedInGladly(scene));
      } finally {
        await scene.close();
      }
    },
    proofTimeoutMs,
  );
});
