import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { cut, table, wrap, type Column } from '../../src/terminal/table.ts';

interface Person {
  id: string;
  name: string;
  note: string;
}

const columns: readonly Column<Person>[] = [
  { title: 'ID', value: ({ id }) => id, overflow: 'keep' },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'NOTE', value: ({ note }) => note, overflow: 'wrap' },
];

describe('table', () => {
  test('aligns, wide characters too, and leaves no spaces at the end', () => {
    const rows = [
      { id: 'a', name: '家族', note: 'x' },
      { id: 'bb', name: 'Zoë', note: '' },
    ];
    expect(table(rows, columns, { width: 80 })).toBe(['ID  NAME  NOTE', 'a   家族  x', 'bb  Zoë'].join('\n'));
  });

  test('cuts, wraps and keeps', () => {
    const rows = [{ id: 'an-id-of-some-length', name: 'Maximiliane', note: 'one two three four five' }];
    expect(table(rows, columns, { width: 42 })).toBe(
      [
        'ID                    NAME       NOTE',
        'an-id-of-some-length  Maximili…  one two',
        '                                 three',
        '                                 four five',
      ].join('\n'),
    );
  });

  test('right-aligns and paints the padded cell', () => {
    const numbers: Column<number>[] = [
      { title: 'COUNT', value: String, align: 'right', paint: (text) => `<${text}>` },
    ];
    expect(table([5, 1234], numbers, { width: 80 })).toBe('COUNT\n    <5>\n <1234>');
  });

  test('a value can neither break the line nor color it', () => {
    const rows = [{ id: 'a\nb', name: '\u001B[31mred', note: 'x\ry' }];
    expect(table(rows, columns, { width: 80 })).toBe('ID   NAME  NOTE\na b  red   x y');
  });

  test('never exceeds the width while a column can give way', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '家', '🙂', ' ', '👩‍👩‍👧'), maxLength: 60 });
    const row = fc.record({ id: fc.constant('id'), name: text, note: text });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), fc.integer({ min: 20, max: 100 }), (rows, width) => {
        for (const line of table(rows, columns, { width }).split('\n')) {
          expect(stringWidth(line)).toBeLessThanOrEqual(width);
        }
      }),
    );
  });
});

test('cut never halves a character', () => {
  expect(cut('家族家族', 5)).toBe('家族…');
  expect(cut('👩‍👩‍👧👩‍👩‍👧', 3)).toBe('👩‍👩‍👧…');
  expect(cut('short', 5)).toBe('short');
});

test('wrap breaks long words, and keeps every letter', () => {
  expect(wrap('aaaaaaa bb', 3)).toEqual(['aaa', 'aaa', 'a', 'bb']);
  expect(wrap('', 5)).toEqual(['']);
  expect(wrap('家', 1)).toEqual(['家']);
});
