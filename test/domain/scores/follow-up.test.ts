import { expect, test } from 'vitest';
import { followUpOf } from '../../../src/domain/scores/follow-up.ts';

const rated = (doneAfterSeconds: number | null) => ({
  answeredAt: '2026-11-22T12:00:00.000Z',
  doneAt:
    doneAfterSeconds === null
      ? null
      : new Date(Date.UTC(2026, 10, 22, 12, 0, doneAfterSeconds)).toISOString(),
});

test.each([
  [[], { open: 0, done: 0, medianSeconds: null }],
  [[null], { open: 1, done: 0, medianSeconds: null }],
  [[30, null, 10, 900], { open: 1, done: 3, medianSeconds: 30 }],
  [[20, 10], { open: 0, done: 2, medianSeconds: 15 }],
])('of %j', (seconds, counts) => {
  expect(followUpOf((seconds as (number | null)[]).map(rated))).toEqual(counts);
});
