import { expect, test } from 'vitest';
import { usualDuration } from '../../../src/domain/values/usual-duration.ts';

test.each([
  ['1w', '7d'],
  ['2 weeks', '14d'],
  ['7days', '7d'],
  ['3 Hours', '3h'],
  ['30min', '30m'],
  ['45 seconds', '45s'],
  [' 1w ', '7d'],
  ['2wk', '14d'],
  ['1 day', '1d'],
  ['5 hrs', '5h'],
  ['9m', '9m'],
  ['9 secs', '9s'],
  ['in 2 weeks', null],
  ['2 weeks ago', null],
  ['constructor', null],
  ['3 constructor', null],
  ['soon', null],
  ['1 month', null],
  ['0w', null],
  ['7', null],
])('%s is %s', (text, usual) => {
  expect(usualDuration(text)).toBe(usual);
});
