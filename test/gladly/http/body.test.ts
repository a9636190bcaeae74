import { describe, expect, test } from 'vitest';
import { clientOf, conversation, failureOf, json, localGladly, type Respond } from '../local-gladly.ts';

describe('an answer that is not JSON', () => {
  const raw =
    (body: string, type: string): Respond =>
    (_, response) => {
      response.writeHead(200, { 'content-type': type });
      response.end(body);
    };

  test('the page of a proxy is recognized at once', async () => {
    const gladly = await localGladly(raw('\n<!doctype html><title>Log in</title>', 'text/html'));
    const failure = await failureOf(clientOf(gladly.origin).getConversation('c1'));
    expect([failure.kind, failure.code]).toEqual(['contract', 'unreadable_answer']);
    expect(failure.message).toContain('page');
    expect(gladly.received).toHaveLength(1);
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
