import { expect, test } from 'vitest';
import { brandsOfInbox } from '../../../src/domain/eligibility/brands.ts';

const brands = [
  { name: 'nordwind', inboxes: ['inbox-1', 'Returns'] },
  { name: 'sud', inboxes: ['VIP'] },
];

test.each([
  [{ id: 'inbox-1', name: 'Support' }, ['nordwind']],
  [{ id: 'inbox-2', name: ' vip ' }, ['sud']],
  [{ id: 'inbox-1', name: 'VIP' }, ['nordwind', 'sud']],
  [{ id: 'inbox-3', name: null }, []],
  [null, []],
])('the inbox %j is claimed by %j', (inbox, names) => expect(brandsOfInbox(brands, inbox)).toEqual(names));
