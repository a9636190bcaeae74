import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bulkFoundAt, bulkKnownAt, bulkSize } from '../../../src/domain/closing/bulk.ts';

const minute = 60_000;

test.each([
  ['alone', [], 1],
  ['with others of the same minute, before and after', [-30_000, -1, 0, 29_999, 30_000], 6],
  ['at both ends of a minute', [minute], 2],
  ['with one that is a moment too far', [minute + 1], 1],
  ['between two bulks that do not belong together', [-minute, -50_000, 50_000, minute], 3],
  ['with a full minute beside it that it is not part of', [61_000, 62_000, 63_000], 1],
])('a closing %s', (_, others, size) => {
  expect(bulkSize(others, 0)).toBe(size);
  const later = Date.UTC(2026, 10, 22);
  expect(
    bulkSize(
      others.map((time) => time + later),
      later,
    ),
  ).toBe(size);
});

test('whatever the order in which they are known, the size is the same', () => {
  const times = fc.array(fc.integer({ min: -2 * minute, max: 2 * minute }), { maxLength: 30 });
  fc.assert(
    fc.property(times, fc.func(fc.integer()), (others, order) => {
      const shuffled = others.toSorted((one, other) => order(one) - order(other));
      expect(bulkSize(shuffled, 0)).toBe(bulkSize(others, 0));
    }),
  );
});

test('it is the largest number of closings that any minute has which the closing lies in', () => {
  const times = fc.array(fc.integer({ min: -90, max: 90 }), { maxLength: 20 });
  fc.assert(
    fc.property(times, (seconds) => {
      const all = [...seconds, 0];
      const starts = Array.from({ length: 61 }, (_, index) => index - 60);
      const counts = starts.map((start) => all.filter((time) => time >= start && time <= start + 60).length);
      expect(
        bulkSize(
          seconds.map((time) => time * 1000),
          0,
        ),
      ).toBe(Math.max(...counts));
    }),
  );
});

test('it is known once the minute after the closing is over and the others had time to arrive', () => {
  expect(bulkKnownAt(0)).toBe(2 * minute);
  expect(bulkKnownAt(5000)).toBe(2 * minute + 5000);
});

test('of one that was found late, a minute later', () => {
  expect(bulkFoundAt(0, minute)).toBe(2 * minute);
  expect(bulkFoundAt(0, minute + 1)).toBe(2 * minute + 1);
  expect(bulkFoundAt(0, 0)).toBe(2 * minute);
});
