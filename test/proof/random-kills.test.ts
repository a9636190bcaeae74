import { describe, expect, test } from 'vitest';
import { isWhole, proofTimeoutMs } from './extent.ts';
import * as staged from './stagings.ts';

/** Of a bounded proof, for each kind. */
const fewKills = 4;
/** Runs in one world that are to be killed, before the one that nobody kills. */
const killsInARow = 4;
/** A run may be over before its moment comes; so many worlds for one death would show that none can be hit. */
const mostWorldsEach = 5;

/** SIGKILL from outside, at moments that nobody chose: what no list of points can be sure to contain. */
async function killAtRandom(stage: staged.Staging, kills: number): Promise<{ died: number; doubts: number }> {
  const longestMs = await timeOf(stage);
  const seen = { died: 0, doubts: 0 };
  for (let worlds = 0; seen.died < kills && worlds < kills * mostWorldsEach; worlds += 1) {
    const { scene, args, use, verify } = await stage();
    try {
      const leaving = new Set<string>();
      for (let time = 0; time < killsInARow && seen.died < kills; time += 1) {
        const { signal } = await scene.runFor(Math.random() * longestMs, args, use);
        if (signal === 'SIGKILL') seen.died += 1;
        for (const id of scene.leaving()) leaving.add(id);
      }
      seen.doubts += leaving.size;
      await verify([...leaving]);
    } finally {
      await scene.close();
    }
  }
  return seen;
}

/** Milliseconds of a run that nobody kills; of a server those in which it is used. */
async function timeOf(stage: staged.Staging): Promise<number> {
  const { scene, args, use, verify } = await stage();
  let from = performance.now();
  let to: number | null = null;
  if (use === undefined) await scene.run(args);
  else {
    await scene.serve(args, async (origin, over) => {
      from = performance.now();
      await use(origin, over);
      to = performance.now();
    });
  }
  to ??= performance.now();
  await verify([]).finally(() => scene.close());
  return to - from;
}

describe('killed at random moments, and run again', () => {
  test.each<[string, staged.Staging, number]>([
    ['backfill', staged.backfill, 60],
    ['sync', staged.sync, 60],
    ['serve', staged.serve, 80],
  ])('%s', { timeout: proofTimeoutMs }, async (name, stage, manyKills) => {
    const kills = isWhole ? manyKills : fewKills;
    const { died, doubts } = await killAtRandom(stage, kills);
    process.stdout.write(`${name}: killed ${died} times, ${doubts} messages in doubt\n`);
    expect(died).toBe(kills);
  });
});
