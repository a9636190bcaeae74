import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { parse } from 'yaml';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { webhookEventTypes } from '../../src/sandbox/webhooks/event-types.ts';
import { unhurried, type Answer, type AnyJson } from './ask.ts';
import { asking, noon } from './asking.ts';
import { startReceiver } from './receiver.ts';

const path = '/api/v1/webhooks';
let sandbox: RunningSandbox;
const { conforming, errorsOf } = asking(() => sandbox);

beforeEach(async () => {
  sandbox = await startSandbox({ clock: () => noon, size: 20, limits: unhurried });
  onTestFinished(() => sandbox.close());
});

const post = (json: AnyJson): Promise<Answer> => conforming({ method: 'POST', path, json });
const patch = (location: string, json: AnyJson): Promise<Answer> =>
  conforming({ method: 'PATCH', path: location, json });
const wanted = (url: string): AnyJson => ({ url, events: ['CONVERSATION/CLOSED'] });
const nobody = 'https://csat.example.com/hook';

/** Makes a webhook and returns its path. */
async function made(json: AnyJson): Promise<string> {
  const answer = await post(json);
  expect([answer.status, answer.text]).toEqual([201, '']);
  return String(answer.responseHeaders.location);
}

test('knows the event types of the contract', () => {
  const file = join(import.meta.dirname, '../../contract/gladly.openapi.yaml');
  const { components } = parse(readFileSync(file, 'utf8'));
  expect(webhookEventTypes).toEqual(components.schemas.WebhookEventType.enum);
});

test('is made disabled, and shows neither credentials nor headers', async () => {
  const location = await made({
    ...wanted(nobody),
    name: 'CSAT',
    credentials: { username: 'kim', password: 'hidden-one' },
    headers: { 'X-Key': 'hidden-two' },
  });
  const shown = await conforming({ path: location });
  expect(shown.json()).toEqual({
    id: location.split('/').at(-1),
    name: 'CSAT',
    ...wanted(nobody),
    enabled: false,
    hasCredentials: true,
    headerKeys: ['X-Key'],
    createdAt: '2026-11-22T12:00:00.000Z',
    updatedAt: '2026-11-22T12:00:00.000Z',
  });
  expect((await conforming({ path })).json()).toEqual([shown.json()]);
  expect(shown.text).not.toContain('hidden');
});

describe('PING', () => {
  test('comes when a webhook is created enabled, enabled, or given a new URL, with its credentials', async () => {
    const receiver = await startReceiver();
    const credentials = { username: 'kim', password: 'pass:word' };
    const location = await made({
      ...wanted(receiver.url),
      credentials,
      headers: { 'X-Key': 'a' },
      enabled: true,
    });
    expect(receiver.received).toMatchObject([
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Basic ${Buffer.from('kim:pass:word').toString('base64')}`,
          'x-key': 'a',
        },
        body: { type: 'PING' },
      },
    ]);
    expect((await patch(location, { enabled: false })).status).toBe(204);
    expect((await patch(location, { name: 'Another name' })).status).toBe(204);
    expect(receiver.received).toHaveLength(1);
    expect((await patch(location, { enabled: true })).status).toBe(204);
    expect(receiver.received).toHaveLength(2);
    expect((await patch(location, { url: `${receiver.url}/2` })).status).toBe(204);
    expect(receiver.received).toHaveLength(3);
  });

  test.each([204, 404, 500])('answered with %i changes nothing', async (status) => {
    const receiver = await startReceiver();
    receiver.answers = () => status;
    expect(
      await errorsOf({ method: 'POST', path, json: { ...wanted(receiver.url), enabled: true } }),
    ).toEqual([{ attr: 'url', code: 'invalid' }]);
    expect((await conforming({ path })).json()).toEqual([]);
    const location = await made(wanted(receiver.url));
    const before = (await conforming({ path: location })).json();
    expect((await patch(location, { enabled: true })).status).toBe(400);
    expect((await patch(location, { url: `${receiver.url}/2`, name: 'x' })).status).toBe(400);
    expect((await conforming({ path: location })).json()).toEqual(before);
  });

  test('without an answer in time is refused', async () => {
    const receiver = await startReceiver();
    receiver.answers = () => null;
    await fetch(`${sandbox.origin}/_sandbox/webhooks`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ answerSeconds: 0.05 }),
    });
    const json = { ...wanted(receiver.url), enabled: true };
    expect(await errorsOf({ method: 'POST', path, json })).toHaveLength(1);
    expect(receiver.received).toHaveLength(1);
  });

  test('goes to no other machine: its name is not even looked up', async () => {
    const lookup = vi.spyOn(dns, 'lookup');
    onTestFinished(() => lookup.mockRestore());
    const receiver = await startReceiver();
    await made({ ...wanted(receiver.url.replace('127.0.0.1', 'localhost')), enabled: true });
    expect(lookup).toHaveBeenCalled();
    lookup.mockClear();
    const location = await made(wanted(nobody));
    expect((await patch(location, { enabled: true })).status).toBe(400);
    expect(lookup).not.toHaveBeenCalled();
    const log = await (await fetch(`${sandbox.origin}/_sandbox/webhooks/deliveries`)).json();
    expect(log).toMatchObject([
      { type: 'PING', outcome: 'accepted', status: 200 },
      { type: 'PING', outcome: 'failed', status: null },
    ]);
  });
});

test.each<[string, AnyJson, string | undefined]>([
  ['no URL', { events: ['CONVERSATION/CLOSED'] }, 'url'],
  ['no events', { url: nobody }, 'events'],
  ['an empty list of events', { url: nobody, events: [] }, 'events'],
  ['an event that is none', { url: nobody, events: ['CONVERSATION_CLOSED'] }, 'events'],
  ['plain HTTP to another machine', wanted('http://csat.example.com/hook'), 'url'],
  ['a name that only looks like this machine', wanted('http://127.0.0.1.example.com/hook'), 'url'],
  ['a URL that is none', wanted('csat.example.com'), 'url'],
  ['a long name', { ...wanted(nobody), name: 'x'.repeat(201) }, 'name'],
  [
    'credentials without a password',
    { ...wanted(nobody), credentials: { username: 'a' } },
    'credentials.password',
  ],
  ['a header with a line break', { ...wanted(nobody), headers: { 'X-Key': 'a\r\nX-Other: b' } }, 'headers'],
  ['a header of HTTP itself', { ...wanted(nobody), headers: { Host: 'a' } }, 'headers'],
  ['an id', { ...wanted(nobody), id: 'mine' }, 'id'],
  ['enabled as a word', { ...wanted(nobody), enabled: 'yes' }, 'enabled'],
])('refuses %s', async (_what, json, attr) => {
  expect((await errorsOf({ method: 'POST', path, json })).map((error) => error.attr)).toEqual([attr]);
});

test('refuses a second webhook with the same URL, and the 21st', async () => {
  const first = await made(wanted(nobody));
  expect(await errorsOf({ method: 'POST', path, json: wanted(nobody) })).toEqual([
    { attr: 'url', code: 'taken' },
  ]);
  for (let number = 2; number <= 20; number += 1) await made(wanted(`${nobody}/${number}`));
  expect(await errorsOf({ method: 'POST', path, json: wanted(`${nobody}/21`) })).toHaveLength(1);
  expect((await patch(first, { url: `${nobody}/2` })).status).toBe(400);
  expect((await conforming({ path })).json()).toHaveLength(20);
});

test('is deleted only when it is disabled, and is then unknown', async () => {
  const receiver = await startReceiver();
  const location = await made({ ...wanted(receiver.url), enabled: true });
  const remove = { method: 'DELETE', path: location };
  expect((await conforming(remove)).status).toBe(400);
  await patch(location, { enabled: false });
  expect((await conforming(remove)).status).toBe(204);
  expect((await conforming(remove)).status).toBe(404);
  expect((await conforming({ path: location })).status).toBe(404);
  expect((await patch(location, { enabled: true })).status).toBe(404);
});
