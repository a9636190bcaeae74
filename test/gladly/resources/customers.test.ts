import { describe, expect, test } from 'vitest';
import type { NewItem } from '../../../src/gladly/resources/customers.ts';
import { clientOf, failureOf, json, localGladly } from '../local-gladly.ts';

const moved = (to: string) => ({
  errors: [{ attr: 'customerId', code: 'moved', meta: { old: 'x', new: to } }],
});

const card: NewItem = {
  id: 'card-1',
  content: { type: 'CUSTOMER_ACTIVITY', activityType: 'SURVEY', title: 'CSAT 5/5: resolved' },
};

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

  test('is not followed for ever', async () => {
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

  test('is found by the Location when the body names nobody', async () => {
    const gladly = await localGladly(({ url, method }, response) => {
      if (url.includes('u%2F2')) json(response, 200, method === 'GET' ? { id: 'u/2' } : {});
      else response.writeHead(301, { location: url.replace('u1', 'u%2F2') }).end();
    });
    const client = clientOf(gladly.origin);
    expect((await client.getCustomer('u1')).customer.id).toBe('u/2');
    expect((await client.createCustomerItem('u1', card)).customerId).toBe('u/2');
  });

  test('whom nothing names cannot be followed', async () => {
    const gladly = await localGladly((_, response) => json(response, 301, { errors: [{ code: 'moved' }] }));
    const failure = await failureOf(clientOf(gladly.origin).getCustomer('u1'));
    expect([failure.kind, failure.code]).toEqual(['contract', 'redirected']);
    expect(gladly.received).toHaveLength(1);
  });

  test('takes the card with its method and body', async () => {
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

describe('a card', () => {
  test('that is there already is taken', async () => {
    const gladly = await localGladly((_, response) =>
      json(response, 409, { errors: [{ attr: 'newConversationItems', code: 'taken' }] }),
    );
    const answer = await clientOf(gladly.origin).createCustomerItem('u1', card);
    expect(answer).toEqual({ created: 'taken', customerId: 'u1' });
    expect(gladly.received).toHaveLength(1);
  });

  test('is posted again when the answer was lost, because it has an id of its own', async () => {
    const gladly = await localGladly((_, response, number) => {
      if (number === 1) response.destroy();
      else json(response, 409, { errors: [{ code: 'taken' }] });
    });
    expect((await clientOf(gladly.origin).createCustomerItem('u1', card)).created).toBe('taken');
    expect(gladly.received).toHaveLength(2);
  });

  test.each([
    ['a page', '<html>Sign in</html>'],
    ['JSON of something else', '{"hello": ["world"]}'],
    ['no JSON', 'OK'],
  ])('is not taken for posted or deleted because of %s, whatever the status', async (_, body) => {
    const gladly = await localGladly((_request, response) => response.writeHead(200).end(body));
    const client = clientOf(gladly.origin);
    const posted = await failureOf(client.createCustomerItem('u1', card));
    expect([posted.kind, posted.code]).toEqual(['contract', 'unreadable_answer']);
    for (const deleting of [client.deleteCustomerItem('u1', 'card-1'), client.deleteItem('card-1')]) {
      expect((await failureOf(deleting)).kind).toBe('contract');
    }
  });

  test('for nobody is a failure of the customer', async () => {
    const gladly = await localGladly((_, response) => {
      response.statusCode = 404;
      response.end();
    });
    const failure = await failureOf(clientOf(gladly.origin).createCustomerItem('u1', card));
    expect([failure.kind, failure.code]).toEqual(['not_found', 'customer_not_found']);
  });

  test.each(['', 'null', ' {}\n'])('is deleted by a 200 that says %j', async (body) => {
    const gladly = await localGladly((_, response) => void response.end(body));
    const client = clientOf(gladly.origin);
    expect(await client.deleteCustomerItem('u1', 'card-1')).toBe('deleted');
    expect(await client.deleteItem('card-1')).toBe('deleted');
  });

  test('is deleted, or was not there', async () => {
    const gladly = await localGladly((_, response, number) => {
      response.statusCode = number === 1 ? 204 : 404;
      response.end();
    });
    const client = clientOf(gladly.origin);
    expect(await client.deleteCustomerItem('u1', 'card-1')).toBe('deleted');
    expect(await client.deleteCustomerItem('u1', 'card-1')).toBe('absent');
    expect(gladly.urls()[0]).toBe('/api/v1/customers/u1/conversation-items/card-1');
  });
});
