import { expect } from 'vitest';
import { isWhole } from './extent.ts';
import type { Death, Scene } from './scene.ts';
import type { Staged, Staging } from './stagings.ts';

interface SweepResult {
  /** Labels of the points of a run that nothing kills. */
  points: string[];
  /** Numbers of the points to die at, from 1. */
  moments: number[];
  /** The points that it died at, as `number label`. */
  died: string[];
  /** Points at which it was to die, but which did not come: numbers beyond the end of a run, or labels. */
  notReached: string[];
  /** How many deaths left a message that may or may not have arrived. */
  doubts: number;
  wrong: string[];
}

/** Work that happens at the same time makes a run some points longer or shorter. */
const leastLength = 0.8;

/**
 * Lets the program die at each point in turn, runs it again to its end, and expects that nothing is wrong.
 *
 * @param of.few how many points a bounded proof tries by number
 * @param of.decisive beginnings of labels that every proof dies at
 */
export async function expectSwept(
  name: string,
  staging: Staging,
  { few, decisive }: { few: number; decisive: readonly string[] },
): Promise<void> {
  const result = await sweep(staging, few, decisive);
  const { points, moments, died, notReached, doubts, wrong } = result;
  process.stdout.write(
    `${name}: ${moments.length} moments at ${points.length} points, died ${died.length} times, ${doubts} times in doubt\n`,
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

/** How many runs this machine does at the same time. */
const lanes = 3;
/** How often a point is tried that does not come in every run. */
const mostTries = 5;
/** After this many points that did not come, the others are taken to lie beyond the end of the run. */
const pointsBeyond = 3;

/**
 * Lets the program die at each point in turn, runs it again to its end, and looks at the result from outside.
 *
 * @param most how many points a bounded proof tries by number
 * @param decisive beginnings of labels that every proof dies at
 */
async function sweep(stage: Staging, most: number, decisive: readonly string[] = []): Promise<SweepResult> {
  const points = await pointsOf(stage);
  const moments = momentsOf(points);
  const result: SweepResult = { points, moments, died: [], notReached: [], doubts: 0, wrong: [] };

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
      // Printed at once, because the sweep goes on for long.
      process.stdout.write(`${wrong}\n`);
    } finally {
      await staged?.scene.close();
    }
    return died !== null;
  };

  await inLanes(decisive, dieAt);
  let beyond = 0;
  await inLanes(numbersOf(result, most), async (number) => {
    if (beyond < pointsBeyond && !(await dieAt(String(number)))) beyond += 1;
  });
  // Points that happen at the same time have other numbers in each run, so a point may have been passed over, and may
  // not come in the next run.
  const notReached = [...result.notReached];
  for (let tries = 0; isWhole && tries < mostTries; tries += 1) {
    await inLanes(
      missedBy(result).map((label) => `=${label}`),
      dieAt,
    );
  }
  return { ...result, notReached };
}

/**
 * One point for each moment at which a death leaves something else: nothing is written, sent, or answered between a
 * point `after` and a point `before` that follows it.
 */
function momentsOf(points: readonly string[]): number[] {
  const isNew = (label: string, index: number): boolean =>
    !label.startsWith('before ') || points[index - 1]?.startsWith('after ') !== true;
  return points.flatMap((label, index) => (isNew(label, index) ? [index + 1] : []));
}

/** The distinct labels of moments at which no run has died. */
function missedBy({ points, moments, died }: SweepResult): string[] {
  const known = new Set(died.map((label) => label.replace(/^\d+ /, '')));
  const labels = moments.map((number) => points[number - 1] ?? '');
  return [...new Set(labels)].filter((label) => !known.has(label));
}

/** All moments and more, because a run may have more points than the one before; or a few, evenly spread. */
function* numbersOf({ points, moments }: SweepResult, most: number): Generator<number> {
  if (!isWhole) {
    const stride = Math.max(1, Math.floor(moments.length / most));
    for (let at = Math.floor(stride / 2); at < moments.length; at += stride) yield moments[at] ?? 0;
    return;
  }
  yield* moments;
  for (let number = points.length + 1; number <= 2 * points.length; number += 1) yield number;
}

async function inLanes<T>(items: Iterable<T>, work: (item: T) => Promise<unknown>): Promise<void> {
  const left = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = left.next(); !next.done; next = left.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/**
 * The conversations whose message was on its way when the process died. Fails unless the points that the process passed
 * say the same: one for each commit that marked a message as leaving and was not followed by a commit that settled it.
 */
async function doubtsOf(scene: Scene, { labels }: Death): Promise<string[]> {
  const leaving = await scene.leaving();
  const commits = (what: string): number =>
    labels.filter((label) => label.startsWith('after ledger COMMIT') && label.includes(what)).length;
  const unsettled = commits('insert into messages') - commits('update messages set');
  if (leaving.length === unsettled) return leaving;
  throw new Error(`${leaving.length} messages are in doubt, and ${unsettled} were on their way`);
}

/** The points of a run that nothing kills. That run has to be right, too. */
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

/** Expects no point between marking a message as leaving and its leaving: a death there would doubt for nothing. */
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
