import { describe, expect, test } from 'vitest';
import { changeOf, mayBeChance } from '../../../src/domain/scores/change.ts';
import { discoveries } from '../../../src/domain/scores/differs.ts';
import { fisherTwoSided } from '../../../src/domain/scores/fisher.ts';
import { shareOf } from '../../../src/domain/scores/share.ts';

/** A value as the tables print it. */
const places = (value: number | null, digits: number): string => (value ?? Number.NaN).toFixed(digits);

describe("Wilson's interval", () => {
  // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I,
  // method 3.
  test.each([
    [81, 263, '0.2553', '0.3662'],
    [15, 148, '0.0624', '0.1605'],
    [0, 20, '0.0000', '0.1611'],
    [1, 29, '0.0061', '0.1718'],
  ])('%i of %i', (count, of, low, high) => {
    const share = shareOf(count, of);
    expect([places(share.low, 4), places(share.high, 4)]).toEqual([low, high]);
  });

  test('of nothing is unknown', () => {
    expect(shareOf(0, 0)).toEqual({ of: 0, count: 0, value: null, low: null, high: null });
  });
});

describe("Newcombe's interval", () => {
  // Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17
  // (1998), table II, method 10.
  test.each([
    [56, 70, 48, 80, '0.0524', '0.3339'],
    [9, 10, 3, 10, '0.1705', '0.8090'],
    [6, 7, 2, 7, '0.0582', '0.8062'],
    [5, 56, 0, 29, '-0.0381', '0.1926'],
    [0, 10, 0, 20, '-0.1611', '0.2775'],
    [0, 10, 0, 10, '-0.2775', '0.2775'],
    [10, 10, 0, 20, '0.6791', '1.0000'],
    [10, 10, 0, 10, '0.6075', '1.0000'],
  ])('%i of %i against %i of %i', (count, of, earlierCount, earlierOf, low, high) => {
    const change = changeOf(shareOf(count, of), shareOf(earlierCount, earlierOf));
    expect([places(change.low, 4), places(change.high, 4)]).toEqual([low, high]);
  });

  test('of nothing is unknown, and neither chance nor none', () => {
    const none = changeOf(shareOf(1, 2), shareOf(0, 0));
    expect([none, mayBeChance(none)]).toEqual([{ value: null, low: null, high: null }, null]);
    expect(mayBeChance(changeOf(shareOf(56, 70), shareOf(48, 80)))).toBe(false);
    expect(mayBeChance(changeOf(shareOf(5, 56), shareOf(0, 29)))).toBe(true);
  });
});

describe("Fisher's exact test", () => {
  test.each([
    // The lady tasting tea: Fisher, The Design of Experiments (1935); Agresti, Categorical Data Analysis (2002), 3.5.1.
    [3, 4, 1, 4, '0.4857'],
    [4, 4, 0, 4, '0.0286'],
    // Convictions of like-sex twins: Fisher, "The logic of inductive inference" (1935); the help of R's fisher.test.
    [10, 13, 2, 17, '0.0005'],
  ])('%i of %i against %i of %i', (count, of, otherCount, otherOf, p) => {
    expect(places(fisherTwoSided({ count, of, otherCount, otherOf }), 4)).toBe(p);
  });

  test('to the digits that R prints for the twins', () => {
    expect(fisherTwoSided({ count: 10, of: 13, otherCount: 2, otherOf: 17 })).toBeCloseTo(0.0005367241, 10);
  });
});

describe("Benjamini and Hochberg's procedure", () => {
  // "Controlling the false discovery rate", J. R. Statist. Soc. B 57 (1995), section 4.1: four of fifteen at 5 %.
  const published = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
    0.759, 1,
  ];

  test('rejects the four hypotheses of the example, in any order', () => {
    expect(discoveries(published, 0.05)).toEqual(published.map((p) => p <= 0.0095));
    expect(discoveries([...published].reverse(), 0.05)).toEqual(
      [...published].reverse().map((p) => p <= 0.0095),
    );
  });

  test('rejects a p-value that is exactly at its limit', () => {
    expect(discoveries([0.05], 0.05)).toEqual([true]);
    expect(discoveries([0.0500001], 0.05)).toEqual([false]);
  });

  test('steps up: a p-value above its own limit goes with a larger one that is below', () => {
    expect(discoveries([0.03, 0.04], 0.05)).toEqual([true, true]);
    expect(discoveries([0.03, 0.06], 0.05)).toEqual([false, false]);
    expect(discoveries([], 0.05)).toEqual([]);
  });
});
