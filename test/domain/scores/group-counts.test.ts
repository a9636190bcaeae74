import { expect, test } from 'vitest';
import {
  answersOf,
  noCounts,
  meanOf,
  satisfiedOf,
  sumOf,
  type GroupCounts,
} from '../../../src/domain/scores/group-counts.ts';

const names = Object.keys(noCounts) as (keyof GroupCounts)[];
/** No two counts are equal, so that none can be taken for another. */
const counts: GroupCounts = {
  ...(Object.fromEntries(names.map((name, index) => [name, 100 + index])) as unknown as GroupCounts),
  ratings: [1, 2, 3, 4, 5],
};

test('two groups are added count by count', () => {
  const other: GroupCounts = {
    ...(Object.fromEntries(names.map((name) => [name, 1000])) as unknown as GroupCounts),
    ratings: [10, 20, 30, 40, 50],
  };
  const added = Object.fromEntries(names.map((name, index) => [name, 1100 + index]));
  expect(sumOf(counts, other)).toEqual({ ...added, ratings: [11, 22, 33, 44, 55] });
});

test('nothing added changes nothing', () => {
  expect(sumOf(counts, noCounts)).toEqual(counts);
  expect(sumOf(noCounts, counts)).toEqual(counts);
});

test('the answers are those of every rating', () => {
  expect(answersOf(counts)).toBe(15);
  expect(answersOf(noCounts)).toBe(0);
});

test.each([
  [1, 15],
  [4, 9],
  [5, 5],
  [6, 0],
])('satisfied from %d on are %d', (from, count) => expect(satisfiedOf(counts, from)).toBe(count));

test('the mean is that of the stars, and none without answers', () => {
  expect(meanOf(counts)).toBeCloseTo(55 / 15, 12);
  expect(meanOf({ ratings: [0, 0, 0, 0, 2] })).toBe(5);
  expect(meanOf(noCounts)).toBeNull();
});
