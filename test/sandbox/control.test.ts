import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { validateExchange } from '../support/contract-validator.ts';
import { ask, unhurried, type Answer, type AnyJson, type Question } from './ask.ts';
import { asking, noon } from './asking.ts';

let sandbox: RunningSandbox;
const { conforming } = asking(() => sandbox);

beforeAll(async () => {
  sandbox = await startSandbox({ clock: () => noon, size: 60, limits: unhurried });
});
afterAll(() => sandbox.close());

const control = (question: Question): Promise<Answer> => ask(sandbox, { ...question, authorized: false });
const make = (json?: unknown): Promise<Answer> =>
  control({ method: 'POST', path: '/_sandbox/conversations', json });

test('a new conversation out of nothing: asked, answered, open', async () => {
  const made = await control({ method: 'POST', path: '/_sandbox/conversations' });
  expect(made.status).toBe(201);
  const { conversationId, closings } = made.json();
  const shown = await conforming({ path: `/api/v1/conversations/${conversationId}` });
  expect(shown.json()).toMatchObject({ status: 'WAITING', customerId: made.json().customerId });
  expect(closings).toEqual([]);
});

test('a new conversation as described, and the event that a webhook would get', async () => {
  const agents = (await conforming({ path: '/api/v1/agents' })).json();
  const made = await make({
    customer: { email: 'Ronja@example.org', name: 'Ronja' },
    channel: 'whatsapp',
    inbox: 'Repairs Workshop',
    topics: ['Zip and buckle'],
    messages: [
      { from: 'customer', text: 'Hi', minutesAgo: 60 },
      { from: 'agent', agent: agents[3].name, text: 'Hello' },
      { from: 'agent', agent: agents[4].emailAddress, text: 'Done' },
      { from: 'ai', text: 'Anything else?' },
    ],
    close: true,
  });
  const { conversationId, customerId, closings, lastEvent } = made.json();
  const items = (await conforming({ path: `/api/v1/conversations/${conversationId}/items` })).json();
  expect(items.map(({ content }: { content: { type: string } }) => content.type)).toEqual([
    'WHATSAPP',
    'WHATSAPP',
    'WHATSAPP',
    'WHATSAPP',
    'TOPIC_CHANGE',
    'CONVERSATION_STATUS_CHANGE',
  ]);
  expect(items[0].timestamp).toBe('2026-11-22T11:00:00Z');
  expect(closings).toMatchObject([{ lastResponder: agents[4].id, lastResponseItemId: items[2].id }]);
  expect(lastEvent).toMatchObject({
    type: 'CONVERSATION/CLOSED',
    content: { conversationId, customerId, context: { assignee: { agentId: agents[3].id } } },
  });
  const again = await make({ customer: { email: 'ronja@example.org' } });
  expect(again.json().customerId).toBe(customerId);
  expect(again.json().conversationId).not.toBe(conversationId);
});

test('closes and reopens, each only when there is something to do', async () => {
  const { conversationId } = (await make()).json();
  const post = (what: string, json?: unknown): Promise<Answer> =>
    control({ method: 'POST', path: `/_sandbox/conversations/${conversationId}/${what}`, json });
  expect((await post('reopen')).status).toBe(409);
  expect((await post('close')).json().lastEvent.type).toBe('CONVERSATION/CLOSED');
  expect((await post('close')).status).toBe(409);
  const reopened = (await post('reopen', { text: 'Still broken' })).json();
  expect(reopened.conversation.status).toBe('OPEN');
  expect(reopened.lastEvent.type).toBe('CONVERSATION/REOPENED');
  expect(reopened.closings).toHaveLength(1);
  expect((await post('close', { agent: 'nobody' })).status).toBe(400);
});

test('an everyday conversation keeps its past when it is changed', async () => {
  const report = await ask(sandbox, {
    method: 'POST',
    path: '/api/v1/reports',
    json: {
      metricSet: 'ConversationTimestampsReport',
      startAt: '2026-11-15',
      endAt: '2026-11-15',
      timezone: 'UTC',
    },
  });
  const closed = report.text.split('\n').find((line) => line.includes('CONVERSATION/CLOSED'));
  const path = `/api/v1/conversations/${closed?.split(',')[3] ?? ''}`;
  const before: AnyJson[] = (await conforming({ path: `${path}/items` })).json();
  await ask(sandbox, { method: 'POST', path: `${path}/notes`, json: { body: 'One more' } });
  const after = (await conforming({ path: `${path}/items` })).json();
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after).toHaveLength(before.length + 1);
  const item = await conforming({ path: `/api/v1/conversation-items/${before[0].id}` });
  expect(item.json()).toEqual(before[0]);
});

test.each<[string, object]>([
  ['a channel', { channel: 'voice' }],
  ['messages', { messages: [] }],
  ['a message', { messages: [{ from: 'nobody', text: 'x' }] }],
  ['a time', { messages: [{ from: 'customer', text: 'x', minutesAgo: -1 }] }],
  ['an inbox', { inbox: 'none' }],
  ['a topic', { topics: ['none'] }],
  ['an agent', { agent: 'nobody' }],
])('refuses %s that makes no sense', async (_what, json) => {
  const answer = await make(json);
  expect([answer.status, answer.json().errors.length]).toEqual([400, 1]);
});

test('the mailbox shows messages as data and as pages that run nothing', async () => {
  const body = { html: '<h1>Stars</h1><script>alert(1)</script>' };
  await ask(sandbox, {
    method: 'POST',
    path: '/api/v1/communications/email',
    json: { to: [{ email: 'a@example.org' }], from: sandbox.fromAddress, subject: 'Hi', body },
  });
  expect((await control({ path: '/_sandbox/mailbox' })).json()).toEqual(sandbox.mailbox());
  const page = await control({ path: `/_sandbox/mailbox/${sandbox.mailbox().length}.html` });
  expect(page.text).toBe(body.html);
  expect(page.responseHeaders['content-type']).toBe('text/html; charset=utf-8');
  expect(page.responseHeaders['content-security-policy']).toBe("script-src 'none'");
  const number = sandbox.mailbox().length;
  const front = await control({ path: '/' });
  expect(front.responseHeaders['content-security-policy']).toContain("default-src 'none'");
  expect(front.text).toContain(`href="/_sandbox/messages/${number}.html">Hi</a> to a@example.org`);
  const framed = await control({ path: `/_sandbox/messages/${number}.html` });
  expect(framed.responseHeaders['content-security-policy']).toContain('sandbox');
  expect(framed.text).toContain('&lt;script&gt;alert(1)');
  const { customerId } = sandbox.mailbox().at(-1)!;
  // The timeline shows the mail itself, not its item type.
  const timeline = await control({ path: `/_sandbox/customers/${customerId}.html` });
  expect(timeline.text).toContain('&lt;h1&gt;Stars&lt;/h1&gt;');
  for (const name of ['0.html', '99.html', 'x.html', '1'])
    expect((await control({ path: `/_sandbox/mailbox/${name}` })).status).toBe(404);
});

test('the request log has method, path and status, for the API only', async () => {
  const path = '/api/v1/agents/none?x=1';
  await ask(sandbox, { path });
  await ask(sandbox, { path: '/api/v1/organization', authorized: false });
  const log = (await control({ path: '/_sandbox/requests' })).json();
  expect(log.slice(-2)).toEqual([
    { at: new Date(noon).toISOString(), method: 'GET', path, status: 404 },
    { at: new Date(noon).toISOString(), method: 'GET', path: '/api/v1/organization', status: 401 },
  ]);
  expect(log.some((entry: { path: string }) => entry.path.startsWith('/_sandbox'))).toBe(false);
});

test('objects made by the controls keep the contract as well', async () => {
  const { conversationId } = (await make({ channel: 'sms', close: true })).json();
  const answer = await ask(sandbox, { path: `/api/v1/conversations/${conversationId}/items` });
  expect(validateExchange(answer)).toEqual([]);
});
