import fc from 'fast-check';
import { expect, test } from 'vitest';
import { oneLine } from '../../../src/domain/values/one-line.ts';

test.each([
  ['a\r\n\0b', 9, 'a b'],
  ['\u202etxet\u2066', 9, ' txet '],
  ['abcd', 4, 'abcd'],
  ['abcde', 4, 'abcd…'],
  ['👍👍👍', 2, '👍👍…'],
])('%j in %d characters is %j', (text, length, line) => expect(oneLine(text, length)).toBe(line));

test('foreign text becomes one line, is not longer than allowed, and no character is cut in half', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (text, length) => {
      const line = oneLine(text, length);
      expect(Array.from(line).length).toBeLessThanOrEqual(length + 1);
      expect(line).not.toMatch(/[\r\n\u2028\u2029]/);
      expect(() => encodeURIComponent(line)).not.toThrow();
    }),
  );
});
