import { expect, test } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { errorFields } from '../../../src/workflow/context/error-fields.ts';

test('of a failure a log tells the kind, the code and the hint, never what the other side said', () => {
  const failure = new Failure('contract', 'unexpected_answer', 'Gladly said: no maria@example.com', {
    hint: 'try again',
  });
  expect(errorFields(failure)).toEqual({ kind: 'contract', code: 'unexpected_answer', hint: 'try again' });
});

test('of a defect it tells where it is, and nothing that it says', () => {
  const fields = errorFields(new TypeError('no field of maria@example.com'));
  expect(fields).toMatchObject({ code: 'defect', error: 'TypeError' });
  expect((fields['where'] as string[])[0]).toMatch(/^at .*error-fields\.test\.ts/);
  expect(JSON.stringify(fields)).not.toContain('maria');
  expect(errorFields('maria')).toEqual({ code: 'defect', error: 'string', where: [] });
});
