import { describe, expect, test } from 'vitest';
import { clientOf, conversation, failureOf, json, localGladly, type Respond } from '../local-gladly.ts';

describe('an answer that is not JSON', () => {
  const raw =
    (body: string, type: string): Respond =>
    (_, response) => {
      response.writeHead(200, { 'content-type': type });
      response.end(body);
    };

  test.each([
    ['the page of a proxy', '\n<!doctype html><title>Log in</title>', 'text/html', 'page'],
    ['a sentence', 'Service temporarily unavailable', 'text/plain', 'text'],
    [
      'an error',
      '{"errors":[{"code":"temporary_failure","detail":"try later"}]}',
      'application/json',
      'later',
    ],
    [
      'one error as an object',
      '{"errors":{"code":"temporary_failure"}}',
      'application/json',
      'temporary_fail',
    ],
    [
      'a bare list of errors',
      '[{"code":"temporary_failure","attr":"x"}]',
      'application/json',
      'temporary_fail',
    ],
    ['nothing', ' \n', 'application/json', 'nothing'],
    ['the error of a gateway', '{"message":"Endpoint request timed out"}', 'application/json', 'an error'],
    ['an error with its status', '{"error":"Internal","status":500}', 'application/json', 'an error'],
    ['a sentence as JSON', '"Internal error"', 'application/json', 'a bare string'],
    ['null', 'null', 'application/json', 'a bare null'],
    ['no', 'false', 'application/json', 'a bare boolean'],
  ])(
    '%s in its place passes: it is requested again, and in the end is temporary',
    async (_, body, type, says) => {
      const gladly = await localGladly((request, response, number) =>
        number === 2 ? json(response, 200, conversation) : raw(body, type)(request, response, number),
      );
      const client = clientOf(gladly.origin);
      expect((await client.getConversation('c1')).id).toBe('c1');
      expect(gladly.received).toHaveLength(2);
      for (const ask of [() => client.getConversationItems('c1'), () => client.getCustomer('u1')]) {
        const failure = await failureOf(ask());
        expect([failure.kind, failure.code]).toEqual(['temporary', 'not_an_answer']);
        expect(failure.message).toContain(says);
      }
      expect(gladly.received).toHaveLength(2 + 2 * 6);
    },
  );

  test('an object with an id is what was requested, whatever else it has', async () => {
    const gladly = await localGladly(raw(JSON.stringify({ ...conversation, errors: [] }), 'text/plain'));
    expect((await clientOf(gladly.origin).getConversation('c1')).id).toBe('c1');
  });

  test('JSON with a mistake in the middle is not requested again', async () => {
    const gladly = await localGladly(raw('{"id":"c1",,"status":"CLOSED"}', 'application/json'));
    expect((await failureOf(clientOf(gladly.origin).getConversation('c1'))).kind).toBe('contract');
    expect(gladly.received).toHaveLength(1);
  });

  test.each(['', '{"id":"c', '[{"id":"c1"}', '{"id":"a\\"', '{"a":{"b":1}'])(
    'JSON that ends early (%j) is requested again',
    async (body) => {
      const gladly = await localGladly((request, response, number) =>
        number < 3
          ? raw(body, 'application/json')(request, response, number)
          : json(response, 200, conversation),
      );
      const client = clientOf(gladly.origin);
      expect((await client.getConversation('c1')).id).toBe('c1');
      expect(client.counts.retried).toBe(2);
    },
  );

  test.each([
    ['a string', '{"id":"', 'x'],
    ['a string of escapes', '{"id":"', '\\"'],
    ['strings', '[', '"x",'],
  ])(
    'JSON that ends early after millions of characters of %s is requested again',
    async (_, beginning, piece) => {
      const body = beginning + piece.repeat(14_000_000 / piece.length);
      const gladly = await localGladly((request, response, number) =>
        number === 1
          ? raw(body, 'application/json')(request, response, number)
          : json(response, 200, conversation),
      );
      const client = clientOf(gladly.origin, { timeoutMs: 30_000 });
      expect((await client.getConversation('c1')).id).toBe('c1');
      expect(client.counts.retried).toBe(1);
    },
  );

  test('a byte order mark does no harm', async () => {
    const gladly = await localGladly(raw(`\ufeff${JSON.stringify(conversation)}`, 'application/json'));
    expect((await clientOf(gladly.origin).getConversation('c1')).id).toBe('c1');
  });

  test('a body over the limit is not read to its end', async () => {
    const gladly = await localGladly((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const piece = Buffer.alloc(1024 * 1024, ' ');
      const write = (): void => {
        while (!response.destroyed) if (!response.write(piece)) return void response.once('drain', write);
      };
      write();
    });
    const failure = await failureOf(clientOf(gladly.origin, { timeoutMs: 30_000 }).getConversation('c1'));
    expect(failure.kind).toBe('contract');
    expect(failure.message).toContain('more than 16777216 bytes');
    expect(gladly.received).toHaveLength(1);
  });
});
