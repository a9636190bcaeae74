import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { mailServer } from '../support/mail-server.ts';
import { isOnServer } from '../support/tested-ledger.ts';
import { isWhole, proofTimeoutMs } from './extent.ts';
import { createScene, type Scene } from './scene.ts';
import { arrivedInGladly, cardsOnTimelines } from './seen-from-outside.ts';

/** How long a process is frozen, by its own clock: longer than its claims hold. */
const frozenMs = 40_000;
/** How much faster that clock runs here. */
const factor = 20;

interface Listed {
  state: string;
}

async function statesOf(scene: Scene): Promise<string[]> {
  const { document } = await scene.json(['surveys', 'list']);
  return (document as Listed[]).map(({ state }) => state);
}

/**
 * Freezes a program at a point. Meanwhile `others` work, for whom all of its claims have expired. Then the program
 * wakes up and runs to its end.
 */
async function frozen(
  scene: Scene,
  point: string,
  args: readonly string[],
  others: () => Promise<unknown>,
): Promise<void> {
  const program = await scene.freezeAt(point, args, factor);
  const began = performance.now();
  await scene.later(1);
  await others();
  await wait(Math.max(0, frozenMs / factor - (performance.now() - began)));
  await program.wake();
}

/**
 * Another host gives up a message that is leaving. A process on the same host sees that the sending process lives,
 * and leaves it alone. On a server, a transaction that froze is in the way of others until the server ends it.
 */
async function takenOver(scene: Scene): Promise<void> {
  const tick = () => scene.json(['sync'], isOnServer ? 'other' : undefined);
  let { code } = await tick();
  while (isOnServer && code === 8) ({ code } = await tick());
  expect(code).toBe(0);
  expect(await statesOf(scene)).toEqual([isOnServer ? 'uncertain' : 'pending']);
}

describe('a host that stood still for longer than its claims hold', { timeout: proofTimeoutMs }, () => {
  test('sends nothing that others have sent meanwhile', async () => {
    const scene = await createScene();
    try {
      const args = ['replay', '--', scene.sandbox.exampleConversationId];
      await frozen(scene, 'after ledger COMMIT of update closings set', args, async () => {
        expect((await scene.json(args, 'other')).document.outcome).toBe('sent');
      });
      expect(arrivedInGladly(scene)).toHaveLength(1);
      expect(await statesOf(scene)).toEqual(['sent']);
    } finally {
      await scene.close();
    }
  });

  test.each(isWhole || !isOnServer ? ['post'] : [])('posts no second card: %s', async (command) => {
    const scene = await createScene();
    try {
      const args = [command, '--rating', '4', '--', scene.sandbox.exampleConversationId];
      await frozen(scene, 'after ledger COMMIT of insert into cards', args, async () => {
        expect((await scene.json(args, 'other')).document.outcome).toBe('posted');
      });
      expect(await cardsOnTimelines(scene)).toEqual({ posted: 1, deleted: 0 });
    } finally {
      await scene.close();
    }
  });

  /** A process frozen while marking leaves the message to a later run. One frozen while connecting tries again. */
  const stages = [
    { point: 'after ledger COMMIT of insert into history, insert into messages', alone: 'scheduled' },
    { point: 'before request POST /api/v1/communications', alone: 'sent' },
  ];

  /** With a ledger in a file, a bounded proof tries only the first. */
  test.each(isWhole || isOnServer ? stages : stages.slice(0, 1))(
    'sends nothing that others took over, although its message was marked: $point',
    async ({ point, alone }) => {
      const scene = await createScene();
      try {
        const args = ['replay', '--', scene.sandbox.exampleConversationId];
        await frozen(scene, point, args, () => takenOver(scene));
        const state = isOnServer ? 'uncertain' : alone;
        expect(await statesOf(scene)).toEqual([state]);
        expect(arrivedInGladly(scene)).toHaveLength(state === 'sent' ? 1 : 0);
      } finally {
        await scene.close();
      }
    },
  );

  test('sends nothing that others took over, although its mail server waits for the message', async () => {
    const peer = await mailServer();
    const smtp = { GCSAT_DELIVERY: 'smtp', GCSAT_FROM: 'care@acme.example', GCSAT_SMTP_URL: peer.url };
    const scene = await createScene(smtp);
    try {
      const args = ['replay', '--', scene.sandbox.exampleConversationId];
      await frozen(scene, 'after mail DATA', args, () => takenOver(scene));
      // If nobody took the message over, the process sends it at its next try.
      expect(peer.received).toHaveLength(isOnServer ? 0 : 1);
      expect(await statesOf(scene)).toEqual([isOnServer ? 'uncertain' : 'sent']);
    } finally {
      await scene.close();
    }
  });
});
