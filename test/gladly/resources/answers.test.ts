import { describe, expect, test } from 'vitest';
import { readTime } from '../../../src/gladly/resources/answers.ts';
import { clientOf, conversation, failureOf, json, localGladly } from '../local-gladly.ts';
import type { Respond } from '../local-gladly.ts';

const answering =
  (value: unknown): Respond =>
  (_, response) =>
    json(response, 200, value);

async function clientFor(value: unknown) {
  return clientOf((await localGladly(answering(value))).origin);
}

describe('a conversation', () => {
  test('is read with its times in UTC milliseconds', async () => {
    const client = await clientFor({ ...conversation, somethingNew: { deep: [1] } });
    expect(await client.getConversation('c1')).toEqual({
      id: 'c1',
      customerId: 'u1',
      agentId: 'a1',
      inboxId: 'i1',
      topicIds: ['t1'],
      status: 'CLOSED',
      createdAt: '2026-11-20T08:00:00.000Z',
      closedAt: '2026-11-21T09:30:00.123Z',
    });
  });

  test('takes null for absent, numbers for text and states that we do not know', async () => {
    const client = await clientFor({
      id: 17,
      customerId: 23,
      agentId: null,
      inboxId: '',
      topicIds: ['t1', null, 5, '', { id: 't2', name: 'Order' }, { id: 6 }],
      status: 'MERGED',
      createdAt: 'soon',
      closedAt: null,
    });
    expect(await client.getConversation('17')).toEqual({
      id: '17',
      customerId: '23',
      agentId: null,
      inboxId: null,
      topicIds: ['t1', '5', 't2', '6'],
      status: 'MERGED',
      createdAt: null,
      closedAt: null,
    });
  });

  test.each(['id', 'customerId', 'status'])('without %s cannot be used', async (field) => {
    const client = await clientFor({ ...conversation, [field]: null });
    const failure = await failureOf(client.getConversation('c1'));
    expect(failure.kind).toBe('contract');
    expect(failure.message).toContain('getConversation of conversation c1');
    expect(failure.message).toContain(field);
    expect(failure.conversationId).toBe('c1');
  });

  test.each([
    [['t1', {}]],
    [[{ name: 'Order' }]],
    [[{ id: null }]],
    [[{ id: '' }]],
    [[{ id: { id: 't1' } }]],
    [[['t1']]],
    [[true, 't1']],
    ['t1'],
    [{ t1: true }],
  ])('with the topics %j cannot be used: any of them may be the one that decides', async (topicIds) => {
    const client = await clientFor({ ...conversation, topicIds });
    const failure = await failureOf(client.getConversation('c1'));
    expect([failure.kind, failure.code]).toEqual(['contract', 'unreadable_answer']);
    expect(failure.message).toContain('topicIds');
  });

  test.each([[null], ['text'], [[conversation]], [7]])('that is %j cannot be used', async (value) => {
    expect((await failureOf((await clientFor(value)).getConversation('c1'))).kind).toBe('contract');
  });
});

describe('a customer', () => {
  test('has addresses, of which those that are none are left out', async () => {
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

  test('may lack everything', async () => {
    const client = await clientFor({ name: null, emails: null });
    const { customer } = await client.getCustomer('u1');
    expect(customer).toEqual({ id: 'u1', name: null, emails: [], phones: [] });
  });
});

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

  test('what is no list cannot be used', async () => {
    const failure = await failureOf((await clientFor({ agents: [] })).getAgents());
    expect([failure.kind, failure.code]).toEqual(['contract', 'unreadable_answer']);
  });

  test('the organization may lack everything', async () => {
    const organization = await (await clientFor({ timezone: 'Europe/Berlin' })).getOrganization();
    expect(organization).toEqual({ id: null, name: null, timezone: 'Europe/Berlin' });
    expect(await (await clientFor({})).getOrganization()).toEqual({ id: null, name: null, timezone: null });
  });

  test('an object of something else altogether is not one that lacks everything', async () => {
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

describe('what is no JSON', () => {
  const raw =
    (body: string, type: string): Respond =>
    (_, response) => {
      response.writeHead(200, { 'content-type': type });
      response.end(body);
    };

  test('a page of a proxy is named at once', async () => {
    const gladly = await localGladly(raw('\n<!doctype html><title>Log in</title>', 'text/html'));
    const failure = await failureOf(clientOf(gladly.origin).getConversation('c1'));
    expect([failure.kind, failure.code]).toEqual(['contract', 'unreadable_answer']);
    expect(failure.message).toContain('page');
    expect(gladly.received).toHaveLength(1);
  });

  test('JSON with a slip in the middle is not asked for again', async () => {
    const gladly = await localGladly(raw('{"id":"c1",,"status":"CLOSED"}', 'application/json'));
    expect((await failureOf(clientOf(gladly.origin).getConversation('c1'))).kind).toBe('contract');
    expect(gladly.received).toHaveLength(1);
  });

  test.each(['', '{"id":"c', '[{"id":"c1"}', '{"id":"a\\"', '{"a":{"b":1}'])(
    'JSON that ends early (%j) is asked for again',
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
  ])('JSON that ends early after very much of %s is asked for again', async (_, beginning, piece) => {
    const body = beginning + piece.repeat(14_000_000 / piece.length);
    const gladly = await localGladly((request, response, number) =>
      number === 1
        ? raw(body, 'application/json')(request, response, number)
        : json(response, 200, conversation),
    );
    const client = clientOf(gladly.origin, { timeoutMs: 30_000 });
    expect((await client.getConversation('c1')).id).toBe('c1');
    expect(client.counts.retried).toBe(1);
  });

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

test.each([
  ['2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z'],
  ['2026-11-22T10:00:00.07272933Z', '2026-11-22T10:00:00.072Z'],
  ['2026-11-22T12:00:00.5+02:00', '2026-11-22T10:00:00.500Z'],
  ['2026-11-22T10:00:00', '2026-11-22T10:00:00.000Z'],
  ['yesterday', null],
  ['', null],
])('the time %j is %j', (given, read) => {
  expect(readTime(given)).toBe(read);
});
