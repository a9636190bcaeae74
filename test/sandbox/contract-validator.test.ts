import { describe, expect, test } from 'vitest';
import { validateExchange, type Exchange } from '../support/contract-validator.ts';

const conversation = {
  id: 'c1',
  customerId: 'p1',
  createdAt: '2026-11-21T00:00:00.000Z',
  inboxId: 'i1',
  status: 'CLOSED',
};

function exchange(more: {
  method?: string;
  path?: string;
  query?: string;
  request?: unknown;
  status?: number;
  response?: unknown;
  text?: string;
  type?: string;
  headers?: Record<string, string>;
  requestHeaders?: Record<string, string>;
}): Exchange {
  const body = more.text ?? (more.response === undefined ? '' : JSON.stringify(more.response));
  return {
    method: more.method ?? 'GET',
    path: more.path ?? '/api/v1/conversations/c1',
    query: new URLSearchParams(more.query),
    requestHeaders: {
      authorization: 'Basic eDp5',
      ...(more.request === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      ...more.requestHeaders,
    },
    requestBody: Buffer.from(more.request === undefined ? '' : JSON.stringify(more.request)),
    status: more.status ?? 200,
    responseHeaders: {
      ...(body === '' ? {} : { 'content-type': more.type ?? 'application/json' }),
      ...more.headers,
    },
    responseBody: Buffer.from(body),
  };
}

const card = {
  method: 'POST',
  path: '/api/v1/customers/p1/conversation-items',
  request: { id: 'x', content: { type: 'CUSTOMER_ACTIVITY', activityType: 'SURVEY' } },
  response: {
    id: 'x',
    timestamp: 't',
    content: { type: 'CUSTOMER_ACTIVITY', activityType: 'SURVEY', receivedAt: 't' },
  },
};

const closed = {
  id: 'e1',
  type: 'CONVERSATION/CLOSED',
  timestamp: '2026-11-21T00:00:00Z',
  initiator: { id: 'a1', type: 'AGENT' },
  content: { customerId: 'p1', conversationId: 'c1', context: { assignee: { inboxId: 'i1' } } },
};
const events = {
  path: '/api/v1/events',
  query: 'startAt=x&entities=CONTACT',
  type: 'application/x-jsonlines',
};

describe('what keeps the contract', () => {
  test.each<[string, Parameters<typeof exchange>[0]]>([
    ['a conversation', { response: conversation }],
    ['a conversation with a property that is new', { response: { ...conversation, mood: 'sunny' } }],
    ['404 without a body', { status: 404 }],
    ['429', { status: 429 }],
    ['401 without credentials', { status: 401, requestHeaders: { authorization: '' } }],
    ['a card', card],
    ['an event', { ...events, text: `${JSON.stringify(closed)}\n` }],
    ['no events', { ...events, text: '\n' }],
    [
      'a single error where the example shows one',
      { path: '/api/v1/customer-profiles/p1', status: 404, response: { errors: { code: 'not_exist' } } },
    ],
    ['an unknown agent', { path: '/api/v1/agents/a1', status: 404 }],
    [
      'a note of the official example',
      {
        method: 'POST',
        path: '/api/v1/conversations/c1/notes',
        request: { content: { body: 'x' } },
        status: 201,
        headers: { location: '/x' },
      },
    ],
  ])('%s', (_what, more) => {
    expect(validateExchange(exchange(more))).toEqual([]);
  });
});

describe('what does not', () => {
  test.each<[string, Parameters<typeof exchange>[0], RegExp]>([
    ['an unknown path', { path: '/api/v1/conversation' }, /path/],
    ['an unknown method', { method: 'PUT' }, /method/],
    ['a missing property', { response: { ...conversation, inboxId: undefined } }, /inboxId/],
    ['an unknown status', { response: { ...conversation, status: 'MERGED' } }, /status/],
    ['a null', { response: { ...conversation, agentId: null } }, /agentId/],
    ['a body that is no JSON', { text: '<html>' }, /not JSON/],
    ['another content type', { text: 'x', type: 'text/html' }, /content type/],
    ['an empty body', {}, /content type/],
    ['a status that is not stated', { status: 418 }, /418/],
    ['404 with a body', { status: 404, response: {} }, /body/],
    ['no credentials', { response: conversation, requestHeaders: { authorization: '' } }, /credentials/],
    ['a body where none is taken', { response: conversation, request: {} }, /body/],
    ['a missing query parameter', { ...events, query: 'startAt=x', text: '\n' }, /entities/],
    ['a query value that is none', { ...events, query: 'startAt=x&entities=CLOSED', text: '\n' }, /entities/],
    ['a repeated query parameter', { ...events, query: `${events.query}&startAt=y`, text: '\n' }, /repeated/],
    [
      'an event without an id',
      { ...events, text: `${JSON.stringify({ ...closed, id: undefined })}\n` },
      /line 1/,
    ],
    ['an event of an unknown type', { ...events, text: JSON.stringify({ ...closed, type: 'X' }) }, /line 1/],
    ['half a line', { ...events, text: '{"id"' }, /line 1/],
    [
      'a card that is too long',
      { ...card, request: { content: { ...card.request.content, title: 'x'.repeat(101) } } },
      /title/,
    ],
    [
      'a card that sets what only Gladly sets',
      { ...card, request: { content: { ...card.request.content, receivedAt: 't' } } },
      /receivedAt/,
    ],
    ['a card as a form', { ...card, requestHeaders: { 'content-type': 'text/plain' } }, /content type/],
    [
      '301 without Location',
      { ...card, status: 301, response: { errors: [{ code: 'moved', meta: { new: 'p2' } }] } },
      /Location/,
    ],
    [
      'a report without its columns',
      {
        method: 'POST',
        path: '/api/v1/reports',
        request: { metricSet: 'ContactTimestampsReport', startAt: '2026-11-21', endAt: '2026-11-21' },
        text: 'Timestamp,Event Type\n',
        type: 'text/csv',
      },
      /Conversation ID/,
    ],
    [
      'an item of an unknown type',
      {
        path: '/api/v1/conversations/c1/items',
        response: [{ id: 'i', customerId: 'p', timestamp: 't', content: { type: 'RICH_CARD' } }],
      },
      /content/,
    ],
    [
      'a chat message without messageType',
      {
        path: '/api/v1/conversations/c1/items',
        response: [
          {
            id: 'i',
            customerId: 'p',
            timestamp: 't',
            content: { type: 'CHAT_MESSAGE', sessionId: 's', content: 'c' },
          },
        ],
      },
      /messageType/,
    ],
  ])('%s', (_what, more, problem) => {
    expect(validateExchange(exchange(more)).join('\n')).toMatch(problem);
  });

  test('in strict mode, what the contract leaves open', () => {
    const strict = { strict: true };
    expect(validateExchange(exchange({ path: '/api/v1/agents/a1', status: 404 }), strict)).toHaveLength(1);
    expect(validateExchange(exchange({ response: conversation, query: 'page=2' }), strict)).toHaveLength(1);
    expect(validateExchange(exchange({ response: conversation, query: 'page=2' }))).toEqual([]);
  });

  test('a wrong request can be left alone', () => {
    const refused = exchange({
      ...card,
      request: {},
      status: 400,
      response: { errors: [{ attr: 'content', code: 'blank' }] },
    });
    expect(validateExchange(refused)).toHaveLength(1);
    expect(validateExchange(refused, { responseOnly: true })).toEqual([]);
  });
});
