import { expect, test } from 'vitest';
import { durationText, followUpOf, isDone, type FollowedUp } from '../../../src/domain/scores/follow-up.ts';

const rated = (doneAfterSeconds: number | null, ratings = 1): FollowedUp => ({
  ratings,
  done:
    doneAfterSeconds === null
      ? null
      : {
          answeredAt: '2026-11-22T12:00:00.000Z',
          doneAt: new Date(Date.UTC(2026, 10, 22, 12, 0, doneAfterSeconds)).toISOString(),
        },
  isForgotten: false,
});

test.each([
  [[], { open: 0, done: 0, forgotten: 0, medianSeconds: null }],
  [[null], { open: 1, done: 0, forgotten: 0, medianSeconds: null }],
  [[30, null, 10, 900], { open: 1, done: 3, forgotten: 0, medianSeconds: 30 }],
  [[20, 10], { open: 0, done: 2, forgotten: 0, medianSeconds: 15 }],
])('of %j', (seconds, counts) => {
  expect(followUpOf((seconds as (number | null)[]).map((one) => rated(one)))).toEqual(counts);
});

test('each rating of a group counts', () => {
  const groups = [rated(null, 5), rated(40, 3), rated(10, 2), { ...rated(null, 4), isForgotten: true }];
  expect(followUpOf(groups)).toEqual({ open: 5, done: 5, forgotten: 4, medianSeconds: 40 });
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

const minute = 60;
const hour = 60 * minute;

test.each([
  [0, '0 minutes'],
  [29, '0 minutes'],
  [30, '1 minute'],
  [45 * minute, '45 minutes'],
  [59.4 * minute, '59 minutes'],
  [59.5 * minute, '1 hour'],
  [90 * minute, '2 hours'],
  [47 * hour, '47 hours'],
  [48 * hour, '2 days'],
  [60 * hour, '3 days'],
])('%d seconds are %s', (seconds, text) => expect(durationText(seconds)).toBe(text));

test('one note of several is enough to be done', () => {
  const answeredAt = '2026-11-22T12:00:00.000Z';
  const note = (at: string, done: boolean) => ({ at, done });
  const notes = [note('2026-11-22T13:00:00.000Z', false), note('2026-11-22T14:00:00.000Z', true)];
  expect(isDone(notes, answeredAt)).toBe(true);
  expect(isDone(notes, '2026-11-22T15:00:00.000Z')).toBe(false);
});
