import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { singleLine } from '../../src/html/single-line.ts';

describe('a single line', () => {
  test.each([
    ['  Anna \t Lee\r\n', 'Anna Lee'],
    ['a\u2028b\u2029c\u0085d\ve', 'a b c d e'],
    ['\u202eevil\u202c \u2066x\u2069', 'evil x'],
    ['soft\u00adhyphen\u200b', 'softhyphen'],
    ['می\u200cروم', 'می\u200cروم'],
    ['👩\u200d💻', '👩\u200d💻'],
    ['a\ud800b', 'ab'],
  ])('%j reads %j', (text, line) => expect(singleLine(text, 80)).toBe(line));

  test('long text ends in an ellipsis, never in half a character', () => {
    expect(singleLine('abcdef', 5)).toBe('abcd…');
    expect(singleLine('abcdef', 6)).toBe('abcdef');
    expect(singleLine('ab😀😀', 4)).toBe('ab…');
  });

  test('holds for every text and every length', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.integer({ min: 1, max: 60 }),
        (text, maximum) => {
          const line = singleLine(text, maximum);
          expect(line.length).toBeLessThanOrEqual(maximum);
          expect(line).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
          expect(singleLine(line, maximum)).toBe(line);
        },
      ),
    );
  });
});
