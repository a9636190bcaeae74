import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { ask, trapId, unhurried, type Answer, type AnyJson } from './ask.ts';
import { asking, noon } from './asking.ts';

let sandbox: RunningSandbox;
const { conforming, customerOf } = asking(() => sandbox);

beforeAll(async () => {
  sandbox = await startSandbox({ clock: () => noon, size: 20, limits: unhurried });
});
afterAll(() => sandbox.close());

const look = (name: string): Promise<Answer> =>
  ask(sandbox, { path: `/_sandbox/customers/${name}`, authorized: false });
const card = (customerId: string, id: string, more: AnyJson = {}): Promise<Answer> =>
  conforming({
    method: 'POST',
    path: `/api/v1/customers/${customerId}/conversation-items`,
    json: { id, content: { type: 'CUSTOMER_ACTIVITY', activityType: 'SURVEY', ...more } },
  });

test('cards are shown with their history, deleted ones included', async () => {
  const customerId = await customerOf('three_agents');
  await card(customerId, 'first', { title: 'CSAT 2/5' });
  await conforming({ method: 'DELETE', path: '/api/v1/conversation-items/first' });
  await card(customerId, 'second', { title: 'CSAT 5/5' });
  const { customer, cards, history, conversations, items } = (await look(customerId)).json();
  expect(customer.id).toBe(customerId);
  expect(conversations.map(({ id }: AnyJson) => id)).toContain(trapId(sandbox, 'three_agents'));
  expect(cards.map(({ id }: AnyJson) => id)).toEqual(['second']);
  expect(items).toContainEqual(cards[0]);
  expect(history.map(({ action, item }: AnyJson) => [action, item.id, item.content.title])).toEqual([
    ['created', 'first', 'CSAT 2/5'],
    ['deleted', 'first', 'CSAT 2/5'],
    ['created', 'second', 'CSAT 5/5'],
  ]);
});

test('a refused card leaves no trace', async () => {
  const customerId = await customerOf('closed_twice');
  await card(customerId, 'taken-id');
  await card(customerId, 'taken-id');
  expect((await look(customerId)).json().history).toHaveLength(1);
});

test('the page shows cards as they are and everything else as text, and runs nothing', async () => {
  const made = await ask(sandbox, {
    method: 'POST',
    path: '/_sandbox/conversations',
    json: {
      customer: { email: 'kim@example.org', name: '<script>alert(1)</script>' },
      messages: [{ from: 'customer', text: '<img src=x onerror=alert(2)>' }],
    },
  });
  const { customerId } = made.json();
  await card(customerId, 'shown', {
    title: 'CSAT 5/5 <b>',
    body: '<p>Stars: <strong>5</strong></p>',
    link: { url: 'javascript:alert(3)', text: 'Open' },
  });
  const page = await look(`${customerId}.html`);
  expect(page.responseHeaders['content-type']).toBe('text/html; charset=utf-8');
  expect(page.responseHeaders['content-security-policy']).toContain("default-src 'none'");
  expect(page.text).toContain('<p>Stars: <strong>5</strong></p>');
  expect(page.text).toContain('CSAT 5/5 &lt;b&gt;');
  expect(page.text).not.toMatch(/<script|<img|javascript:/i);
  expect(page.text).toContain('&lt;img src=x');
});

test('a merged customer shows the remaining one; an unknown one is not found', async () => {
  const merged = await customerOf('merged_customer');
  const { customer } = (await look(merged)).json();
  expect(customer.id).not.toBe(merged);
  for (const name of ['nobody', 'nobody.html', '.html']) expect((await look(name)).status).toBe(404);
});
