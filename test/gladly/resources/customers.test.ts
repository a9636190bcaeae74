import { describe, expect, test } from 'vitest';
import { card, clientFor, clientOf, failureOf, json, localGladly } from '../local-gladly.ts';

const moved = (to: string) => ({
  errors: [{ attr: 'customerId', code: 'moved', meta: { old: 'x', new: to } }],
});

describe('a customer', () => {
  test('has addresses, without the entries that are none', async () => {
    const client = await clientFor({
      name: 'Martha',
      emails: [
        { original: 'M@x.org', normalized: 'm@x.org', primary: true },
        'text',
        null,
        { original: null, primary: null },
      ],
      phones: [
        {
          original: 7244895501,
          normalized: '+17244895501',
          type: 'MOBILE',
          smsPreference: 'OFF',
          primary: 'true',
        },
      ],
    });
    expect((await client.getCustomer('u1')).customer).toEqual({
      id: 'u1',
      name: 'Martha',
      emails: [
        { original: 'M@x.org', normalized: 'm@x.org', primary: true },
        { original: null, normalized: null, primary: false },
      ],
      phones: [
        {
          original: '7244895501',
          normalized: '+17244895501',
          type: 'MOBILE',
          smsPreference: 'OFF',
          primary: true,
        },
      ],
    });
  });

  test('is not an empty object, which would say that there is no address', async () => {
    const failure = await failureOf((await clientFor({})).getCustomer('u1'));
    expect([failure.kind, failure.code]).toEqual(['temporary', 'not_an_answer']);
  });

  test('may lack everything', async () => {
    const client = await clientFor({ name: null, emails: null });
    const { customer } = await client.getCustomer('u1');
    expect(customer).toEqual({ id: 'u1', name: null, emails: [], phones: [] });
  });
});

describe('addresses in another shape than the contract has', () => {
  const kim = { original: 'Kim@x.org', normalized: 'kim@x.org', primary: true };
  test.each([
    [{}],
    ['kim@x.org'],
    [true],
    [{ primary: kim }],
    [['kim@x.org']],
    [[{ address: 'kim@x.org', primary: true }]],
    [[{ original: { value: 'kim@x.org' }, normalized: null }]],
    [[null, { original: ['kim@x.org'] }]],
    [[{ primary: true }]],
  ])('are no customer without one: %j', async (given) => {
    for (const name of ['emails', 'phones']) {
      const failure = await failureOf((await clientFor({ id: 'u1', [name]: given })).getCustomer('u1'));
      expect([failure.kind, failure.code]).toEqual(['contract', 'unreadable_answer']);
      expect(failure.message).toContain(name);
      expect(failure.message).not.toContain('kim');
    }
  });

  test.each([
    [null, 0],
    [[], 0],
    [[null], 0],
    [[{ original: null, normalized: '' }], 1],
    [['kim@x.org', kim], 1],
    [[{ original: {}, normalized: 'kim@x.org' }], 1],
  ])('%j is read, with so many addresses: %i', async (given, count) => {
    const { customer } = await (await clientFor({ id: 'u1', emails: given })).getCustomer('u1');
    expect(customer.emails).toHaveLength(count);
  });
});

describe('a merged customer', () => {
  test('is followed through a chain', async () => {
    const gladly = await localGladly(({ url }, response) => {
      const number = Number(url.split('/u')[1]);
      if (number < 5) json(response, 301, moved(`u${number + 1}`));
      else json(response, 200, { id: 'u5', name: 'Martha' });
    });
    const { customer, mergedFrom } = await clientOf(gladly.origin).getCustomer('u0');
    expect(customer.id).toBe('u5');
    expect(mergedFrom).toEqual(['u0', 'u1', 'u2', 'u3', 'u4']);
  });

  test('is not followed forever', async () => {
    const gladly = await localGladly(({ url }, response) =>
      json(response, 301, moved(`u${Number(url.split('/u')[1]) + 1}`)),
    );
    const failure = await failureOf(clientOf(gladly.origin).getCustomer('u0'));
    expect([failure.kind, failure.code]).toEqual(['contract', 'merge_loop']);
    expect(gladly.received).toHaveLength(6);
  });

  test('that leads back to itself is a failure', async () => {
    const gladly = await localGladly(({ url }, response) =>
      json(response, 301, moved(url.endsWith('u1') ? 'u2' : 'u1')),
    );
    const failure = await failureOf(clientOf(gladly.origin).getCustomer('u1'));
    expect(failure.code).toBe('merge_loop');
    expect(gladly.received).toHaveLength(2);
  });

  test('is found by the Location when the body names no id', async () => {
    const gladly = await localGladly(({ url, method }, response) => {
      if (url.includes('u%2F2')) json(response, 200, method === 'GET' ? { id: 'u/2' } : {});
      else response.writeHead(301, { location: url.replace('u1', 'u%2F2') }).end();
    });
    const client = clientOf(gladly.origin);
    expect((await client.getCustomer('u1')).customer.id).toBe('u/2');
    expect((await client.createCustomerItem('u1', card)).customerId).toBe('u/2');
  });

  test('whose new id is missing cannot be followed', async () => {
    const gladly = await localGladly((_, response) => json(response, 301, { errors: [{ code: 'moved' }] }));
    const failure = await failureOf(clientOf(gladly.origin).getCustomer('u1'));
    expect([failure.kind, failure.code]).toEqual(['contract', 'redirected']);
    expect(gladly.received).toHaveLength(1);
  });

  test('gets the card with its method and body', async () => {
    const gladly = await localGladly(({ url }, response) =>
      url.includes('/u1/') ? json(response, 301, moved('u2')) : json(response, 200, {}),
    );
    const answer = await clientOf(gladly.origin).createCustomerItem('u1', card);
    expect(answer).toEqual({ created: 'created', customerId: 'u2' });
    expect(gladly.received.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /api/v1/customers/u1/conversation-items',
      'POST /api/v1/customers/u2/conversation-items',
    ]);
    expect(JSON.parse(gladly.received[1]!.body)).toEqual(card);
  });
});
