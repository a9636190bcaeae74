import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { proofTimeoutMs } from './extent.ts';
import { createScene, type Scene } from './scene.ts';
import {
  arrivedInGladly,
  cardsOnTimelines,
  expectOneVerdictEach,
  outboxOf,
  type Ending,
} from './seen-from-outside.ts';
import { sweep, type Scenario } from './sweep.ts';

/** Of a bounded proof; the whole one dies at every point. */
const fewPoints = 8;

async function expectNothingWrong(name: string, scenario: Scenario): Promise<void> {
  const { points, killed, doubts, wrong } = await sweep(scenario);
  process.stdout.write(`${name}: ${points} points, died at ${killed}, ${doubts} times in doubt\n`);
  expect(wrong).toEqual([]);
  // A sweep that nothing dies in would prove nothing.
  expect(killed).toBeGreaterThanOrEqual(fewPoints - 1);
}

/** Runs it again, and expects that to be done. */
async function again(scene: Scene, args: readonly string[]): Promise<ReturnType<typeof JSON.parse>> {
  const { code, document, stderr } = await scene.json(args);
  expect(code, `exit code when run again: ${stderr}`).toBe(0);
  return document;
}

const replay: Scenario['setUp'] = async () => {
  const scene = await createScene();
  const args = ['replay', '--', scene.sandbox.tellingConversationId];
  return {
    scene,
    args,
    verify: async (leaving) => {
      const document = await again(scene, args);
      expect(document.outcome).toEqual(
        leaving.length > 0 ? 'uncertain' : expect.stringMatching(/^(sent|already_surveyed)$/),
      );
      const closings = new Map<string, Ending>([[scene.sandbox.tellingConversationId, 'asked']]);
      await expectOneVerdictEach(scene, closings, leaving, arrivedInGladly(scene));
    },
  };
};

const replayToOutbox: Scenario['setUp'] = async () => {
  const scene = await createScene({ GCSAT_DELIVERY: 'outbox' });
  const args = ['replay', '--', scene.sandbox.tellingConversationId];
  return {
    scene,
    args,
    verify: async () => {
      const document = await again(scene, args);
      const outbox = outboxOf(scene);
      const { id } = document.survey;
      expect(outbox.filter((file) => file !== '.unfinished')).toEqual([`${id}.eml`, `${id}.json`]);
      expect(readdirSync(join(scene.env['GCSAT_DATA_DIR'] ?? '', 'outbox', '.unfinished'))).toEqual([]);
      expect((await again(scene, ['surveys', 'list']))[0]).toMatchObject({ state: 'sent', surveyId: id });
      expect(arrivedInGladly(scene)).toEqual([]);
    },
  };
};

const post: Scenario['setUp'] = async () => {
  const scene = await createScene();
  const args = ['post', '--rating', '4', '--comment', 'fine', '--', scene.sandbox.tellingConversationId];
  return {
    scene,
    args,
    verify: async () => {
      expect((await again(scene, args)).outcome).toMatch(/^(posted|already_posted)$/);
      expect(await cardsOnTimelines(scene)).toEqual({ posted: 1, deleted: 0 });
      expect((await again(scene, args)).outcome).toBe('already_posted');
    },
  };
};

/** The answer changes: the old card goes, the new one comes, and never are there two, nor none in the end. */
const postAgain: Scenario['setUp'] = async () => {
  const scene = await createScene();
  const id = scene.sandbox.tellingConversationId;
  await again(scene, ['post', '--rating', '2', '--', id]);
  const args = ['post', '--rating', '5', '--comment', 'better', '--', id];
  return {
    scene,
    args,
    verify: async () => {
      expect((await again(scene, args)).outcome).toMatch(/^(posted|already_posted)$/);
      expect(await cardsOnTimelines(scene)).toEqual({ posted: 2, deleted: 1 });
    },
  };
};

/** Three customers; one whose topic opts out; one with two closings, of which the newer is asked about. */
async function smallWorld(scene: Scene): Promise<Map<string, Ending>> {
  const closings = new Map<string, Ending>();
  const tell = async (ending: Ending, closing: Parameters<Scene['tell']>[0]): Promise<void> => {
    closings.set(await scene.tell(closing), ending);
  };
  await tell('asked', { email: 'first@example.org', minutesAgo: 59 });
  await tell('suppressed', { email: 'twice@example.org', minutesAgo: 57 });
  await tell('asked', { email: 'second@example.org', minutesAgo: 55 });
  await tell('suppressed', { email: 'quiet@example.org', minutesAgo: 53, topics: ['do_not_send_stella'] });
  await tell('asked', { email: 'twice@example.org', minutesAgo: 51 });
  return closings;
}

const backfill: Scenario['setUp'] = async () => {
  const scene = await createScene();
  const closings = await smallWorld(scene);
  const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
  const args = ['backfill', '--since', minutesAgo(60), '--until', minutesAgo(50)];
  return {
    scene,
    args,
    verify: async (leaving) => {
      const document = await again(scene, args);
      expect(document.outcomes).toMatchObject({ failed: 0, pending: 0, scheduled: 0 });
      expect(document.closings).toBe(closings.size);
      await expectOneVerdictEach(scene, closings, leaving, arrivedInGladly(scene));
    },
  };
};

describe('dying at every point, and run again', () => {
  test('replay: one message, or a doubt that is listed', { timeout: proofTimeoutMs }, async () => {
    await expectNothingWrong('replay', { setUp: replay, most: fewPoints });
  });
  test('replay into the outbox: one whole message', { timeout: proofTimeoutMs }, async () => {
    await expectNothingWrong('replay to the outbox', { setUp: replayToOutbox, most: fewPoints });
  });
  test('post: one card', { timeout: proofTimeoutMs }, async () => {
    await expectNothingWrong('post', { setUp: post, most: fewPoints });
  });
  test('post of a changed answer: the new card alone', { timeout: proofTimeoutMs }, async () => {
    await expectNothingWrong('post of a changed answer', { setUp: postAgain, most: fewPoints });
  });
  test('backfill: one verdict for each closing', { timeout: proofTimeoutMs }, async () => {
    await expectNothingWrong('backfill', { setUp: backfill, most: fewPoints });
  });
});
