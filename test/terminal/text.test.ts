import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clean, cleanBlock, escapeControls } from '../../src/terminal/text.ts';

describe('clean', () => {
  test.each([
    ['\u001B[31mred\u001B[0m', 'red'],
    ['\u001B]0;new title\u0007after', 'after'],
    ['\u001B]8;;https://evil.example\u001B\\click\u001B]8;;\u001B\\', 'click'],
    ['\u009B2Jwiped', 'wiped'],
    ['\u001BPdevice\u001B\\control', 'control'],
    ['a\u0000b\u0007c\u007Fd\u0085e', 'abcd e'],
    ['line\r\nline\n\n\tline', 'line line line'],
    ['user\u202Etxt.exe', 'usertxt.exe'],
    ['\u2066a\u2069\u200Fb\uFEFF', 'ab'],
    ['half \uD83D', 'half \uFFFD'],
    ['Zoë 🙂 家族', 'Zoë 🙂 家族'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
  ])('%j becomes %j', (value, expected) => {
    expect(clean(value)).toBe(expected);
  });

  const hostile = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        '\u001B',
        '[',
        ']',
        '\u009B',
        '31m',
        '\u0007',
        '\u202E',
        '\n',
        '\r',
        '\u0090',
        'x',
        '\u2028',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
  });
  const obeyed = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\u2028\u2029\uFEFF]|\p{Surrogate}/u;

  test('nothing is left that a terminal obeys, and cleaning again changes nothing', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        expect(clean(value)).not.toMatch(obeyed);
        expect(clean(clean(value))).toBe(clean(value));
      }),
      { numRuns: 2000 },
    );
  });

  test('a block keeps its lines and, if asked, its colors, nothing else', () => {
    expect(cleanBlock('one\n\u001B[31mtwo\u001B[39m\u001B[2J\n', true)).toBe(
      'one\n\u001B[31mtwo\u001B[39m\n',
    );
    expect(cleanBlock('one\n\u001B[31mtwo\u001B[39m\r\n', false)).toBe('one\ntwo\n');
    fc.assert(
      fc.property(hostile, (value) => {
        const rest = cleanBlock(value, true).replace(/\u001B\[[\d;]*m|\n/g, '');
        expect(rest).not.toMatch(obeyed);
      }),
      { numRuns: 2000 },
    );
  });

  test('JSON means the same, and shows no control character', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const json = escapeControls(JSON.stringify({ value }, null, 2));
        expect(json.replaceAll('\n', '')).not.toMatch(obeyed);
        expect(JSON.parse(json)).toEqual({ value });
      }),
      { numRuns: 2000 },
    );
  });
});
