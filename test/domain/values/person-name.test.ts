import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstNameOf } from '../../../src/domain/values/person-name.ts';

describe('the name to call an agent by', () => {
  test.each([
    ['Ann Lee', 'Ann'],
    ['  Ann\tLee ', 'Ann'],
    ['Ann', 'Ann'],
    ['Dr. Ann Lee', 'Ann'],
    ['Prof. Dr. Ann Lee', 'Ann'],
    ['MRS. Ann Lee', 'Ann'],
    ['Lee, Ann', 'Ann'],
    ['Lee, Dr. Ann Marie', 'Ann'],
    ['Ann Lee, PhD', 'Ann'],
    ['Ann Lee, Jr.', 'Ann'],
    ['Lee,', 'Lee'],
    ['Jean-Luc O’Neill', 'Jean-Luc'],
    ['李 小龍', '李'],
    ['أحمد علي', 'أحمد'],
    ['\u202eAnn\u202c Lee', 'Ann'],
    ['\u001b[31mAnn', '[31mAnn'],
    ['Ann\r\nBcc: x', 'Ann'],
    ['42 Ann', 'Ann'],
  ])('%j is %j', (name, first) => expect(firstNameOf(name)).toBe(first));

  test.each([
    [null],
    [''],
    ['   '],
    ['Dr.'],
    ['12345'],
    ['ann@acme.com'],
    ['Ann ann@acme.com'],
    ['x'.repeat(41)],
  ])('%j has none', (name) => expect(firstNameOf(name)).toBeNull());

  test('forty characters are still a name', () => expect(firstNameOf('x'.repeat(40))).toHaveLength(40));

  test('any text gives null or a word without control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (name) => {
        const first = firstNameOf(name);
        if (first === null) return;
        expect(first).toMatch(/\p{L}/u);
        expect(first).not.toMatch(/[\s\p{Cc}\p{Cs}]|[\u202a-\u202e\u2066-\u2069]/u);
        expect(first.length).toBeLessThanOrEqual(40);
      }),
    );
  });
});
