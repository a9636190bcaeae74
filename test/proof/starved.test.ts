import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { mountSmallDisk } from '../support/small-disk.ts';
import { isWhole, proofTimeoutMs } from './extent.ts';
import { createScene, type Scene } from './scene.ts';
import { arrivedInGladly, expectOneVerdictEach, uncertainIn, type Ending } from './seen-from-outside.ts';
import { again, tellWebhook, until, webhookUser } from './stagings.ts';

const serveArgs = ['serve', '--json', '--port', '0', '--no-catch-up'];

/** Makes a closing of a new customer. @returns the event that a webhook sends about it */
async function newClosing(scene: Scene, closings: Map<string, Ending>): Promise<unknown> {
  const { id, event } = await scene.tellEvent({
    email: `customer-${closings.size}@example.org`,
    minutesAgo: 1,
  });
  closings.set(id, 'asked');
  return event;
}

test(
  'a disk that fills while a server runs: what it does not take is not accepted, and it goes on when there is room',
  async (context) => {
    const scene = await createScene(webhookUser, false);
    onTestFinished(() => scene.close());
    const data = scene.env['GCSAT_DATA_DIR'] ?? '';
    mkdirSync(data, { mode: 0o700 });
    // Mounting one takes a right that a container may lack.
    if (!mountSmallDisk(data, 16)) return context.skip('no small disk can be mounted here');
    const closings = new Map<string, Ending>();
    const filler = join(data, 'filler');
    const statuses: number[] = [];
    await scene.serve(serveArgs, async (origin, over) => {
      expect(await tellWebhook(origin, await newClosing(scene, closings))).toBe(200);
      await until(async () => (await scene.unsettled()) === 0, 'the first verdict', over);
      fill(filler);
      const refused: unknown[] = [];
      // Some events still find room in the existing log.
      while (refused.length < 3) {
        const event = await newClosing(scene, closings);
        const status = await tellWebhook(origin, event);
        statuses.push(status);
        if (status !== 200) refused.push(event);
      }
      const { status } = await fetch(`${origin}/healthz`);
      expect(status).toBe(200);
      rmSync(filler);
      for (const event of refused) while ((await tellWebhook(origin, event)) !== 200) await wait(50);
      await until(async () => (await scene.unsettled()) === 0, 'a verdict for each closing', over);
    });
    expect(new Set(statuses.filter((status) => status !== 200))).toEqual(new Set([503]));
    const uncertain = await uncertainIn(scene);
    await expectOneVerdictEach(scene, closings, uncertain, arrivedInGladly(scene));
  },
  proofTimeoutMs,
);

function fill(file: string): void {
  for (const bytes of [1_000_000, 10_000, 1]) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(bytes), { flag: 'a' });
    } catch {
      // There is no more room for this many bytes.
    }
  }
}

/** Fails once a minute brings no further verdict: how long all of them take depends on the pace and on the machine. */
async function untilAllSettled(scene: Scene, over: AbortSignal): Promise<void> {
  let left = await scene.unsettled();
  while (left > 0) {
    const before = left;
    const hasMore = async (): Promise<boolean> => (left = await scene.unsettled()) < before;
    await until(hasMore, `a verdict for one of the last ${before} closings`, over);
  }
}

/** The size of Node's heap, of which the program itself needs about twenty. */
const heapMb = 96;
const many = isWhole ? 1000 : 60;

test.each(['serve', 'backfill'])(
  '%s does with little memory',
  async (command) => {
    const scene = await createScene(webhookUser);
    onTestFinished(() => scene.close());
    scene.env['NODE_OPTIONS'] = `${scene.env['NODE_OPTIONS'] ?? ''} --max-old-space-size=${heapMb}`;
    const closings = new Map<string, Ending>();
    const events: unknown[] = [];
    while (closings.size < many) events.push(await newClosing(scene, closings));
    if (command === 'serve') {
      await scene.serve(serveArgs, async (origin, over) => {
        expect(new Set(await Promise.all(events.map((event) => tellWebhook(origin, event))))).toEqual(
          new Set([200]),
        );
        await untilAllSettled(scene, over);
      });
    } else {
      expect(await again(scene, ['backfill', '--since', '1h'])).toMatchObject({ outcomes: { sent: many } });
    }
    await expectOneVerdictEach(scene, closings, [], arrivedInGladly(scene));
  },
  proofTimeoutMs,
);
