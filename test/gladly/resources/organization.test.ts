import { describe, expect, test } from 'vitest';
import { clientFor, failureOf } from '../local-gladly.ts';

describe('directories', () => {
  test('an entry without an id is left out, the others stay', async () => {
    const agents = [
      { id: 'a1', name: 'Amy', emailAddress: 'amy@x.org' },
      { name: 'nobody' },
      null,
      { id: 2 },
    ];
    expect(await (await clientFor(agents)).getAgents()).toEqual([
      { id: 'a1', name: 'Amy', email: 'amy@x.org' },
      { id: '2', name: null, email: null },
    ]);
    const topics = [{ id: 't1', name: 'Order', disabled: true, parentId: 't0' }, { id: '' }];
    expect(await (await clientFor(topics)).getTopics()).toEqual([
      { id: 't1', name: 'Order', parentId: 't0', disabled: true },
    ]);
    const unsure = [
      { id: 't2', name: ['Order'] },
      { id: 't3', parentId: [] },
      { id: {} },
      { id: 4, name: 5 },
    ];
    expect(await (await clientFor(unsure)).getTopics()).toEqual([
      { id: '4', name: '5', parentId: null, disabled: false },
    ]);
    expect(await (await clientFor([{ id: 'i1' }])).getInboxes()).toEqual([{ id: 'i1', name: null }]);
  });

  test('an answer that is not a list cannot be used', async () => {
    const failure = await failureOf((await clientFor({ agents: [] })).getAgents());
    expect([failure.kind, failure.code]).toEqual(['contract', 'unreadable_answer']);
  });

  test('the organization may lack everything', async () => {
    const organization = await (await clientFor({ timezone: 'Europe/Berlin' })).getOrganization();
    expect(organization).toEqual({ id: null, name: null, timezone: 'Europe/Berlin' });
    expect(await (await clientFor({})).getOrganization()).toEqual({ id: null, name: null, timezone: null });
  });

  test('an object without any known property is not an empty one', async () => {
    const client = await clientFor({ hello: ['world'] });
    const asked = [client.getOrganization(), client.getCustomer('u1'), client.getAgent('a1')];
    for (const answer of asked) {
      const failure = await failureOf(answer);
      expect([failure.kind, failure.code]).toEqual(['contract', 'unreadable_answer']);
      expect(failure.message).toContain('none of the properties id, name');
    }
    const { customer } = await (await clientFor({ address: 'Main Street 1' })).getCustomer('u1');
    expect(customer).toEqual({ id: 'u1', name: null, emails: [], phones: [] });
  });
});
