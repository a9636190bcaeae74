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
  ['Returns', 'Re\u0007turns\u0000'],
  ['do not send', 'do not \u001b send'],
  ['no survey', 'no\u000bsurvey'],
  ['Returns', 'Re\u2800turns'],
  ['Returns', '\ufff9Returns\ufffb'],
  ['Hawai\u02bbi', "hawai'i"],
  ['12\u2033 pan', '12" PAN'],
  ['5\u2032', "5'"],
  ['Returns/Refunds', 'returns\u2215refunds'],
  ['1/2 price', '\u00bd price'],
  ['Tier: 2', 'tier\u2236 2'],
  ['Tier: 2', 'tier\ua789 2'],
  ['*VIP*', '\u2217vip\u2217'],
  ['VIP-only', 'vip\u2043only'],
  ['شکایتی', 'شكايتي'],
  ['צה\u05f4ל', 'צה"ל'],
  ['צ\u05f3ק', "צ'ק"],
])('%j and %j are one name', (one, other) => expect(nameKey(one)).toBe(nameKey(other)));

test.each([
  ['Cafe', 'Café'],
  ['do not send', 'donotsend'],
  ['a_b', 'a-b'],
  // Letters of another script.
  ['VIP', 'VI\u0420'],
  ['\u0430ccount', 'account'],
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
      // A dotted capital I becomes two letters in lower case, and their upper case is not the original.
      fc.pre(!['\u0130', '\u0131', '\u0345'].some((letter) => name.normalize('NFKC').includes(letter)));
      expect(nameKey(name.toLowerCase())).toBe(nameKey(name));
      expect(nameKey(name.toUpperCase())).toBe(nameKey(name));
    }),
    { numRuns: 2000 },
  );
});
