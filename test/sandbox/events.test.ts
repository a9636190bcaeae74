import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { ask, trapId, unhurried, type AnyJson } from './ask.ts';
import { asking, noon } from './asking.ts';

let now = noon;
let sandbox: RunningSandbox;
const { conforming, errorsOf } = asking(() => sandbox);

beforeAll(async () => {
  sandbox = await startSandbox({ clock: () => now, size: 600, limits: unhurried });
});
afterAll(() => sandbox.close());

const hour = 3_600_000;
const iso = (at: number): string => new Date(at).toISOString();

function query(parameters: Record<string, string | string[]>): string {
  const pairs = Object.entries(parameters).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  );
  return `/api/v1/events?${new URLSearchParams(pairs).toString()}`;
}

async function eventsOf(parameters: Record<string, string | string[]>): Promise<AnyJson[]> {
  const answer = await conforming({ path: query(parameters) });
  expect(answer.responseHeaders['content-type']).toBe('application/x-jsonlines');
  const lines = answer.text.split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line));
}

test('ascends within the interval, with the requested entities only', async () => {
  const startAt = noon - 24 * hour;
  const events = await eventsOf({ startAt: iso(startAt), entities: ['CONVERSATION', 'CONTACT'] });
  const times = events.map(({ timestamp }) => Date.parse(timestamp));
  expect(times).toEqual([...times].sort((one, other) => one - other));
  expect(times[0]).toBeGreaterThanOrEqual(startAt);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  expect(new Set(events.map(({ type }) => type.split('/')[0]))).toEqual(
    new Set(['CONVERSATION', 'CONVERSATION_ASSIGNEE', 'CONTACT']),
  );
  const contacts = await eventsOf({ startAt: iso(startAt), entities: 'CONTACT' });
  expect(contacts).toEqual(events.filter(({ type }) => type.startsWith('CONTACT/')));
  expect(await eventsOf({ startAt: iso(startAt), entities: 'TASK' })).toEqual([]);
});

test('two halves make the whole, without the border twice', async () => {
  const from = iso(noon - 20 * hour);
  const border = iso(noon - 10 * hour);
  const entities = 'CONVERSATION';
  const first = await eventsOf({ startAt: from, endAt: border, entities });
  const second = await eventsOf({ startAt: border, endAt: iso(noon), entities });
  expect([...first, ...second]).toEqual(await eventsOf({ startAt: from, entities }));
});

test('a closing names the assignee before it, and the truncated timeline has its true last response', async () => {
  const startAt = iso(noon - 23 * hour);
  const id = trapId(sandbox, 'truncated');
  const truth = (await ask(sandbox, { path: `/_sandbox/conversations/${id}` })).json();
  const events = await eventsOf({ startAt, entities: ['CONVERSATION', 'CONTACT'] });
  const own = events.filter(({ content }) => content.conversationId === id);
  const closed = own.find(({ type }) => type === 'CONVERSATION/CLOSED');
  expect(closed.content.context.assignee.agentId).toBe(truth.conversation.agentId);
  expect(closed.timestamp).toBe(truth.conversation.closedAt);
  const sent = own.filter(({ type }) => type === 'CONTACT/MESSAGE_SENT').at(-1);
  expect(sent.initiator).toEqual({ id: truth.closings[0].lastResponder, type: 'AGENT' });
  expect(truth.closings[0].lastResponder).not.toBe(truth.conversation.agentId);
});

test('stays 15 seconds behind', async () => {
  const made = await ask(sandbox, { method: 'POST', path: '/_sandbox/conversations', json: { close: true } });
  const { id } = made.json().lastEvent;
  const idsNow = async (): Promise<string[]> =>
    (await eventsOf({ startAt: iso(noon - hour), entities: 'CONVERSATION' })).map((event) => event.id);
  now = noon + 14_900;
  expect(await idsNow()).not.toContain(id);
  now = noon + 15_001;
  expect(await idsNow()).toContain(id);
  now = noon;
});

test.each<[string, Record<string, string | string[]>, string]>([
  ['no start', { entities: 'CONTACT' }, 'startAt'],
  ['a start more than 24 hours ago', { startAt: iso(noon - 24 * hour - 1), entities: 'CONTACT' }, 'startAt'],
  ['a start that is no time', { startAt: 'yesterday', entities: 'CONTACT' }, 'startAt'],
  ['an end that is no time', { startAt: iso(noon), endAt: '12', entities: 'CONTACT' }, 'endAt'],
  [
    'an end before the start',
    { startAt: iso(noon), endAt: iso(noon - hour), entities: 'CONTACT' },
    'startAt',
  ],
  ['no entities', { startAt: iso(noon - hour) }, 'entities'],
  ['entities in one list', { startAt: iso(noon - hour), entities: 'CONTACT,CONVERSATION' }, 'entities'],
  ['an entity that is none', { startAt: iso(noon - hour), entities: ['CONTACT', 'CLOSED'] }, 'entities'],
])('refuses %s', async (_what, parameters, attr) => {
  expect(await errorsOf({ path: query(parameters) })).toMatchObject([{ attr }]);
});

test('a plus sign in an offset has to be escaped', async () => {
  const path = '/api/v1/events?entities=CONTACT&startAt=2026-11-22T12:30:00';
  expect((await conforming({ path: `${path}%2B01:00` })).status).toBe(200);
  expect((await ask(sandbox, { path: `${path}+01:00` })).status).toBe(400);
});

test('a profile that is made is in the stream, once', async () => {
  const startAt = iso(now - hour);
  const json = { customer: { email: 'new.here@example.org' } };
  const made = await ask(sandbox, { method: 'POST', path: '/_sandbox/conversations', json });
  await ask(sandbox, { method: 'POST', path: '/_sandbox/conversations', json });
  now += 15_001;
  const events = await eventsOf({ startAt, entities: ['CUSTOMER_PROFILE', 'CUSTOMER'] });
  const { customerId } = made.json();
  const own = events.filter(({ content }) => content.customerId === customerId);
  expect(own.map(({ type, content }) => ({ type, content }))).toEqual([
    { type: 'CUSTOMER_PROFILE/CREATED', content: { customerId } },
  ]);
});

test('merges of customers are in the stream', async () => {
  const midnight = noon - 12 * hour;
  const early = await startSandbox({ clock: () => midnight + 60_000, size: 20, limits: unhurried });
  const path = query({ startAt: iso(midnight - 23 * hour), entities: 'CUSTOMER' });
  const types = (await ask(early, { path })).text.trim().split('\n');
  await early.close();
  expect(types.map((line) => JSON.parse(line).type)).toEqual(['CUSTOMER/MERGED', 'CUSTOMER/MERGED']);
});
