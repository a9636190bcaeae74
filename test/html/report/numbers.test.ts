import { expect, test } from 'vitest';
import { interval, percent } from '../../../src/domain/scores/percent.ts';
import { count, counted, mean, percentOf, points } from '../../../src/html/report/numbers.ts';

test('shares are whole percents, but never all or nothing when some are missing', () => {
  expect([0, 0.001, 0.004, 0.005, 0.8549, 0.855, 0.995, 0.9999, 1, null].map(percent)).toEqual([
    ...['0%', '0.1%', '0.4%', '1%', '85%', '86%', '99.5%', '99.9%', '100%', '–'],
  ]);
  expect([percentOf(1, 3), percentOf(0, 0)]).toEqual(['33%', '–']);
});

test('differences have a sign and a tenth of a point', () => {
  expect([0.0214, -0.0214, 0.0004, -0.0004, 0].map(points)).toEqual(['+2.1', '−2.1', '0.0', '0.0', '0.0']);
});

test('counts, means and intervals', () => {
  expect([count(1_234_567), counted(1, 'answer'), counted(1200, 'inbox', 'inboxes')]).toEqual([
    ...['1,234,567', '1\u00a0answer', '1,200\u00a0inboxes'],
  ]);
  expect([mean(4.25), mean(5), mean(null)]).toEqual(['4.3', '5.0', '–']);
  expect([interval({ low: 0.821, high: 0.999 }), interval({ low: null, high: null })]).toEqual([
    ...['82% to 99.9%', ''],
  ]);
});
