import { describe, expect, test } from 'vitest';
import { fixedPath, givenText } from '../../src/config/given-text.ts';

describe('a setting', () => {
  test.each([
    ['acme', 'acme'],
    ['acme\r', 'acme'],
    ['acme\r\n', 'acme'],
    ['\n  acme\t ', 'acme'],
    ['"acme"', 'acme'],
    ["'acme'", 'acme'],
    ['"acme"\r\n', 'acme'],
    ['" acme "', 'acme'],
    ['\uFEFFacme', 'acme'],
    ['\uFEFF"acme"', 'acme'],
    ['\u200Bacme\u200D\u2060', 'acme'],
    ['\u00A0acme\u200E', 'acme'],
    ['""', ''],
    ['"', '"'],
    ['"acme', '"acme'],
    ['"acme\'', '"acme\''],
    ['""acme""', '""acme""'],
    ['"VIP","Sales"', '"VIP","Sales"'],
    ['"Acme" <care@acme.com>', '"Acme" <care@acme.com>'],
    ['a b  c', 'a b  c'],
    ['a\u200Bb', 'a\u200Bb'],
  ])('%j means %j', (text, value) => {
    expect(givenText(text, 'setting')).toBe(value);
  });

  test.each([
    ['a\nb', 'a line break'],
    ['"a\r\nb"', 'a line break'],
    ['a\rb', 'a line break'],
    ['a\0b', 'a control character'],
    ['a\tb', 'a control character'],
    ['a\u001B[31mb', 'a control character'],
    ['a\u0085b', 'a control character'],
    ['acme\0', 'a control character'],
  ])('%j is refused, and not repeated', (text, what) => {
    expect(() => givenText(text, 'setting')).toThrow(
      expect.objectContaining({ message: `the value contains ${what}` }),
    );
  });
});

test.each([
  ['"How did {agent} do?"', '"How did {agent} do?"'],
  [' \uFEFF“Thanks” \r\n', '“Thanks”'],
])('the sentence %j keeps its quotation marks', (text, value) => {
  expect(givenText(text, 'sentence')).toBe(value);
  expect(() => givenText('one\ntwo', 'sentence')).toThrow('the value contains a line break');
});

test.each([
  ['secret\n', 'secret'],
  ['secret\r\n', 'secret'],
  ['secret\r', 'secret'],
  ['\uFEFFsecret', 'secret'],
  ['secret\n\n', 'secret\n'],
  [' "secret" ', ' "secret" '],
  ['one\ntwo\n', 'one\ntwo'],
  ['\u200Bsecret\t', '\u200Bsecret\t'],
])('the secret %j is %j', (text, value) => {
  expect(givenText(text, 'secret')).toBe(value);
});

test('a path is the same in every folder', () => {
  expect(fixedPath('/srv/../data/')).toBe('/data');
  for (const path of [
    ...['data', '~/data', '~', '', '"/data', '/data"', '%h/data', '$HOME/data'],
    ...['/$HOME/data', '/srv/${NAME}', '/srv/$(hostname)', '/srv/data # ours', '/srv/data;', '/srv/data \\'],
    ...['“/srv/data”', '/srv/“data”', '/srv/data\\n', '/srv/data\\r\\n', '/tmp/ab=/tmp/cd', '/a/b:/c/d'],
    ...['/srv/$user/d', '/srv/`whoami`', '/srv/%i', '/srv/%h/x', '/srv/{{ name }}', '/srv/%USER%/d'],
  ]) {
    expect(() => fixedPath(path), path).toThrow(expect.objectContaining({ name: 'InvalidValue' }));
  }
  for (const path of [
    '/srv/~old/data',
    '/srv/#1',
    '/srv/a$b',
    '/srv/a b',
    '/srv/a%20b',
    '/srv/b%C3%BCcher',
    '/srv/100%',
    '/srv/a=b',
    '/srv/a:b',
    '/srv/{a}',
  ])
    expect(fixedPath(path)).toBe(path);
});
