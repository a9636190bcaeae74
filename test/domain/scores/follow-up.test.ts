import { expect, test } from 'vitest';
import { followUpOf, isDone } from '../../../src/domain/scores/follow-up.ts';

const rated = (doneAfterSeconds: number | null) => ({
  answeredAt: '2026-11-22T12:00:00.000Z',
  doneAt:
    doneAfterSeconds === null
      ? null
      : new Date(Date.UTC(2026, 10, 22, 12, 0, doneAfterSeconds)).toISOString(),
  isForgotten: false,
});

test.each([
  [[], { open: 0, done: 0, forgotten: 0, medianSeconds: null }],
  [[null], { open: 1, done: 0, forgotten: 0, medianSeconds: null }],
  [[30, null, 10, 900], { open: 1, done: 3, forgotten: 0, medianSeconds: 30 }],
  [[20, 10], { open: 0, done: 2, forgotten: 0, medianSeconds: 15 }],
])('of %j', (seconds, counts) => {
  expect(followUpOf((seconds as (number | null)[]).map(rated))).toEqual(counts);
});

test('ratings of forgotten customers are neither open nor done, and all add up', () => {
  const ratings = [rated(null), rated(30), { ...rated(null), isForgotten: true }];
  expect(followUpOf(ratings)).toEqual({ open: 1, done: 1, forgotten: 1, medianSeconds: 30 });
});

test('what was noted before the answer says nothing about it', () => {
  const answeredAt = '2026-11-22T12:00:00.000Z';
  const note = (at: string, done: boolean) => ({ at, done });
  expect(isDone([], answeredAt)).toBe(false);
  expect(
    isDone([note('2026-11-22T11:59:00.000Z', true), note('2026-11-22T13:00:00.000Z', false)], answeredAt),
  ).toBe(false);
  expect(isDone([note(answeredAt, true)], answeredAt)).toBe(true);
});
