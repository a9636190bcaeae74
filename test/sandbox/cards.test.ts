import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { ask, unhurried, type Question } from './ask.ts';
import { asking, noon } from './asking.ts';

let sandbox: RunningSandbox;
const { conforming, errorsOf, customerOf, itemsOf } = asking(() => sandbox);

beforeAll(async () => {
  sandbox = await startSandbox({ clock: () => noon, size: 300, limits: unhurried });
});
afterAll(() => sandbox.close());

describe('cards', () => {
  const card = (more: object = {}): object => ({
    content: { type: 'CUSTOMER_ACTIVITY', activityType: 'SURVEY', title: 'CSAT 5/5', ...more },
  });
  const post = (customerId: string, json: unknown): Question => ({
    method: 'POST',
    path: `/api/v1/customers/${customerId}/conversation-items`,
    json,
  });

  test('is made with 200, read back, refused a second time, deleted', async () => {
    const customerId = await customerOf('three_agents');
    const occurredAt = '2026-11-21T10:00:00.000Z';
    const json = { id: 'card-1', ...card({ body: '<p>5 of <b>5</b></p>', occurredAt }) };
    const made = await conforming(post(customerId, json));
    expect(made.status).toBe(200);
    expect(made.json()).toMatchObject({ id: 'card-1', customerId, timestamp: occurredAt });
    const read = await conforming({ path: '/api/v1/conversation-items/card-1' });
    expect(read.json()).toEqual(made.json());
    expect(await errorsOf(post(customerId, json), 409)).toEqual([
      { attr: 'newConversationItems', code: 'taken' },
    ]);
    expect((await itemsOf('three_agents')).map(({ id }) => id)).not.toContain('card-1');
    const path = `/api/v1/customers/${customerId}/conversation-items/card-1`;
    expect((await conforming({ method: 'DELETE', path })).status).toBe(204);
    expect((await conforming({ method: 'DELETE', path })).status).toBe(404);
    expect((await conforming({ path: '/api/v1/conversation-items/card-1' })).status).toBe(404);
  });

  test('the id of an item of a conversation is taken as well', async () => {
    const [first] = await itemsOf('three_agents');
    const customerId = await customerOf('three_agents');
    expect(await errorsOf(post(customerId, { id: first.id, ...card() }), 409)).toHaveLength(1);
  });

  test('only activities can be deleted', async () => {
    const [first] = await itemsOf('three_agents');
    const answer = await conforming({ method: 'DELETE', path: `/api/v1/conversation-items/${first.id}` });
    expect(answer.status).toBe(404);
    const other = await customerOf('transferred');
    await conforming(post(await customerOf('three_agents'), { id: 'card-2', ...card() }));
    const path = `/api/v1/customers/${other}/conversation-items/card-2`;
    expect((await conforming({ method: 'DELETE', path })).status).toBe(404);
    const direct = { method: 'DELETE', path: '/api/v1/conversation-items/card-2' };
    expect((await conforming(direct)).status).toBe(204);
  });

  test.each<[string, unknown, string]>([
    ['no content', { id: 'x' }, 'content'],
    ['an id that no URL can carry', { id: 'a b', ...card() }, 'id'],
    ['an id of 51 characters', { id: 'x'.repeat(51), ...card() }, 'id'],
    ['an unknown type', { content: { type: 'EMAIL' } }, 'content.type'],
    ['no activityType', { content: { type: 'CUSTOMER_ACTIVITY' } }, 'content.activityType'],
    ['an unknown activityType', card({ activityType: 'CALL' }), 'content.activityType'],
    ['a title of 101 characters', card({ title: 'x'.repeat(101) }), 'content.title'],
    ['a body of 25,001 characters', card({ body: 'x'.repeat(25_001) }), 'content.body'],
    ['a source name of 51 characters', card({ sourceName: 'x'.repeat(51) }), 'content.sourceName'],
    ['a link text of 51 characters', card({ link: { text: 'x'.repeat(51) } }), 'content.link.text'],
    ['a time more than a year ago', card({ occurredAt: '2025-11-21T00:00:00.000Z' }), 'content.occurredAt'],
    ['a time that is none', card({ occurredAt: 'yesterday' }), 'content.occurredAt'],
    ['receivedAt', card({ receivedAt: '2026-11-21T00:00:00.000Z' }), 'content.receivedAt'],
    ['a script', card({ body: '<script>alert(1)</script>' }), 'content.body'],
    ['a class', card({ body: '<p class="x">y</p>' }), 'content.body'],
    ['an event handler', card({ body: '<img src="x" onerror="y">' }), 'content.body'],
    [
      'a style that is not allowed',
      card({ body: '<div style="margin:1px;color:red">y</div>' }),
      'content.body',
    ],
    ['an unfinished tag', card({ body: 'so <b' }), 'content.body'],
  ])('refuses %s', async (_what, json, attr) => {
    const customerId = await customerOf('three_agents');
    expect((await errorsOf(post(customerId, json))).map((error) => error.attr)).toContain(attr);
  });

  test('accepts every limit to the last character, and all allowed markup', async () => {
    const customerId = await customerOf('three_agents');
    const json = {
      id: 'x'.repeat(50),
      content: {
        type: 'CUSTOMER_ACTIVITY',
        activityType: 'SURVEY',
        title: 'x'.repeat(100),
        body: `<div style="margin:0; border-left: 3px solid">1 < 2 &amp; <br/><a href="https://example.org" target="_blank">x</a></div>${'y'.repeat(24_000)}`,
        sourceName: 'x'.repeat(50),
        link: { url: 'https://example.org', text: 'x'.repeat(50) },
        expandByDefault: true,
      },
    };
    expect((await conforming(post(customerId, json))).status).toBe(200);
  });

  test('a task can be made and not be read', async () => {
    const inboxId = (await ask(sandbox, { path: '/api/v1/inboxes' })).json()[0].id;
    const content = { type: 'TASK', body: 'Call back', dueAt: '2026-12-24T10:00:00Z', assignee: { inboxId } };
    await conforming(post(await customerOf('three_agents'), { id: 'task-1', content }));
    expect(await errorsOf({ path: '/api/v1/conversation-items/task-1' })).toEqual([{ code: 'invalid' }]);
  });

  test('by address: finds the customer or makes one', async () => {
    const path = '/api/v1/conversation-items';
    const made = await conforming({
      method: 'POST',
      path,
      json: { customer: { emailAddress: 'somebody.new@example.org' }, ...card() },
    });
    const found = await conforming({ path: '/api/v1/customer-profiles?email=somebody.new@example.org' });
    expect(found.json()).toMatchObject([{ id: made.json().customerId }]);
    for (const customer of [{}, { emailAddress: 'a@example.org', mobilePhone: '+15550100' }, undefined])
      expect(await errorsOf({ method: 'POST', path, json: { customer, ...card() } })).toHaveLength(1);
  });

  test('a merged customer answers 301 with Location and the new id, twice', async () => {
    let customerId = await customerOf('merged_customer');
    for (let merge = 0; merge < 2; merge += 1) {
      const profile = await conforming({ path: `/api/v1/customer-profiles/${customerId}` });
      expect(profile.status).toBe(301);
      expect(profile.responseHeaders.location).toBeUndefined();
      const refused = await conforming(post(customerId, card()));
      expect(refused.status).toBe(301);
      const { meta } = refused.json().errors[0];
      expect(meta).toEqual(profile.json().errors[0].meta);
      expect(meta.old).toBe(customerId);
      expect(refused.responseHeaders.location).toBe(
        `${sandbox.origin}/api/v1/customers/${meta.new}/conversation-items`,
      );
      customerId = meta.new;
    }
    expect((await conforming({ path: `/api/v1/customer-profiles/${customerId}` })).status).toBe(200);
    expect((await conforming(post('nobody', card()))).status).toBe(404);
  });
});
