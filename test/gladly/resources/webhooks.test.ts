import { describe, expect, test } from 'vitest';
import { clientOf, failureOf, json, localGladly, type Respond } from '../local-gladly.ts';

const url = 'https://csat.example.com/webhooks/gladly';
const specification = {
  name: 'gcsat',
  url,
  events: ['CONVERSATION/CLOSED'],
  credentials: { username: 'gcsat', password: 'hidden' },
};
const shown = { id: 'w1', name: 'gcsat', url, events: ['CONVERSATION/CLOSED'], enabled: false };

const askedOf = (received: readonly { method: string; url: string }[]): string[] =>
  received.map((one) => `${one.method} ${one.url}`);

describe('webhooks', () => {
  test('are read with missing and new properties', async () => {
    const { origin } = await localGladly((_request, response) =>
      json(response, 200, [
        { ...shown, enabled: true, disabledAtDueToRetryLimit: '2026-11-22T10:00:00Z', later: {} },
        { id: 'w2' },
        { url },
      ]),
    );
    expect(await clientOf(origin).getWebhooks()).toEqual([
      {
        ...shown,
        enabled: true,
        deactivatedAt: '2026-11-22T10:00:00.000Z',
        hasCredentials: false,
        headerKeys: [],
      },
      {
        id: 'w2',
        name: null,
        url: '',
        events: [],
        enabled: false,
        deactivatedAt: null,
        hasCredentials: false,
        headerKeys: [],
      },
    ]);
  });

  test('a new one has the id from its Location', async () => {
    const { origin, received } = await localGladly((_request, response) =>
      response.writeHead(201, { location: '/api/v1/webhooks/w%2F1' }).end(),
    );
    expect(await clientOf(origin).createWebhook(specification)).toEqual({ id: 'w/1', created: 'created' });
    expect(JSON.parse(received[0]!.body)).toEqual(specification);
  });

  test.each<[string, Respond, string]>([
    ['no Location', (_request, response) => void response.writeHead(201).end(), 'created'],
    ['a reset', (_request, response) => void response.socket?.resetAndDestroy(), 'taken'],
    ['a 502', (_request, response) => void response.writeHead(502).end(), 'taken'],
    [
      'a refusal, because the URL has one',
      (_request, response) => json(response, 400, { errors: [{ attr: 'url', code: 'taken' }] }),
      'taken',
    ],
  ])('after %s it is looked for by its URL, and never made twice', async (_what, answer, created) => {
    const { origin, received } = await localGladly((request, response, number) =>
      request.method === 'GET'
        ? json(response, 200, [{ ...shown, url: 'https://CSAT.example.com/webhooks/gladly' }])
        : answer(request, response, number),
    );
    expect(await clientOf(origin).createWebhook(specification)).toEqual({ id: 'w1', created });
    expect(askedOf(received)).toEqual(['POST /api/v1/webhooks', 'GET /api/v1/webhooks']);
  });

  test('a refusal for another reason says what Gladly said', async () => {
    const { origin } = await localGladly((request, response) =>
      request.method === 'GET'
        ? json(response, 200, [])
        : json(response, 400, { errors: [{ code: 'limit', detail: 'at most 20' }] }),
    );
    const { kind, message } = await failureOf(clientOf(origin).createWebhook(specification));
    expect([kind, message.includes('at most 20')]).toEqual(['contract', true]);
  });

  test('a webhook that is not switched on because of its PING says so', async () => {
    const { origin } = await localGladly((_request, response) => void response.writeHead(400).end());
    const failure = await failureOf(clientOf(origin).updateWebhook('w1', { enabled: true }));
    expect(failure).toMatchObject({ kind: 'configuration', code: 'webhook_ping_failed' });
    expect(failure.hint).toContain('gcsat serve');
  });

  test('other refused changes do not mention the PING', async () => {
    const { origin } = await localGladly((_request, response) => void response.writeHead(400).end());
    const failure = await failureOf(clientOf(origin).updateWebhook('w1', { enabled: false }));
    expect(failure).toMatchObject({ kind: 'contract', code: 'refused' });
  });

  test.each([
    [204, 'deleted'],
    [404, 'absent'],
    [400, 'enabled'],
  ])('deleting, answered with %i: %s', async (status, outcome) => {
    const { origin } = await localGladly((_request, response) => void response.writeHead(status).end());
    expect(await clientOf(origin).deleteWebhook('w1')).toBe(outcome);
  });

  test('a change or deletion that another server answers with 200 is not done', async () => {
    const { origin } = await localGladly((_request, response) => json(response, 200, { maintenance: true }));
    const client = clientOf(origin);
    for (const changing of [client.updateWebhook('w1', { enabled: true }), client.deleteWebhook('w1')]) {
      expect(await failureOf(changing)).toMatchObject({ kind: 'contract', code: 'unreadable_answer' });
    }
  });

  test('an unknown one is null', async () => {
    const { origin } = await localGladly((_request, response) => void response.writeHead(404).end());
    expect(await clientOf(origin).getWebhook('w1')).toBeNull();
  });
});
