import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromStoredText, toStoredText } from '../../../src/domain/values/stored-text.ts';

const dle = '\u0010';

test.each([
  ['', ''],
  ['plain', 'plain'],
  ['a\0b\0', `a${dle}0b${dle}0`],
  [`a${dle}b${dle}`, `a${dle}1b${dle}1`],
  [`${dle}0\0${dle}1`, `${dle}10${dle}0${dle}11`],
])('%j is stored as %j, and read back', (text, stored) => {
  expect(toStoredText(text)).toBe(stored);
  expect(fromStoredText(stored)).toBe(text);
});

test('any text is stored without a NUL, and comes back as it was', () => {
  const texts = fc.string({ unit: fc.constantFrom('\0', dle, '0', '1', 'a', '🙂') });
  fc.assert(
    fc.property(texts, (text) => {
      expect(toStoredText(text)).not.toContain('\0');
      expect(fromStoredText(toStoredText(text))).toBe(text);
    }),
  );
});
