import { describe, expect, test } from 'vitest';
import { card, clientOf, failureOf, json, localGladly } from '../local-gladly.ts';

describe('a card', () => {
  test('that exists already is taken', async () => {
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
    ['a page', '<html>Sign in</html>', 'temporary', 'not_an_answer'],
    ['JSON of something else', '{"hello": ["world"]}', 'contract', 'unreadable_answer'],
    ['no JSON', 'OK', 'temporary', 'not_an_answer'],
  ])(
    'is not considered posted or deleted because of %s, whatever the status',
    async (_, body, kind, code) => {
      const gladly = await localGladly((_request, response) => response.writeHead(200).end(body));
      const client = clientOf(gladly.origin);
      const posted = await failureOf(client.createCustomerItem('u1', card));
      expect([posted.kind, posted.code]).toEqual([kind, code]);
      for (const deleting of [client.deleteCustomerItem('u1', 'card-1'), client.deleteItem('card-1')]) {
        expect((await failureOf(deleting)).kind).toBe(kind);
      }
    },
  );

  test('for an unknown customer is a failure about the customer', async () => {
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
