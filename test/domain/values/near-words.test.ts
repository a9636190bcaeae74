import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearNames, nearWords } from '../../../src/domain/values/near-words.ts';

/** The distance by its definition: without the last letter of either word, or of both. */
function distance(one: string, other: string): number {
  if (one === '' || other === '') return one.length + other.length;
  const [less, shorter] = [one.slice(0, -1), other.slice(0, -1)];
  return Math.min(
    distance(less, other) + 1,
    distance(one, shorter) + 1,
    distance(less, shorter) + (one.at(-1) === other.at(-1) ? 0 : 1),
  );
}

describe('words that someone may have meant', () => {
  test.each([
    ['lst', 'list', true],
    ['lst', 'lists', false],
    ['lsit', 'list', true],
    ['list', 'laxt', true],
    ['list', 'laxx', false],
    ['configure', 'configabc', true],
    ['configure', 'confiabcd', false],
    ['LIST', 'list', true],
    ['list', 'LIST', true],
    ['', 'a', true],
    ['', 'ab', false],
  ])('for %j is %j one: %s', (word, candidate, isNear) => {
    expect(nearWords(word, [candidate])).toEqual(isNear ? [candidate] : []);
  });

  test('differ in two letters at most, or in a third of them', () => {
    const words = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
    fc.assert(
      fc.property(words, words, (word, candidate) => {
        const most = word.length < 4 ? 1 : 2;
        expect(nearWords(word, [candidate])).toEqual(distance(word, candidate) <= most ? [candidate] : []);
      }),
      { numRuns: 300 },
    );
  });

  test('come in this order: those that the word begins, the nearest, and as they were given', () => {
    expect(nearWords('send', ['bend', 'sands', 'mend', 'sendxy', 'sent'])).toEqual([
      'sendxy',
      'bend',
      'mend',
      'sent',
      'sands',
    ]);
    expect(nearWords('SEND', ['bend', 'sendxy'])).toEqual(['sendxy', 'bend']);
    expect(nearWords('send', ['bend', 'SENDXY'])).toEqual(['SENDXY', 'bend']);
  });
});

describe('names that someone may have meant', () => {
  const names = ['Customer Support', 'Suport', 'Billing', 'VIP Suppord', 'Support', 'Spam'];

  test('contain the text, or are spelled like it, or have a word that is', () => {
    expect(nearNames('support', names)).toEqual(['Customer Support', 'Support', 'Suport', 'VIP Suppord']);
    expect(nearNames('SUPPORT ', names)).toEqual(nearNames('support', names));
    expect(nearNames('bil', names)).toEqual(['Billing']);
    expect(nearNames('vip supord', names)).toEqual(['VIP Suppord']);
  });

  test('are none for no text, or where nothing is like it', () => {
    expect(nearNames('', names)).toEqual([]);
    expect(nearNames('returns', names)).toEqual([]);
  });
});
