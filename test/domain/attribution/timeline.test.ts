import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatInstant } from '../../../src/domain/values/instant.ts';
import {
  isChannelName,
  participantOf,
  readTimeline,
  type TimelineItem,
} from '../../../src/domain/attribution/timeline.ts';
import { agent, at, customer, item } from './items.ts';

function read(entry: unknown): TimelineItem {
  const [only] = readTimeline([entry]);
  if (only === undefined) throw new Error('one entry is one item');
  return only;
}

describe('the kind of an item', () => {
  test.each([
    ['CHAT_MESSAGE', 'message', 'chat'],
    ['EMAIL', 'message', 'email'],
    ['SMS', 'message', 'sms'],
    ['FACEBOOK_MESSAGE', 'message', 'fbMessenger'],
    ['INSTAGRAM_DIRECT', 'message', 'instagramDirect'],
    ['WHATSAPP', 'message', 'whatsapp'],
    ['TWITTER', 'message', 'twitter'],
    ['PHONE_CALL', 'call', 'voice'],
    ['VOICEMAIL', 'voicemail', null],
    ['VOICE_AI_MESSAGE', 'voice_ai', null],
    ['CONVERSATION_NOTE', 'note', null],
    ['TOPIC_CHANGE', 'topic_change', null],
    ['CONVERSATION_STATUS_CHANGE', 'status_change', null],
    ['CUSTOMER_ACTIVITY', 'customer_activity', null],
    ['TASK', 'task', null],
    ['RICH_CARD', 'unknown', null],
    ['email', 'unknown', null],
    ['hasOwnProperty', 'unknown', null],
  ])('%s is %s of the channel %s', (type, kind, channel) => {
    expect(read(item(type))).toMatchObject({ type, kind, channel });
  });

  test.each(['TEXT', 'FILES', 'NEW'])('a %s with a custom channel is a message of one', (type) => {
    const entry = item(type, { content: { customChannelId: 'channel-1' } });
    expect(read(entry)).toMatchObject({ type, kind: 'message', channel: 'custom' });
  });

  test('a known type stays what it is, even with a custom channel', () => {
    const note = item('CONVERSATION_NOTE', { content: { customChannelId: 'channel-1' } });
    expect(read(note)).toMatchObject({ kind: 'note', channel: null });
  });

  test('a TEXT without a custom channel is unknown', () => {
    for (const customChannelId of [undefined, null, '', ' ', {}]) {
      expect(read(item('TEXT', { content: { customChannelId } })).kind).toBe('unknown');
    }
  });
});

describe('the fields of an item', () => {
  test('its id, its time, and who wrote to whom', () => {
    const entry = item('PHONE_CALL', {
      id: 'call-1',
      at: '2026-11-22T11:00:00.5+01:00',
      initiator: customer,
      responder: agent('amy'),
      content: { startedAt: at('09:59'), answeredAt: at('10:01'), completedAt: at('10:20') },
    });
    const call = read(entry);
    expect(call).toMatchObject({ id: 'call-1', initiator: customer, responder: agent('amy') });
    expect(
      [call.timestamp, call.startedAt, call.answeredAt, call.completedAt].map((time) =>
        formatInstant(time ?? 0n),
      ),
    ).toEqual(['2026-11-22T10:00:00.500Z', at('09:59'), at('10:01'), at('10:20')]);
  });

  test('a time without an offset is UTC, as everywhere else in Gladly', () => {
    const { timestamp } = read({ ...item('EMAIL'), timestamp: '2026-11-22T10:00:00' });
    expect(formatInstant(timestamp ?? 0n)).toBe('2026-11-22T10:00:00.000Z');
  });

  test('missing fields are null', () => {
    const nothing = {
      timestamp: null,
      initiator: null,
      responder: null,
      startedAt: null,
      answeredAt: null,
      completedAt: null,
    };
    expect(read({ content: { type: 'EMAIL' } })).toMatchObject({ id: null, ...nothing, recording: null });
    expect(read(item('EMAIL', { initiator: {}, responder: { id: '', type: ' ' } }))).toMatchObject({
      initiator: null,
      responder: null,
    });
    expect(read(item('EMAIL', { initiator: { id: 'amy' } })).initiator).toEqual({ id: 'amy', type: null });
  });

  test('an id is any string, and a number is read as one', () => {
    expect(read({ ...item('EMAIL'), id: '../..\u0000 ü' }).id).toBe('../..\u0000 ü');
    expect(read({ ...item('EMAIL'), id: 4711 }).id).toBe('4711');
    expect(read({ ...item('EMAIL'), id: { a: 1 } }).id).toBeNull();
  });

  test('the new status of a conversation, only for a status change', () => {
    const content = { status: 'CLOSED' };
    expect(read(item('CONVERSATION_STATUS_CHANGE', { content })).newStatus).toBe('CLOSED');
    expect(read(item('CONVERSATION_STATUS_CHANGE')).newStatus).toBeNull();
    expect(read(item('EMAIL', { content })).newStatus).toBeNull();
  });

  test.each([
    [{ value: 'FAILED', details: 'no route' }, true],
    ['FAILED', true],
    [{ value: 'DELIVERED' }, false],
    ['SENT', false],
    [undefined, false],
    [['FAILED'], false],
  ])('a status %j: delivery failed is %s', (status, failed) => {
    const entry = item('TEXT', { content: { customChannelId: 'channel-1', status } });
    expect(read(entry).deliveryFailed).toBe(failed);
  });
});

describe('the name of a channel', () => {
  test.each(['chat', 'CHAT_MESSAGE', ' Email ', 'fbmessenger', 'voice', 'phone_call', 'custom'])(
    'is %j',
    (name) => expect(isChannelName(name)).toBe(true),
  );

  test.each(['', 'call', 'VOICEMAIL', 'note', 'e-mail', 'constructor'])('is not %j', (name) =>
    expect(isChannelName(name)).toBe(false),
  );
});

describe('who did something', () => {
  test('is whoever has an id or a type that can be stored', () => {
    expect(participantOf(agent('amy'))).toEqual(agent('amy'));
    expect(participantOf({ id: 7 })).toEqual({ id: '7', type: null });
    expect(participantOf({ type: 'SYSTEM', id: 'a\0b' })).toEqual({ id: null, type: 'SYSTEM' });
  });

  test.each([null, 'amy', [], {}, { id: ' ', type: '' }])('is nobody in %j', (value) =>
    expect(participantOf(value)).toBeNull(),
  );
});

describe('a recording', () => {
  const recordingOf = (content: Record<string, unknown>, id = 'call-1'): unknown =>
    read(item('PHONE_CALL', { id, content })).recording;

  test.each([
    [60, 60, 240_000],
    ['60', 60, 240_000],
    [0, 0, 0],
    [12.5, 12.5, 50_000],
    [-1, null, null],
    ['a minute', null, null],
    [undefined, null, null],
    [null, null, null],
    [{}, null, null],
  ])('of %j seconds', (recordingDuration, durationSeconds, bytes) => {
    expect(recordingOf({ recordingStatus: 'AVAILABLE', recordingDuration })).toEqual({
      itemId: 'call-1',
      status: 'AVAILABLE',
      durationSeconds,
      bytes,
    });
  });

  test('is known by its status or by its address', () => {
    expect(recordingOf({ recordingStatus: 'DELETED' })).toMatchObject({ status: 'DELETED' });
    expect(recordingOf({ recordingUrl: '/api/v1/x' })).toMatchObject({ status: null });
    expect(recordingOf({ recordingDuration: 5 })).toBeNull();
  });

  test('of a voicemail counts too; one without an item id cannot be fetched', () => {
    const content = { recordingStatus: 'AVAILABLE' };
    expect(read(item('VOICEMAIL', { id: 'v1', content })).recording).toMatchObject({ itemId: 'v1' });
    expect(recordingOf(content, ' ')).toBeNull();
  });
});

describe('any answer', () => {
  test.each([null, undefined, 0, 'item', true, [], [[]], {}, { content: [] }, { content: 'EMAIL' }])(
    '%j is an item that nobody knows',
    (entry) => expect(read(entry)).toMatchObject({ kind: 'unknown', type: 'UNREADABLE' }),
  );

  test('one item per entry, in their order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.jsonValue(), fc.anything(), fc.constant(item('EMAIL')))),
        (entries) => {
          expect(readTimeline(entries)).toHaveLength(entries.length);
        },
      ),
    );
    expect(
      readTimeline([item('EMAIL', { id: 'a' }), null, item('SMS', { id: 'b' })]).map(({ id }) => id),
    ).toEqual(['a', null, 'b']);
  });
});
