import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { readWebhookEvent } from '../../../src/gladly/resources/webhook-events.ts';

const closed = {
  id: 'yHaHXjD4SR-moMR9LbULDb',
  type: 'CONVERSATION/CLOSED',
  timestamp: '2026-11-22T10:00:00.07Z',
  initiator: { id: 'NFpDZtfqhk2pI6fjaVDlFf', type: 'AGENT' },
  content: {
    customerId: 'THx8Z8y-ScuMoqBH8Awtng',
    conversationId: 'aGaHXjD4li-moMR8LbULZb',
    context: { assignee: { inboxId: 'NFpDZtfqhk2pI6fjaVDlFf' } },
  },
};

function failureOf(body: unknown): Failure {
  try {
    readWebhookEvent(body);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it was read as an event');
}

describe('the body of a webhook request', () => {
  test('a closing has its conversation, its customer and its time', () => {
    expect(readWebhookEvent(closed)).toEqual({
      type: 'CONVERSATION/CLOSED',
      id: 'yHaHXjD4SR-moMR9LbULDb',
      conversationId: 'aGaHXjD4li-moMR8LbULZb',
      customerId: 'THx8Z8y-ScuMoqBH8Awtng',
      initiator: closed.initiator,
      at: '2026-11-22T10:00:00.070Z',
    });
  });

  test('a reopening too', () => {
    const event = readWebhookEvent({ ...closed, type: 'CONVERSATION/REOPENED' });
    expect(event).toMatchObject({
      type: 'CONVERSATION/REOPENED',
      conversationId: 'aGaHXjD4li-moMR8LbULZb',
    });
  });

  test('of a PING only the type is known', () => {
    expect(readWebhookEvent({ type: 'PING' })).toEqual({ type: 'PING' });
  });

  test('other types are named, in one short line', () => {
    expect(readWebhookEvent({ ...closed, type: 'TASK/CREATED' })).toEqual({
      type: 'other',
      name: 'TASK/CREATED',
    });
    const event = readWebhookEvent({ type: `SOMETHING\nNEW\u202e${'x'.repeat(200)}` });
    expect(event).toEqual({ type: 'other', name: `SOMETHING NEW ${'x'.repeat(86)}…` });
  });

  test.each([
    ['2026-11-22T11:00:00+01:00', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22T10:00:00.123456789Z', '2026-11-22T10:00:00.123Z'],
    // All of Gladly's times are in UTC.
    ['2026-11-22T10:00:00', '2026-11-22T10:00:00.000Z'],
    ['5', null],
    ['yesterday', null],
    [1795341600, null],
    [undefined, null],
  ])('the time %j is %j', (timestamp, at) => {
    expect(readWebhookEvent({ ...closed, timestamp })).toMatchObject({ at });
  });

  test('fields that are not needed may be missing', () => {
    const content = { conversationId: 'c1' };
    expect(readWebhookEvent({ type: 'CONVERSATION/CLOSED', content })).toEqual({
      type: 'CONVERSATION/CLOSED',
      id: null,
      conversationId: 'c1',
      customerId: null,
      initiator: null,
      at: null,
    });
  });

  test.each([
    ['a text', 'amy', null],
    ['a number as its id', { id: 7, type: 'AGENT' }, { id: '7', type: 'AGENT' }],
    ['a type alone', { type: 'SYSTEM' }, { id: null, type: 'SYSTEM' }],
    ['nothing in it', { id: '', type: null }, null],
  ])('who closed, with %s', (_, initiator, expected) => {
    expect(readWebhookEvent({ ...closed, initiator })).toMatchObject({ initiator: expected });
  });

  test.each([
    ['nothing', null],
    ['a list', [closed]],
    ['text', 'PING'],
    ['no type', { ...closed, type: undefined }],
    ['a type that is no text', { ...closed, type: 7 }],
    ['no content', { ...closed, content: undefined }],
    ['content that is a list', { ...closed, content: ['c1'] }],
    ['an empty conversation id', { ...closed, content: { conversationId: '' } }],
    ['a conversation id that is an object', { ...closed, content: { conversationId: { id: 'c1' } } }],
    ['a conversation id without end', { ...closed, content: { conversationId: 'x'.repeat(4097) } }],
    ['half a character as an id', { ...closed, content: { conversationId: 'c\ud83d' } }],
    ['NUL in an id', { ...closed, content: { conversationId: 'c\0' } }],
  ])('%s is no event', (_what, body) => {
    const { kind, code } = failureOf(body);
    expect({ kind, code }).toEqual({ kind: 'contract', code: 'webhook_event_invalid' });
  });

  test('any JSON is an event or a Failure, and a usable id is kept unchanged', () => {
    const content = fc.record({ conversationId: fc.anything(), customerId: fc.anything() });
    const types = fc.constantFrom('CONVERSATION/CLOSED', 'CONVERSATION/REOPENED', 'PING', 'X', '', 5);
    const body = fc.oneof(
      fc.jsonValue(),
      fc.record({ type: types, timestamp: fc.anything(), content: fc.oneof(content, fc.jsonValue()) }),
    );
    fc.assert(
      fc.property(body, (given) => {
        try {
          const event = readWebhookEvent(given);
          if ('conversationId' in event) {
            const sent = (given as { content: { conversationId: unknown } }).content.conversationId;
            expect(event.conversationId).toBe(String(sent));
          }
        } catch (error) {
          expect(error).toMatchObject({ name: 'Failure', code: 'webhook_event_invalid' });
        }
      }),
      { numRuns: 1000 },
    );
  });
});
