import { describe, expect, test } from 'vitest';
import { isWhole, proofTimeoutMs } from './extent.ts';
import * as staged from './stagings.ts';

const kills = isWhole ? 200 : 10;
/** Of one world, before the run that nobody kills. */
const killsInARow = 4;

/** SIGKILL from outside, at moments that nobody chose: what no list of points can be sure to contain. */
async function killAtRandom(stage: staged.Staging): Promise<{ died: number; doubts: number }> {
  const whole = await stage();
  const before = performance.now();
  await whole.scene.run(whole.args);
  const longestMs = performance.now() - before;
  await whole.verify([]).finally(() => whole.scene.close());

  const seen = { died: 0, doubts: 0 };
  for (let killed = 0; killed < kills;) {
    const { scene, args, verify } = await stage();
    try {
      const leaving = new Set<string>();
      for (let time = 0; time < killsInARow; time += 1, killed += 1) {
        const { signal } = await scene.runFor(Math.random() * longestMs, args);
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

describe('killed at random moments, and run again', () => {
  test.each<[string, staged.Staging]>([
    ['backfill', staged.backfill],
    ['sync', staged.sync],
  ])('%s', { timeout: proofTimeoutMs }, async (name, stage) => {
    const { died, doubts } = await killAtRandom(stage);
    process.stdout.write(`${name}: killed ${died} times, ${doubts} messages in doubt\n`);
    expect(died).toBeGreaterThan(0);
  });
});
