import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { all, clientOf, conversation, credentials, failureOf, json, localGladly } from './local-gladly.ts';

describe('a request', () => {
  test('carries the credentials as Basic authentication and names the client', async () => {
    const gladly = await localGladly((_, response) => json(response, 200, conversation));
    await clientOf(gladly.origin).getConversation('c1');
    const { headers, url } = gladly.received[0]!;
    const basic = Buffer.from(`${credentials.email}:${credentials.token}`).toString('base64');
    expect(headers.authorization).toBe(`Basic ${basic}`);
    expect(headers['user-agent']).toBe('gcsat/test');
    expect(url).toBe('/api/v1/conversations/c1');
  });

  test('counts the requests that left, by operation', async () => {
    const gladly = await localGladly((_, response) => json(response, 200, []));
    const client = clientOf(gladly.origin);
    await client.getAgents();
    await client.getInboxes();
    await client.getInboxes();
    expect(client.counts).toEqual({
      gladly: 3,
      retried: 0,
      rateLimited: 0,
      byOperation: { getAgents: 1, getInboxes: 2 },
    });
  });

  test('that is the same as one in flight is not made again', async () => {
    const waiting: (() => void)[] = [];
    const gladly = await localGladly(({ url }, response) => {
      waiting.push(() => json(response, 200, { ...conversation, id: url.split('/').at(-1) }));
      if (waiting.length === 2) for (const answer of waiting) answer();
    });
    const client = clientOf(gladly.origin);
    const [first, second, other] = await Promise.all([
      client.getConversation('c1'),
      client.getConversation('c1'),
      client.getConversation('c2'),
    ]);
    expect(first).toEqual(second);
    expect(other.customerId).toBe('u1');
    expect(gladly.urls().sort()).toEqual(['/api/v1/conversations/c1', '/api/v1/conversations/c2']);
  });

  test('is made again after an earlier one was answered', async () => {
    const gladly = await localGladly((_, response) => json(response, 200, conversation));
    const client = clientOf(gladly.origin);
    await client.getConversation('c1');
    await client.getConversation('c1');
    expect(gladly.received).toHaveLength(2);
  });

  test('does not start after the signal', async () => {
    const gladly = await localGladly((_, response) => json(response, 200, conversation));
    const stop = new AbortController();
    const client = clientOf(gladly.origin, { signal: stop.signal });
    stop.abort(new Error('stopped by hand'));
    await expect(client.getConversation('c1')).rejects.toThrow('stopped by hand');
    expect(gladly.received).toHaveLength(0);
  });

  test('in flight finishes after the signal', async () => {
    const stop = new AbortController();
    const gladly = await localGladly((_, response) => {
      stop.abort(new Error('stopped by hand'));
      setTimeout(() => json(response, 200, conversation), 20);
    });
    const client = clientOf(gladly.origin, { signal: stop.signal });
    expect((await client.getConversation('c1')).id).toBe('c1');
  });
});

describe('ids', () => {
  test.each(['a/b', '../x', 'ü 漢', '100%', 'a?b#c', '%2e%2e', '...', 'tab\there', '\\'])(
    'the id %j is one segment of the path',
    async (id) => {
      const gladly = await localGladly((_, response) => json(response, 200, { ...conversation, id }));
      expect((await clientOf(gladly.origin).getConversation(id)).id).toBe(id);
      const segments = gladly.received[0]!.url.split('/');
      expect(segments).toHaveLength(5);
      expect(decodeURIComponent(segments[4]!)).toBe(id);
    },
  );

  test('any text stays inside its segment or is refused before anything is sent', async () => {
    const gladly = await localGladly((_, response) => json(response, 200, conversation));
    const client = clientOf(gladly.origin);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 20 }), async (id) => {
        const before = gladly.received.length;
        const asked = await client.getConversationItems(id).catch((error: unknown) => error);
        expect(asked).toBeInstanceOf(Error);
        const sent = gladly.received.slice(before);
        if (sent.length === 0) expect(['', '.', '..']).toContain(id);
        else
          expect(
            decodeURIComponent(/^\/api\/v1\/conversations\/([^/]*)\/items$/.exec(sent[0]!.url)![1]!),
          ).toBe(id);
      }),
      { numRuns: 150 },
    );
  });

  test.each(['', '.', '..', 'a\ud800'])('the id %j names nothing and is never sent', async (id) => {
    const gladly = await localGladly((_, response) => json(response, 200, conversation));
    const client = clientOf(gladly.origin);
    const failure = await failureOf(client.getConversation(id));
    expect([failure.kind, failure.code]).toEqual(['not_found', 'conversation_not_found']);
    expect(await client.getAgent(id)).toBeNull();
    expect(await client.getItem(id)).toBeNull();
    expect(await client.deleteCustomerItem('u1', id)).toBe('absent');
    expect(await client.downloadRecording(id, { maxBytes: 1 })).toBeNull();
    expect(gladly.received).toHaveLength(0);
  });
});

describe('the origin', () => {
  test.each([301, 302, 303, 307, 308])('a %i to another host gets no request', async (status) => {
    const thief = await localGladly((_, response) => json(response, 200, conversation));
    const gladly = await localGladly((request, response) => {
      response.writeHead(status, { location: `${thief.origin}${request.url}` });
      response.end();
    });
    const client = clientOf(gladly.origin);
    const failures = [
      await failureOf(client.getConversation('c1')),
      await failureOf(client.getAgents()),
      await failureOf(
        all(client.events({ startAt: '2026-11-22T09:00:00.000Z', entities: ['CONVERSATION'] })),
      ),
      await failureOf(client.downloadRecording('m1', { maxBytes: 10 })),
      await failureOf(client.getCustomer('u1')),
    ];
    expect(failures.map(({ kind }) => kind)).toEqual(Array(5).fill('contract'));
    expect(thief.received).toHaveLength(0);
    expect(gladly.received.length).toBeLessThanOrEqual(6);
  });

  test('a merge that names another host is followed by its id alone, on our own origin', async () => {
    const thief = await localGladly((_, response) => json(response, 200, {}));
    const gladly = await localGladly(({ url }, response) => {
      if (url.endsWith('/u2')) json(response, 200, { id: 'u2' });
      else response.writeHead(301, { location: `${thief.origin}/api/v1/customer-profiles/u2` }).end();
    });
    expect((await clientOf(gladly.origin).getCustomer('u1')).customer.id).toBe('u2');
    expect(thief.received).toHaveLength(0);
  });
});

describe('objects that may be missing', () => {
  test('an agent, an inbox, a topic and an item that do not exist are null', async () => {
    const gladly = await localGladly((_, response) => {
      response.statusCode = 404;
      response.end();
    });
    const client = clientOf(gladly.origin);
    expect(await client.getAgent('a9')).toBeNull();
    expect(await client.getInbox('i9')).toBeNull();
    expect(await client.getTopic('t9')).toBeNull();
    expect(await client.getItem('m9')).toBeNull();
    expect(gladly.received).toHaveLength(4);
  });

  test('an item of an unsupported type and an id of an agent or inbox that Gladly finds invalid are null', async () => {
    const gladly = await localGladly((_, response) =>
      json(response, 400, { errors: [{ code: 'invalid', detail: 'not supported' }] }),
    );
    const client = clientOf(gladly.origin);
    expect(await client.getItem('m9')).toBeNull();
    expect(await client.getAgent('a9')).toBeNull();
    expect(await client.getInbox('i9')).toBeNull();
    expect((await failureOf(client.getTopic('t9'))).kind).toBe('contract');
  });

  test.each([
    [{}, 3, false],
    [{ 'gladly-limited-data': 'true' }, 3, true],
    [{ 'gladly-limited-data': '' }, 3, true],
    [{ 'gladly-limited-data': 'False' }, 3, false],
    [{}, 999, false],
    [{}, 1000, true],
    [{ 'gladly-limited-data': 'false' }, 1000, true],
  ])('a timeline with the headers %j and %i items is limited: %s', async (headers, count, limited) => {
    const gladly = await localGladly((_, response) =>
      json(response, 200, Array(count).fill({ id: 'm' }), headers),
    );
    const answer = await clientOf(gladly.origin).getConversationItems('c1');
    expect([answer.items.length, answer.limited]).toEqual([count, limited]);
  });
});
