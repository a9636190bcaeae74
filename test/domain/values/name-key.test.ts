import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nameKey } from '../../../src/domain/values/name-key.ts';

test.each([
  ['Café', 'Cafe\u0301'],
  ['ÅNGSTRÖM', 'a\u030angstro\u0308m'],
  ['VIP', '\uff36\uff29\uff30'],
  ['do not send', '  do\u00a0not \t send '],
  ['Straße', 'STRASSE'],
  ['ΟΔΟΣ', 'οδος'],
  ['Returns', 'Re\u00adturns\u200b'],
  ['\ufeffBilling', 'billing'],
  ['ﬁrst line', 'First Line'],
])('%j and %j are one name', (one, other) => expect(nameKey(one)).toBe(nameKey(other)));

test.each([
  ['Cafe', 'Café'],
  ['do not send', 'donotsend'],
  ['a_b', 'a-b'],
])('%j and %j are two', (one, other) => expect(nameKey(one)).not.toBe(nameKey(other)));

test('the key of a key is itself, and normal forms share one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (name) => {
      const key = nameKey(name);
      expect(nameKey(key)).toBe(key);
      for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) expect(nameKey(name.normalize(form))).toBe(key);
    }),
    { numRuns: 2000 },
  );
});
