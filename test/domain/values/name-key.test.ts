import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nameKey } from '../../../src/domain/values/name-key.ts';

test.each([
  ['Café', 'Cafe\u0301'],
  ['ÅNGSTRÖM', 'a\u030angstro\u0308m'],
  ['VIP', '\uff36\uff29\uff30'],
  ['do not send', '  do\u00a0not \t send '],
  ['Straße', 'STRASSE'],
  ['STRA\u1e9eE', 'Straße'],
  ['VIP-only', 'vip\u2011only'],
  ['VIP-only', 'VIP\u2013only'],
  ['Don\u2019t send', "don't send"],
  ['\u201cVIP\u201d', '"vip"'],
  ['no\u0085survey', 'No Survey'],
  ['ΟΔΟΣ', 'οδος'],
  ['Returns', 'Re\u00adturns\u200b'],
  ['\ufeffBilling', 'billing'],
  ['ﬁrst line', 'First Line'],
  ['İPTAL', 'iptal'],
  ['I\u0307stanbul', 'istanbul'],
  ['ŞİKAYET', 'şikayet'],
  ['IADE', 'ıade'],
  ['ＶＩＰ・ｶﾞ', 'vip・ガ'],
  ['\u1112\u1161\u11ab', '한'],
  ['كـتاب', 'كتاب'],
  ['Geht\u00b4s?', "geht's?"],
  ['\u201eVIP\u201c', '\u00abvip\u00bb'],
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

test('upper and lower case of any text share the key', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (name) => {
      // A dotted capital I is two letters in lower case, and its upper case is not what it was.
      fc.pre(!['\u0130', '\u0131', '\u0345'].some((letter) => name.normalize('NFKC').includes(letter)));
      expect(nameKey(name.toLowerCase())).toBe(nameKey(name));
      expect(nameKey(name.toUpperCase())).toBe(nameKey(name));
    }),
    { numRuns: 2000 },
  );
});
