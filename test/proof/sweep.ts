import { isWhole } from './extent.ts';
import type { Staging } from './stagings.ts';

export interface SweepResult {
  /** Points of a run that nothing kills. */
  points: number;
  killed: number;
  /** Deaths that left a message of which nobody knows whether it arrived. */
  doubts: number;
  wrong: string[];
}

/** Runs of this machine at the same time. */
const lanes = 2;
/** So many points in a row that no longer come: the run is over before them. */
const pointsBeyond = 3;

/**
 * Dies at each point in turn, is run again to its end, and is looked at from outside.
 *
 * `most`: points that a bounded proof tries.
 */
export async function sweep(stage: Staging, most: number): Promise<SweepResult> {
  const labels = await pointsOf(stage);
  const result: SweepResult = { points: labels.length, killed: 0, doubts: 0, wrong: [] };
  const stride = isWhole ? 1 : Math.max(1, Math.floor(labels.length / most));
  let next = isWhole ? 1 : Math.ceil(stride / 2);
  let beyond = 0;

  const lane = async (): Promise<void> => {
    while (beyond < pointsBeyond) {
      const number = next;
      next += stride;
      if (!isWhole && number > labels.length) return;
      const { scene, args, use, verify } = await stage();
      let died: string | null = null;
      try {
        died = (await scene.runUntil(String(number), args, use)).died;
        if (died === null) beyond += 1;
        else result.killed += 1;
        const leaving = scene.leaving();
        if (leaving.length > 0) result.doubts += 1;
        await verify(leaving);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        result.wrong.push(`killed at ${died ?? `${number} (not reached)`}: ${reason}`);
      } finally {
        await scene.close();
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return result;
}

/** The run that nothing kills has to be right, too. */
async function pointsOf(stage: Staging): Promise<string[]> {
  const { scene, args, use, verify } = await stage();
  try {
    const labels = await scene.labelsOf(args, use);
    await verify([]);
    return labels;
  } finally {
    await scene.close();
  }
}
