import { expect } from 'vitest';
import { isWhole } from './extent.ts';
import type { Death, Scene } from './scene.ts';
import type { Staged, Staging } from './stagings.ts';

interface SweepResult {
  /** Labels of the points of a run that nothing kills. */
  points: string[];
  /** The points that it died at, as `number label`. */
  died: string[];
  /** Points that were to be died at and did not come: numbers beyond the end of a run, or labels. */
  notReached: string[];
  /** Deaths that left a message of which nobody knows whether it arrived. */
  doubts: number;
  wrong: string[];
}

/** What happens at the same time makes a run some points longer or shorter. */
const leastLength = 0.8;

/**
 * Dies at each point in turn, is run again to its end, and nothing is wrong.
 *
 * @param of.few points that a bounded proof tries by their number
 * @param of.decisive beginnings of labels that every proof dies at
 */
export async function expectSwept(
  name: string,
  staging: Staging,
  { few, decisive }: { few: number; decisive: readonly string[] },
): Promise<void> {
  const result = await sweep(staging, few, decisive);
  const { points, died, notReached, doubts, wrong } = result;
  process.stdout.write(
    `${name}: ${points.length} points, died at ${died.length}, ${doubts} times in doubt\n`,
  );
  expect(wrong).toEqual([]);
  // A sweep in which nothing dies would prove nothing.
  const beyond = notReached.filter((point) => /^\d+$/.test(point)).map(Number);
  expect(notReached.filter((point) => !/^\d+$/.test(point))).toEqual([]);
  if (isWhole) {
    expect(missedBy(result)).toEqual([]);
    expect(Math.min(...beyond)).toBeGreaterThan(points.length * leastLength);
  } else {
    expect(beyond).toEqual([]);
    expect(died.length).toBeGreaterThanOrEqual(decisive.length + few);
  }
}

/** Runs of this machine at the same time. */
const lanes = 3;
/** For a point that does not come in every run. */
const mostTries = 5;
/** So many points in a row that no longer come: the run is over before them. */
const pointsBeyond = 3;

/**
 * Dies at each point in turn, is run again to its end, and is looked at from outside.
 *
 * @param most points that a bounded proof tries by their number
 * @param decisive beginnings of labels that every proof dies at
 */
async function sweep(stage: Staging, most: number, decisive: readonly string[] = []): Promise<SweepResult> {
  const points = await pointsOf(stage);
  const result: SweepResult = { points, died: [], notReached: [], doubts: 0, wrong: [] };

  const dieAt = async (point: string): Promise<boolean> => {
    let died: string | null = null;
    let staged: Staged | undefined;
    try {
      staged = await stage();
      const { scene, args, use, verify } = staged;
      const death = await scene.runUntil(point, args, use);
      ({ died } = death);
      if (died === null) result.notReached.push(point);
      else result.died.push(died);
      const leaving = staged.sendsNothing === true ? [] : await doubtsOf(scene, death);
      if (leaving.length > 0) result.doubts += 1;
      await verify(leaving);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const wrong = `killed at ${died ?? `${point} (not reached)`}: ${reason}`;
      result.wrong.push(wrong);
      // The sweep goes on for long.
      process.stdout.write(`${wrong}\n`);
    } finally {
      await staged?.scene.close();
    }
    return died !== null;
  };

  await inLanes(decisive, dieAt);
  let beyond = 0;
  await inLanes(numbersOf(points.length, most), async (number) => {
    if (beyond < pointsBeyond && !(await dieAt(String(number)))) beyond += 1;
  });
  // What happens at the same time has another number in each run, so that a point may have been passed over, and may not
  // come in the next one.
  const notReached = [...result.notReached];
  for (let tries = 0; isWhole && tries < mostTries; tries += 1) {
    await inLanes(
      missedBy(result).map((label) => `=${label}`),
      dieAt,
    );
  }
  return { ...result, notReached };
}

/** Distinct labels of a run that nothing kills at which it was not died. */
function missedBy({ points, died }: SweepResult): string[] {
  const known = new Set(died.map((label) => label.replace(/^\d+ /, '')));
  return [...new Set(points)].filter((label) => !known.has(label));
}

/** All, and then on and on, as a run may have more points than the one before; or a few, evenly spread. */
function* numbersOf(points: number, most: number): Generator<number> {
  const stride = isWhole ? 1 : Math.max(1, Math.floor(points / most));
  for (
    let number = Math.ceil(stride / 2);
    isWhole ? number <= 2 * points : number <= points;
    number += stride
  ) {
    yield number;
  }
}

async function inLanes<T>(items: Iterable<T>, work: (item: T) => Promise<unknown>): Promise<void> {
  const left = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = left.next(); !next.done; next = left.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/**
 * The conversations whose message was on its way when the process died. Fails unless the points that it passed say the
 * same: one for each commit that marked a message as leaving and was not followed by the one that settled it.
 */
async function doubtsOf(scene: Scene, { labels }: Death): Promise<string[]> {
  const leaving = await scene.leaving();
  const commits = (what: string): number =>
    labels.filter((label) => label.startsWith('after ledger COMMIT') && label.includes(what)).length;
  const unsettled = commits('insert into messages') - commits('update messages set');
  if (leaving.length === unsettled) return leaving;
  throw new Error(`${leaving.length} messages are in doubt, and ${unsettled} were on their way`);
}

/** The run that nothing kills has to be right, too. */
async function pointsOf(stage: Staging): Promise<string[]> {
  const { scene, args, use, verify, leaves } = await stage();
  try {
    const labels = await scene.labelsOf(args, use);
    if (leaves !== undefined) expectMarkedLast(labels, leaves);
    await verify([]);
    return labels;
  } finally {
    await scene.close();
  }
}

/** Between the commit that marks a message as leaving and its leaving is nothing, or a death there would doubt for nothing. */
function expectMarkedLast(labels: readonly string[], leaves: string): void {
  const marked = labels.findIndex(
    (label) =>
      label.startsWith('after ledger COMMIT') && /insert into messages|update reminders set/.test(label),
  );
  const next = labels[marked + 1];
  if (marked === -1 || next?.startsWith(leaves) !== true) {
    throw new Error(`after the mark of a message that leaves comes ${next}, and not ${leaves}`);
  }
}
