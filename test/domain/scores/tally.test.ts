import { expect, test } from 'vitest';
import {
  answersOf,
  emptyTally,
  meanOf,
  satisfiedOf,
  sumOf,
  type Tally,
} from '../../../src/domain/scores/tally.ts';

const names = Object.keys(emptyTally) as (keyof Tally)[];
/** No two counts are equal, so that none can be taken for another. */
const tally: Tally = {
  ...(Object.fromEntries(names.map((name, index) => [name, 100 + index])) as unknown as Tally),
  ratings: [1, 2, 3, 4, 5],
};

test('two groups are added count by count', () => {
  const other: Tally = {
    ...(Object.fromEntries(names.map((name) => [name, 1000])) as unknown as Tally),
    ratings: [10, 20, 30, 40, 50],
  };
  const added = Object.fromEntries(names.map((name, index) => [name, 1100 + index]));
  expect(sumOf(tally, other)).toEqual({ ...added, ratings: [11, 22, 33, 44, 55] });
});

test('nothing added changes nothing', () => {
  expect(sumOf(tally, emptyTally)).toEqual(tally);
  expect(sumOf(emptyTally, tally)).toEqual(tally);
});

test('the answers are those of every rating', () => {
  expect(answersOf(tally)).toBe(15);
  expect(answersOf(emptyTally)).toBe(0);
});

test.each([
  [1, 15],
  [4, 9],
  [5, 5],
  [6, 0],
])('satisfied from %d on are %d', (from, count) => expect(satisfiedOf(tally, from)).toBe(count));

test('the mean is that of the stars, and none without answers', () => {
  expect(meanOf(tally)).toBeCloseTo(55 / 15, 12);
  expect(meanOf({ ratings: [0, 0, 0, 0, 2] })).toBe(5);
  expect(meanOf(emptyTally)).toBeNull();
});
