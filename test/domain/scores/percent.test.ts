import { expect, test } from 'vitest';
import { interval, percent } from '../../../src/domain/scores/percent.ts';

test.each([
  [null, '–'],
  [0, '0%'],
  [1, '100%'],
  [0.86, '86%'],
  [0.005, '1%'],
  [0.994, '99%'],
  [12.34, '1,234%'],
  // Nearly all must not read as all, nor hardly any as none.
  [0.997, '99.7%'],
  [0.995, '99.5%'],
  [0.99999, '99.9%'],
  [0.003, '0.3%'],
  [0.00001, '0.1%'],
])('a share of %j is %s', (share, text) => expect(percent(share)).toBe(text));

test('an interval has both limits, or is empty', () => {
  expect(interval({ low: 0.82, high: 0.89 })).toBe('82% to 89%');
  expect(interval({ low: null, high: 0.89 })).toBe('');
  expect(interval({ low: 0.82, high: null })).toBe('');
});
