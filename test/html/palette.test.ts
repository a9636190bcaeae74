import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contrastOf, paletteOf } from '../../src/html/palette.ts';

const colors = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, '0')}`);
const extremes = ['#000000', '#ffffff', '#ffff00', '#777777', '#00ff00', '#0000ff', '#f3f4f7', '#1d222a'];

describe('the operator’s color', () => {
  test('contrast is what WCAG says it is', () => {
    expect(contrastOf('#000000', '#ffffff')).toBe(21);
    expect(contrastOf('#ffffff', '#ffffff')).toBe(1);
    expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.478, 2);
    expect(contrastOf('#0000ff', '#ffffff')).toBeCloseTo(8.592, 2);
  });

  test('words and outlines can be seen with any color, in light and in dark', () => {
    fc.assert(
      fc.property(colors, (color) => {
        for (const shades of Object.values(paletteOf(color))) {
          const { page, card, ink, fill, onFill, accent, link, soft } = shades;
          expect(contrastOf(onFill, fill)).toBeGreaterThanOrEqual(4.5);
          for (const ground of [page, card]) {
            expect(contrastOf(accent, ground)).toBeGreaterThanOrEqual(3);
            expect(contrastOf(link, ground)).toBeGreaterThanOrEqual(4.5);
          }
          expect(contrastOf(accent, soft)).toBeGreaterThanOrEqual(3);
          expect(contrastOf(ink, soft)).toBeGreaterThanOrEqual(4.5);
          for (const made of Object.values(shades)) expect(made).toMatch(/^#[0-9a-f]{6}$/);
        }
      }),
      { numRuns: 500, examples: extremes.map((color) => [color] as [string]) },
    );
  });

  test('the button keeps it as it is, and a color that can be seen is not changed', () => {
    const { light, dark } = paletteOf('#0b7a4b');
    expect([light.fill, dark.fill]).toEqual(['#0b7a4b', '#0b7a4b']);
    expect(light.accent).toBe('#0b7a4b');
    expect(light.link).toBe('#0b7a4b');
  });

  test('without one there is ours', () => {
    expect(paletteOf(null).light.fill).toMatch(/^#[0-9a-f]{6}$/);
  });
});
