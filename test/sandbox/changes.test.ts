import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { ask, unhurried, type AnyJson, type Question } from './ask.ts';
import { asking, noon } from './asking.ts';

let now = noon;
let sandbox: RunningSandbox;
const { conforming, errorsOf } = asking(() => sandbox);

beforeAll(async () => {
  sandbox = await startSandbox({ clock: () => now, size: 300, limits: unhurried });
});
afterAll(() => sandbox.close());

describe('changes of a conversation', () => {
  const fresh = async (more: object = {}): Promise<string> => {
    const made = await ask(sandbox, { method: 'POST', path: '/_sandbox/conversations', json: more });
    return `/api/v1/conversations/${made.json().conversationId}`;
  };
  const patch = (path: string, json: unknown): Question => ({ method: 'PATCH', path, json });

  test('closing and reopening change status and closedAt and add items and events', async () => {
    const path = await fresh();
    expect((await conforming(patch(path, { status: { value: 'CLOSED' } }))).status).toBe(204);
    expect((await conforming({ path })).json()).toMatchObject({
      status: 'CLOSED',
      closedAt: new Date(now).toISOString(),
    });
    expect(await errorsOf(patch(path, { assignee: { inboxId: 'x' } }))).toEqual([{ code: 'invalid_state' }]);
    await conforming(patch(path, { status: { value: 'OPEN' } }));
    expect((await conforming({ path })).json()).not.toHaveProperty('closedAt');
    const items: AnyJson[] = (await conforming({ path: `${path}/items` })).json();
    expect(items.filter(({ content }) => content.type === 'CONVERSATION_STATUS_CHANGE')).toMatchObject([
      { content: { status: 'CLOSED' }, initiator: { type: 'API' } },
      { content: { status: 'OPEN' } },
    ]);
    now += 20_000;
    const since = new Date(now - 60_000).toISOString();
    const events = await conforming({ path: `/api/v1/events?entities=CONVERSATION&startAt=${since}` });
    const id = path.split('/').at(-1);
    const types = events.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ content }) => content.conversationId === id)
      .map(({ type }) => type);
    expect(types).toContain('CONVERSATION/CLOSED');
    expect(types).toContain('CONVERSATION/REOPENED');
  });

  test('a customer who waits has to be overridden, and a topic is required', async () => {
    const path = await fresh({ messages: [{ from: 'customer', text: 'Hello?' }] });
    expect(await errorsOf(patch(path, { status: { value: 'CLOSED' } }))).toEqual([{ code: 'invalid_state' }]);
    expect((await conforming(patch(path, { status: { value: 'CLOSED', force: true } }))).status).toBe(204);
    const topicless = await fresh({ topics: [] });
    expect(await errorsOf(patch(topicless, { status: { value: 'CLOSED', force: true } }))).toEqual([
      { code: 'invalid_state' },
    ]);
  });

  test('reassigning needs an inbox and an agent that exist', async () => {
    const path = await fresh();
    const inboxId = (await ask(sandbox, { path: '/api/v1/inboxes' })).json()[3].id;
    const agentId = (await ask(sandbox, { path: '/api/v1/agents' })).json()[5].id;
    await conforming(patch(path, { assignee: { inboxId, agentId } }));
    expect((await conforming({ path })).json()).toMatchObject({ inboxId, agentId });
    await conforming(patch(path, { assignee: { inboxId } }));
    expect((await conforming({ path })).json()).not.toHaveProperty('agentId');
    await conforming(patch(path, { assignee: { inboxId, agentId } }));
    // As Gladly's own sample unassigns, although the contract has no null here.
    expect((await ask(sandbox, patch(path, { assignee: { inboxId, agentId: null } }))).status).toBe(204);
    expect((await conforming({ path })).json()).not.toHaveProperty('agentId');
    expect(await errorsOf(patch(path, { assignee: { agentId } }))).toEqual([
      { attr: 'assignee.inboxId', code: 'blank' },
    ]);
    expect(await errorsOf(patch(path, { assignee: { inboxId, agentId: 'x' } }))).toEqual([
      { attr: 'assignee.agentId', code: 'invalid_state' },
    ]);
    expect(await errorsOf(patch(path, { status: {} }))).toEqual([{ attr: 'status.value', code: 'blank' }]);
    expect(await errorsOf(patch('/api/v1/conversations/none', {}), 404)).toEqual([{ code: 'not_exist' }]);
  });

  test('topics are added once and removed', async () => {
    const path = await fresh({ topics: [] });
    const [first, second] = (await ask(sandbox, { path: '/api/v1/topics' })).json();
    const add = {
      method: 'POST',
      path: `${path}/topics`,
      json: { topicIds: [first.id, second.id, first.id] },
    };
    expect((await conforming(add)).status).toBe(204);
    await conforming(add);
    expect((await conforming({ path })).json().topicIds).toEqual([first.id, second.id]);
    await conforming({ method: 'DELETE', path: `${path}/topics/${first.id}` });
    expect((await conforming({ path })).json().topicIds).toEqual([second.id]);
    expect(await errorsOf({ ...add, json: { topicIds: [] } })).toHaveLength(1);
    expect(await errorsOf({ ...add, json: { topicIds: ['none'] } })).toHaveLength(1);
    expect((await conforming({ ...add, path: '/api/v1/conversations/none/topics' })).status).toBe(404);
  });

  test('a note in either shape gets a Location that can be read', async () => {
    const path = await fresh();
    for (const json of [{ content: { body: '<b>Mind this</b>' } }, { body: '<b>Mind this</b>' }]) {
      const made = await conforming({ method: 'POST', path: `${path}/notes`, json });
      expect(made.status).toBe(201);
      const note = await conforming({ path: String(made.responseHeaders.location) });
      expect(note.json().content).toEqual({ type: 'CONVERSATION_NOTE', body: '<b>Mind this</b>' });
    }
    expect(await errorsOf({ method: 'POST', path: `${path}/notes`, json: {} })).toHaveLength(1);
    const script = { body: '<script>x</script>' };
    expect(await errorsOf({ method: 'POST', path: `${path}/notes`, json: script })).toHaveLength(1);
    expect((await conforming({ path: `${path}/notes/none` })).status).toBe(404);
  });
});
