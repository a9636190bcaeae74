import { expect, test } from 'vitest';
import { mayBeFamilyFirst } from '../../../src/domain/values/family-first.ts';

test.each([
  'Nguyen Van An',
  'Kim Minsu',
  'Goh Wei Ming',
  'Tanaka Hiroshi',
  'Petrova Anna',
  'Acme Ann',
  'Галкина Аксинья',
  // A patronymic comes last, however many names there are.
  'Anna Belle Clara Petrovich',
  'Иванов Иван Петрович',
])('%s may begin with the family name', (name) => expect(mayBeFamilyFirst(name.split(' '))).toBe(true));

test.each([
  'Ann Lee',
  'Ann Petrovich',
  'Cosima Incera',
  'Acme Taylor',
  // Short first names before family names as short as they are.
  'Pat Lee',
  'Pat Nguyen',
  'Pat Wei Smith',
  'Bo',
  '',
])('%j does not', (name) => expect(mayBeFamilyFirst(name.split(' '))).toBe(false));
