import { expect, test } from 'vitest';
import { answerFilterOf } from '../../src/commands/surveys/answer-filter.ts';

const policy = { lowRating: 2 };
const every = [1, 2, 3, 4, 5];

test.each([
  ['1', [1]],
  ['=5', [5]],
  ['2,1', [1, 2]],
  ['1-3', [1, 2, 3]],
  ['<=2', [1, 2]],
  ['< 3', [1, 2]],
  ['>=4', [4, 5]],
  ['>4', [5]],
  ['1,4-5', [1, 4, 5]],
  ['2,<=2', [1, 2]],
])('--rating %s', (rating, ratings) => {
  expect(answerFilterOf({ rating })(policy)).toEqual({ ratings });
});

test.each(['', '0', '6', '1.5', '<1', '>5', '3-1', 'low', '1,', '-2'])(
  '--rating %j is a mistake',
  (rating) => {
    expect(() => answerFilterOf({ rating })).toThrow(expect.objectContaining({ code: 'rating_invalid' }));
  },
);

test('low and open ones are what the policy says, and a comment needs an answer', () => {
  expect(answerFilterOf({ low: true })(policy)).toEqual({ ratings: [1, 2] });
  expect(answerFilterOf({ open: true })({ lowRating: 3 })).toEqual({ ratings: [1, 2, 3], open: true });
  expect(answerFilterOf({ answered: true })(policy)).toEqual({ ratings: every });
  expect(answerFilterOf({ comment: true })(policy)).toEqual({ ratings: every, comment: '' });
  expect(answerFilterOf({ low: true, comment: 'slow' })(policy)).toEqual({
    ratings: [1, 2],
    comment: 'slow',
  });
  expect(answerFilterOf({})(policy)).toEqual({});
  expect(() => answerFilterOf({ rating: '1', open: true })).toThrow(
    expect.objectContaining({ code: 'contradicting_options' }),
  );
});
