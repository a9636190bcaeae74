import { expect, test } from 'vitest';
import { idOf, isObject, numberOf, objectOf, storableId, textOf } from '../../../src/domain/values/json.ts';

test('an object is no list, no null, and nothing simple', () => {
  const object = { a: 1 };
  expect([object, {}].map(isObject)).toEqual([true, true]);
  expect([[], null, undefined, 'text', 7, true].map(isObject)).toEqual(Array(6).fill(false));
  expect(objectOf(object)).toBe(object);
  expect([['a'], null, 'text'].map(objectOf)).toEqual([{}, {}, {}]);
});

test('a number is read as text, but not one that JSON cannot have', () => {
  expect(['text', '', 7, 0.5, -1].map(textOf)).toEqual(['text', '', '7', '0.5', '-1']);
  expect([Number.NaN, Number.POSITIVE_INFINITY, true, null, undefined, {}].map(textOf)).toEqual(
    Array(6).fill(null),
  );
});

test('an id is any text that is not blank, with its spaces', () => {
  expect([' a ', 7, '0'].map(idOf)).toEqual([' a ', '7', '0']);
  expect(['', ' \t\n', null, {}].map(idOf)).toEqual([null, null, null, null]);
});

test.each([
  ['12', 12],
  [' 12.25 ', 12.25],
  [3.5, 3.5],
  ['0', 0],
  ['.5', null],
  ['5.', null],
  ['1.2.3', null],
  ['-1', null],
  ['a1', null],
  ['1a', null],
  ['1x5', null],
  ['', null],
  [null, null],
])('%j is the number %j', (value, number) => expect(numberOf(value)).toBe(number));

test('an id that is too long, or that no store can keep, is none', () => {
  expect(storableId('x'.repeat(4096))).toHaveLength(4096);
  expect(storableId(4711)).toBe('4711');
  expect(['x'.repeat(4097), 'a\0b', 'half \ud83d', ' ', null].map(storableId)).toEqual(Array(5).fill(null));
});
