import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isWhole, proofTimeoutMs } from './extent.ts';
import * as staged from './stagings.ts';

/** How many kills of each kind a bounded proof needs. */
const fewKills = 4;
/** How many runs in one world are killed before the one that nobody kills. */
const killsInARow = 4;
/** A run may be over before its moment comes; this many worlds for one death would show that no run can be hit. */
const mostWorldsEach = 5;

/** The moments are new for every run; `PROOF_SEED` repeats them, as far as the machine does. */
const given = process.env['PROOF_SEED'];
const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);

/** Moments from 0 to less than 1, which follow from the seed alone. */
const momentsOf = (name: string): (() => number) => {
  let drawn = 0;
  return () => {
    drawn += 1;
    const digest = createHash('sha256').update(`${seed} ${name} ${drawn}`).digest();
    return digest.readUInt32BE() / 2 ** 32;
  };
};

/** Sends SIGKILL from outside at moments that nobody chose, which no list of points is sure to contain. */
async function killAtRandom(
  stage: staged.Staging,
  kills: number,
  random: () => number,
): Promise<{ died: number; doubts: number }> {
  const longestMs = await timeOf(stage);
  const seen = { died: 0, doubts: 0 };
  for (let worlds = 0; seen.died < kills && worlds < kills * mostWorldsEach; worlds += 1) {
    const { scene, args, use, verify } = await stage();
    try {
      const leaving = new Set<string>();
      for (let time = 0; time < killsInARow && seen.died < kills; time += 1) {
        const { signal } = await scene.runFor(random() * longestMs, args, use);
        if (signal === 'SIGKILL') seen.died += 1;
        for (const id of await scene.leaving()) leaving.add(id);
      }
      seen.doubts += leaving.size;
      await verify([...leaving]);
    } finally {
      await scene.close();
    }
  }
  return seen;
}

/** How many milliseconds a run takes that nobody kills; for a server, only the time in which it is used. */
async function timeOf(stage: staged.Staging): Promise<number> {
  const { scene, args, use, verify } = await stage();
  let from = performance.now();
  let to: number | null = null;
  if (use === undefined) await scene.run(args);
  else {
    await scene.serve(args, async (origin, over, pid) => {
      from = performance.now();
      await use(origin, over, pid);
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
    process.stdout.write(`${name}: PROOF_SEED=${seed}\n`);
    const { died, doubts } = await killAtRandom(stage, kills, momentsOf(name));
    process.stdout.write(`${name}: killed ${died} times, ${doubts} messages in doubt\n`);
    expect(died).toBe(kills);
  });
});
