import { expect, test } from 'vitest';
import { reasonText, reasonWords } from '../../../src/domain/eligibility/reason-words.ts';
import { reasonCodes } from '../../../src/domain/closing/reason.ts';

test('every reason has words of its own, with the code where scripts are meant', () => {
  expect(Object.keys(reasonWords).toSorted()).toEqual(reasonCodes.toSorted());
  expect(new Set(Object.values(reasonWords)).size).toBe(reasonCodes.length);
  expect(reasonText('too_old')).toBe('The closing was too old (too_old)');
});
