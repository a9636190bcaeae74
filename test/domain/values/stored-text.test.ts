import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  fromStoredRow,
  fromStoredText,
  toStoredText,
  toStoredValue,
} from '../../../src/domain/values/stored-text.ts';

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

test.each([
  [true, 1],
  [false, 0],
  [0, 0],
  [null, null],
  ['a\0', `a${dle}0`],
])('the value %j is bound as %j', (value, stored) => {
  expect(toStoredValue(value)).toBe(stored);
});

test('every text of a row comes back as it was given, and nothing else changes', () => {
  const row = { id: `a${dle}0`, plain: 'plain', count: 1, error: null, reasons: `${dle}1` };
  expect(fromStoredRow(row)).toEqual({ id: 'a\0', plain: 'plain', count: 1, error: null, reasons: dle });
});
