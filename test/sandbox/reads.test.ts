import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { validateExchange } from '../support/contract-validator.ts';
import { ask, unhurried, type AnyJson } from './ask.ts';
import { asking, noon } from './asking.ts';

let sandbox: RunningSandbox;
const { conforming, errorsOf, conversation, customerOf } = asking(() => sandbox);

beforeAll(async () => {
  sandbox = await startSandbox({ clock: () => noon, size: 300, limits: unhurried });
});
afterAll(() => sandbox.close());

describe('reads of the flow', () => {
  test('a closed conversation has closedAt, an open one has not', async () => {
    const closed = (await conforming({ path: conversation('three_agents') })).json();
    expect(closed).toMatchObject({ id: sandbox.exampleConversationId, status: 'CLOSED' });
    expect(closed.closedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const reopened = (await conforming({ path: conversation('reopened') })).json();
    expect(reopened.status).toBe('OPEN');
    expect(reopened).not.toHaveProperty('closedAt');
    const waiting = (await conforming({ path: conversation('not_closed') })).json();
    expect(waiting.status).toBe('WAITING');
  });

  test('a timeline ascends and keeps to one session when asked', async () => {
    const all = (await conforming({ path: `${conversation('three_agents')}/items` })).json();
    const times = all.map((item: { timestamp: string }) => Date.parse(item.timestamp));
    expect(times).toEqual([...times].sort((one, other) => one - other));
    const [{ sessionId }] = all;
    const some = await conforming({ path: `${conversation('three_agents')}/items?sessionId=${sessionId}` });
    expect(some.json().length).toBeLessThan(all.length);
    expect(new Set(some.json().map((item: { sessionId?: string }) => item.sessionId))).toEqual(
      new Set([sessionId]),
    );
  });

  test('what does not exist answers 404 without a body', async () => {
    for (const path of ['/api/v1/conversations/nobody', '/api/v1/conversations/nobody/items']) {
      const answer = await conforming({ path });
      expect([answer.status, answer.text]).toEqual([404, '']);
    }
  });

  test('directories, by list and by id', async () => {
    for (const name of ['agents', 'inboxes', 'teams', 'topics']) {
      const list = (await conforming({ path: `/api/v1/${name}` })).json();
      expect(list.length).toBeGreaterThan(2);
      const [first] = list;
      expect((await conforming({ path: `/api/v1/${name}/${first.id}` })).json()).toEqual(first);
      const unknown = await ask(sandbox, { path: `/api/v1/${name}/unknown` });
      expect(unknown.status).toBe(404);
      expect(validateExchange(unknown)).toEqual([]);
      expect(validateExchange(unknown, { strict: true })).toHaveLength(name === 'topics' ? 0 : 1);
    }
  });

  test('topics are a tree with the opt-out parent and a misspelt disabled one', async () => {
    const topics: AnyJson[] = (await conforming({ path: '/api/v1/topics' })).json();
    const optOut = topics.find(({ name }) => name === 'do_not_send_stella');
    expect(topics.filter(({ parentId }) => parentId === optOut.id).length).toBeGreaterThan(0);
    expect(topics.find(({ name }) => name === ' Do_Not_Send_Stella ')).toMatchObject({ disabled: true });
  });

  test('the organization has its zone and its address', async () => {
    expect((await conforming({ path: '/api/v1/organization' })).json()).toMatchObject({
      name: sandbox.organizationName,
      timezone: 'America/Chicago',
      gladlyUrl: sandbox.origin,
    });
  });

  test('a customer by id and by each identifier, but by one at a time', async () => {
    const id = await customerOf('three_agents');
    const customer = (await conforming({ path: `/api/v1/customer-profiles/${id}` })).json();
    const email = encodeURIComponent(customer.emails[0].original.toUpperCase());
    const phone = encodeURIComponent(customer.phones[0].normalized);
    expect((await conforming({ path: `/api/v1/customer-profiles?email=${email}` })).json()).toEqual([
      customer,
    ]);
    const byPhone = (await conforming({ path: `/api/v1/customer-profiles?phoneNumber=${phone}` })).json();
    expect(byPhone).toContainEqual(customer);
    expect((await conforming({ path: '/api/v1/customer-profiles?externalCustomerId=x' })).json()).toEqual([]);
    for (const query of ['', '?email=a@example.org&phoneNumber=%2B1987', '?email=', '?phoneNumber=0123'])
      expect(await errorsOf({ path: `/api/v1/customer-profiles${query}` })).toHaveLength(1);
  });

  test('no customer is searched by what is no address', async () => {
    const path = '/api/v1/customer-profiles?email=';
    for (const text of ['kim', 'kim@', '@example.org', 'kim@localhost', 'kim%20lee@example.org'])
      expect(await errorsOf({ path: `${path}${text}` })).toEqual([{ attr: 'email', code: 'invalid' }]);
    expect((await conforming({ path: `${path}nobody@example.org` })).json()).toEqual([]);
  });

  test('an unknown customer has no list of conversations, not even an empty one', async () => {
    const answer = await conforming({ path: '/api/v1/customers/nobody/conversations' });
    expect(answer.status).toBe(404);
    expect(answer.json()).toEqual({ errors: [{ code: 'not_exist', detail: 'does not exist' }] });
  });

  test('an everyday customer is found by address and has the conversation', async () => {
    const report = await ask(sandbox, {
      method: 'POST',
      path: '/api/v1/reports',
      json: {
        metricSet: 'ConversationTimestampsReport',
        startAt: '2026-11-10',
        endAt: '2026-11-10',
        timezone: 'UTC',
      },
    });
    const [, , , conversationId, customerId] = report.text.split('\n')[1]!.split(',');
    const list = (await conforming({ path: `/api/v1/customers/${customerId}/conversations` })).json();
    expect(list.map(({ id }: { id: string }) => id)).toContain(conversationId);
    const single = (await conforming({ path: `/api/v1/conversations/${conversationId}` })).json();
    expect(list).toContainEqual(single);
    const path = `/api/v1/customers/${customerId}/conversations`;
    expect((await conforming({ path })).responseHeaders['gladly-limited-data']).toBe('false');
  });

  test('an unknown customer answers 404 with a single error', async () => {
    const answer = await conforming({ path: '/api/v1/customer-profiles/nobody' });
    expect(answer.status).toBe(404);
    expect(answer.json().errors).toMatchObject({ code: 'not_exist' });
  });
});

describe('what the API does not have', () => {
  test('an unknown path, a wrong method, an unreadable body', async () => {
    expect((await ask(sandbox, { path: '/api/v1/conversations' })).status).toBe(404);
    expect((await ask(sandbox, { method: 'PUT', path: '/api/v1/agents' })).status).toBe(404);
    const path = '/api/v1/communications/email';
    const headers = { 'content-type': 'application/json' };
    expect(await errorsOf({ method: 'POST', path, body: '{', headers })).toEqual([{ code: 'invalid' }]);
    expect(await errorsOf({ method: 'POST', path, body: '[]', headers })).toEqual([{ code: 'invalid' }]);
  });

  test('a JSON body is read whatever content type it has, but not by the controls', async () => {
    const body = JSON.stringify({ from: sandbox.fromAddress });
    for (const headers of [{}, { 'content-type': 'text/plain' }]) {
      const question = { method: 'POST', path: '/api/v1/communications/email', body, headers };
      expect(await errorsOf(question)).toContainEqual({ attr: 'subject', code: 'blank' });
      const control = { method: 'POST', path: '/_sandbox/conversations', body: '{}', headers };
      expect((await ask(sandbox, control)).status).toBe(400);
    }
  });

  test('ids of any shape find nothing and break nothing', async () => {
    const hostile = [
      '..%2F..%2Fetc',
      '%00',
      '%F0%9F%92%A9',
      '%',
      '%E0%A4%A',
      'a%20b',
      '__proto__',
      "'--",
      'x'.repeat(5000),
    ];
    for (const id of hostile) {
      for (const path of [
        `/api/v1/conversations/${id}`,
        `/api/v1/conversations/${id}/items`,
        `/api/v1/conversation-items/${id}`,
        `/api/v1/conversation-items/${id}/media/recording`,
        `/api/v1/agents/${id}`,
        `/api/v1/customer-profiles/${id}`,
        `/_sandbox/conversations/${id}`,
      ])
        expect([path, (await ask(sandbox, { path })).status]).toEqual([path, 404]);
    }
  });

  test('nothing without the right credentials', async () => {
    const wrong = Buffer.from(`${sandbox.email}:wrong`).toString('base64');
    for (const headers of [{}, { authorization: `Basic ${wrong}` }, { authorization: 'Bearer x' }]) {
      const answer = await ask(sandbox, { path: '/api/v1/organization', authorized: false, headers });
      expect([answer.status, answer.text]).toEqual([401, '']);
      expect(answer.responseHeaders['ratelimit-limit-second']).toBeUndefined();
    }
  });
});
