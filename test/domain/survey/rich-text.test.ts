import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  escapeText,
  escapeWithin,
  harmless,
  lineWithin,
  readableText,
  textWithin,
} from '../../../src/domain/survey/rich-text.ts';

/** Any text, even with half surrogates, and often with invisible characters. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.string({
    unit: fc.constantFrom('<', '>', '&', '"', "'", '&amp;', '\n', '\t', '\r', '\0', '\u202e', '👩‍🚀', 'é', ' '),
  }),
);

const forbidden = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u;

describe('text of a customer, made harmless', () => {
  test.each([
    ['a\r\nb\rc\nd', 'a\nb\nc\nd'],
    ['a\u2028b\u2029c', 'a\nb\nc'],
    ['a\tb', 'a b'],
    ['\u001b[31mred\u001b[0m', '[31mred[0m'],
    ['a\0b\u0007c\u007fd\u0085e\u009ff', 'abcdef'],
    ['\u202etxet\u202c \u2066x\u2069 \u200e\u200f\u061c\ufeff', 'txet x '],
    ['half \ud83d', 'half \ufffd'],
    ['\ude00 half', '\ufffd half'],
    ['👩‍🚀 é ß 李 ', '👩‍🚀 é ß 李 '],
    ['', ''],
  ])('%j is %j', (text, expected) => expect(harmless(text)).toBe(expected));

  test('any text becomes well formed, without control characters except the line end, and stays so', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const clean = harmless(text);
        expect(clean.replaceAll('\n', '')).not.toMatch(forbidden);
        expect(clean.isWellFormed()).toBe(true);
        expect(harmless(clean)).toBe(clean);
      }),
      { numRuns: 500 },
    );
  });
});

describe('text as rich text', () => {
  test.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['"x" onerror=\'y\'', '&quot;x&quot; onerror=&#39;y&#39;'],
    ['&lt;b&gt;', '&amp;lt;b&amp;gt;'],
    ['one\r\ntwo', 'one<br>two'],
    ['<\0script>', '&lt;script&gt;'],
  ])('%j is %j', (text, expected) => expect(escapeText(text)).toBe(expected));

  test('a person reads what was written', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const folded = harmless(text).replace(/\s+/g, ' ').trim();
        expect(readableText(escapeText(text))).toBe(folded);
      }),
      { numRuns: 500 },
    );
  });
});

describe('escaped text within a limit', () => {
  test.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['<<', 8, '&lt;&lt;'],
    ['<<', 7, '&lt;…'],
    ['<<', 4, '…'],
    ['<<', 1, '…'],
    ['<<', 0, ''],
    ['a\nb', 6, 'a<br>b'],
    ['a\nb', 5, 'a…'],
    ['👍👍', 4, '👍👍'],
    ['👍👍', 3, '👍…'],
    ['👍👍', 2, '…'],
    ['👩‍🚀👩‍🚀', 9, '👩‍🚀…'],
    ['e\u0301e\u0301', 3, 'e\u0301…'],
    ['🇩🇪🇫🇷', 6, '🇩🇪…'],
  ])('%j in %d is %j', (text, limit, expected) => expect(escapeWithin(text, limit)).toBe(expected));

  test('fits, and cuts neither a character nor an entity nor a tag', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 40 }), (text, limit) => {
        const cut = escapeWithin(text, limit);
        const whole = escapeText(text);
        expect(cut.length).toBeLessThanOrEqual(limit);
        if (whole.length <= limit) expect(cut).toBe(whole);
        else if (limit > 0) expect(whole.startsWith(cut.slice(0, -1)) && cut.endsWith('…')).toBe(true);
        expect(cut.isWellFormed()).toBe(true);
        expect(cut.replace(/<br>|&(?:amp|lt|gt|quot|#39);/g, '')).not.toMatch(/[<>&"']/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('one line within a limit', () => {
  test.each([
    ['  a \t\r\n b  ', 10, 'a b'],
    ['abcd', 4, 'abcd'],
    ['abcde', 4, 'abc…'],
    ['👍👍', 3, '👍…'],
    ['ab', 1, '…'],
    ['ab', 0, ''],
    ['', 5, ''],
    ['Ça va\u00a0?\u202f!', 9, 'Ça va\u00a0?\u202f!'],
  ])('%j in %d is %j', (text, limit, expected) => expect(lineWithin(text, limit)).toBe(expected));

  test('any text fits on a line that is well formed', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 40 }), (text, limit) => {
        const line = lineWithin(text, limit);
        expect(line.length).toBeLessThanOrEqual(limit);
        expect(line).not.toMatch(forbidden);
        expect(line.isWellFormed()).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('plain text within a limit', () => {
  test.each([
    [' a\r\nb\0 ', 5, ' a\nb '],
    ['abcd', 4, 'abcd'],
    ['abcde', 4, 'abc…'],
    ['👍👍', 3, '👍…'],
    ['ab', 1, '…'],
  ])('%j in %d is %j', (text, limit, expected) => expect(textWithin(text, limit)).toBe(expected));
});

describe('what a person reads', () => {
  test.each([
    ['<p>a</p><p>b</p>', 'a b'],
    ['a<br/>b<br />c', 'a b c'],
    ['<a href="https://acme.com">link</a>', 'link'],
    ['&lt;b&gt; &amp; &quot;x&quot; &#39;y&apos;', '<b> & "x" \'y\''],
    ['&AMP;&nbsp;&#65;&#x42;&#X43;', '& ABC'],
    ['&amp;lt;', '&lt;'],
    ['&unknown; &; & &#; &#x;', '&unknown; &; & &#; &#x;'],
    ['&#1114111;', '\u{10ffff}'],
    ['&#1114112;', '&#1114112;'],
    ['&#x110000;', '&#x110000;'],
    ['a < b', 'a < b'],
  ])('of %j is %j', (richText, expected) => expect(readableText(richText)).toBe(expected));

  test('any text can be read, on one line with single spaces', () => {
    const pieces = fc.constantFrom(
      '<p>',
      '</p>',
      '<',
      '>',
      '&',
      '#',
      'x',
      ';',
      '&#10;',
      '&#x9;',
      '&nbsp;',
      ' ',
      'a',
    );
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ unit: pieces })), (text) => {
        expect(readableText(text)).not.toMatch(/^\s|[^\S ]|\s\s|\s$/);
      }),
    );
  });
});
