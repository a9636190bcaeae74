import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attribute, type Attribution } from '../../../src/domain/attribution/credit.ts';
import { parseInstant } from '../../../src/domain/values/instant.ts';
import { readTimeline } from '../../../src/domain/attribution/timeline.ts';
import { agent, at, customer, item } from './items.ts';

function creditOf(
  items: readonly unknown[],
  options: { closedAt?: string; excluded?: readonly string[] } = {},
): Attribution {
  return attribute({
    items: readTimeline(items),
    closedAt: parseInstant(options.closedAt ?? at('23:59')),
    isExcluded: (id) => options.excluded?.includes(id) ?? false,
  });
}

const agentOf = (result: Attribution): string | null | undefined => result.response?.agentId;
const whyOf = (result: Attribution, itemId: string): string | undefined =>
  result.considered.find((entry) => entry.itemId === itemId)?.why;

const messageTypes = [
  ['CHAT_MESSAGE', 'chat'],
  ['EMAIL', 'email'],
  ['SMS', 'sms'],
  ['FACEBOOK_MESSAGE', 'fbMessenger'],
  ['INSTAGRAM_DIRECT', 'instagramDirect'],
  ['WHATSAPP', 'whatsapp'],
  ['TWITTER', 'twitter'],
] as const;

describe('who is credited', () => {
  test.each(messageTypes)('an agent who wrote a %s', (type, channel) => {
    const result = creditOf([item(type, { initiator: agent('amy') })]);
    expect(result.response).toMatchObject({ agentId: 'amy', itemType: type, channel });
  });

  test('the last one to respond, not the one before', () => {
    const result = creditOf([
      item('EMAIL', { at: at('10:00'), initiator: agent('amy') }),
      item('EMAIL', { at: at('11:00'), initiator: agent('ben') }),
    ]);
    expect(agentOf(result)).toBe('ben');
    expect(result.considered.map(({ why }) => why)).toEqual(['earlier response', 'last response']);
  });

  test.each([
    ['2026-11-22T11:00:00Z', 'ben'],
    ['2026-11-22T11:00:00.000Z', 'ben'],
    ['2026-11-22T11:00:00.001Z', 'amy'],
    ['2026-11-22T10:59:59Z', 'amy'],
  ])(
    'the one before the change to CLOSED, where closedAt (%s) tells no fraction of its second: %s',
    (closedAt, id) => {
      const result = creditOf(
        [
          item('EMAIL', { at: at('10:00'), initiator: agent('amy') }),
          item('EMAIL', { at: '2026-11-22T11:00:00.412Z', initiator: agent('ben') }),
          item('CONVERSATION_STATUS_CHANGE', {
            at: '2026-11-22T11:00:00.430Z',
            initiator: agent('cleo'),
            content: { status: 'CLOSED' },
          }),
          item('EMAIL', { id: 'after', at: '2026-11-22T11:00:00.431Z', initiator: agent('cleo') }),
        ],
        { closedAt },
      );
      expect(agentOf(result)).toBe(id);
      expect(whyOf(result, 'after')).toBe('after the closing');
    },
  );

  test.each(['API', 'AUTOMATION', 'SYSTEM', 'INTERNAL', 'EXTERNAL', 'CUSTOMER', 'agent', 'NEW_KIND'])(
    'never a message from %s',
    (type) => {
      const result = creditOf([
        item('EMAIL', { at: at('10:00'), initiator: agent('amy') }),
        item('EMAIL', { id: 'later', at: at('11:00'), initiator: { id: 'x', type } }),
      ]);
      expect(agentOf(result)).toBe('amy');
      expect(whyOf(result, 'later')).toBe(`from ${type}`);
    },
  );

  test.each([
    'VOICEMAIL',
    'CONVERSATION_NOTE',
    'TOPIC_CHANGE',
    'CONVERSATION_STATUS_CHANGE',
    'CUSTOMER_ACTIVITY',
    'VOICE_AI_MESSAGE',
    'TASK',
    'RICH_CARD',
  ])('never by a %s of an agent', (type) => {
    const result = creditOf([item(type, { initiator: agent('amy'), responder: agent('amy') })]);
    expect(result.response).toBeNull();
    expect(result.considered[0]?.counts).toBe(false);
  });

  test('among equal times the later item of the list', () => {
    const items = [
      item('EMAIL', { at: at('10:00'), initiator: agent('amy') }),
      item('SMS', { at: at('10:00'), initiator: agent('ben') }),
    ];
    expect(agentOf(creditOf(items))).toBe('ben');
    expect(agentOf(creditOf(items.toReversed()))).toBe('amy');
  });

  test('times differ down to the nanosecond and across offsets', () => {
    const result = creditOf([
      item('EMAIL', { at: '2026-11-22T11:00:00.000000002+01:00', initiator: agent('amy') }),
      item('EMAIL', { at: '2026-11-22T10:00:00.000000001Z', initiator: agent('ben') }),
    ]);
    expect(agentOf(result)).toBe('amy');
  });

  test('an agent without an id responded, but nobody knows who', () => {
    const result = creditOf([item('EMAIL', { initiator: { type: 'AGENT' } })]);
    expect(result.response).toMatchObject({ agentId: null, itemType: 'EMAIL' });
  });
});

describe('calls', () => {
  const times = { startedAt: at('10:00'), answeredAt: at('10:01'), completedAt: at('10:20') };

  test('an inbound call credits the responder, an outbound one the initiator', () => {
    const inbound = item('PHONE_CALL', { initiator: customer, responder: agent('amy'), content: times });
    const outbound = item('PHONE_CALL', { initiator: agent('ben'), responder: customer, content: times });
    expect(agentOf(creditOf([inbound]))).toBe('amy');
    expect(agentOf(creditOf([outbound]))).toBe('ben');
  });

  test.each([
    ['inbound', { initiator: customer, responder: agent('amy') }],
    ['outbound', { initiator: agent('amy'), responder: customer }],
  ])('an %s call that nobody answered counts for nobody', (_, people) => {
    for (const answeredAt of [undefined, null, '', 'soon']) {
      const content = { startedAt: at('10:00'), completedAt: at('10:05'), answeredAt };
      expect(creditOf([item('PHONE_CALL', { ...people, content })]).response).toBeNull();
    }
  });

  test.each([
    '0001-01-01T00:00:00Z',
    '1753-01-01T00:00:00.000Z',
    '1899-12-30T00:00:00Z',
    '1980-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
    0,
    -62_135_596_800_000,
    '0',
    '-',
  ])('a call whose times are %j was not answered, and does not stand in the way of others', (zero) => {
    const content = { startedAt: at('10:00'), answeredAt: zero, completedAt: zero };
    const call = item('PHONE_CALL', { initiator: customer, responder: agent('amy'), content });
    const { response, undated, considered } = creditOf([
      item('CHAT_MESSAGE', { at: at('09:00'), initiator: agent('ben') }),
      call,
    ]);
    expect(response).toMatchObject({ agentId: 'ben' });
    expect(undated).toEqual([]);
    expect(considered.at(-1)).toMatchObject({ counts: false, why: 'call not answered' });
    const ended = { ...content, answeredAt: at('10:01') };
    const answered = item('PHONE_CALL', { initiator: customer, responder: agent('amy'), content: ended });
    expect(creditOf([answered]).response?.respondedAt).toBe(at('10:01'));
  });

  test('a call is as late as its end', () => {
    const result = creditOf([
      item('PHONE_CALL', { at: at('10:00'), initiator: customer, responder: agent('amy'), content: times }),
      item('CHAT_MESSAGE', { at: at('10:10'), initiator: agent('ben') }),
    ]);
    expect(agentOf(result)).toBe('amy');
    expect(result.response?.respondedAt).toBe(at('10:20'));
  });

  test.each([
    [{ answeredAt: at('10:01'), completedAt: null }, at('10:01')],
    [{ answeredAt: at('10:01'), completedAt: 'never' }, at('10:01')],
  ])('without a readable end it is as late as its answer', (content, expected) => {
    const call = item('PHONE_CALL', { at: at('09:00'), initiator: agent('amy'), content });
    expect(creditOf([call]).response?.respondedAt).toBe(expected);
  });

  test('a call that ended after the closing does not count', () => {
    const call = item('PHONE_CALL', { id: 'call', initiator: agent('amy'), content: times });
    const result = creditOf([call], { closedAt: at('10:19') });
    expect(result.response).toBeNull();
    expect(whyOf(result, 'call')).toBe('ended after the closing');
    const sooner = creditOf([call], { closedAt: at('09:59') });
    expect(whyOf(sooner, 'call')).toBe('after the closing');
  });
});

describe('what does not count', () => {
  test('items after the closing; one at the closing does', () => {
    const items = [
      item('EMAIL', { at: at('10:00'), initiator: agent('amy') }),
      item('EMAIL', { id: 'late', at: '2026-11-22T10:00:00.001Z', initiator: agent('ben') }),
    ];
    const result = creditOf(items, { closedAt: at('10:00') });
    expect(agentOf(result)).toBe('amy');
    expect(whyOf(result, 'late')).toBe('after the closing');
  });

  test('finer digits than closedAt has do not make an item late', () => {
    const items = [item('EMAIL', { at: '2026-11-22T10:00:00.870912345Z', initiator: agent('amy') })];
    expect(agentOf(creditOf(items, { closedAt: '2026-11-22T10:00:00.870Z' }))).toBe('amy');
  });

  test('a failed delivery, as text or as an object; other states do count', () => {
    const custom = (status: unknown, id: string): unknown =>
      item('TEXT', { id, initiator: agent('amy'), content: { customChannelId: 'c1', status } });
    expect(creditOf([custom({ value: 'FAILED', details: 'no' }, 'a')]).response).toBeNull();
    expect(creditOf([custom('FAILED', 'a')]).response).toBeNull();
    expect(whyOf(creditOf([custom('FAILED', 'a')]), 'a')).toBe('delivery failed');
    for (const status of [{ value: 'SENT' }, { value: 'READ' }, null, undefined, 'DELIVERED']) {
      expect(creditOf([custom(status, 'a')]).response).toMatchObject({ agentId: 'amy', channel: 'custom' });
    }
  });

  test('an excluded agent; the one before counts', () => {
    const items = [
      item('EMAIL', { at: at('10:00'), initiator: agent('amy') }),
      item('EMAIL', { id: 'bot', at: at('11:00'), initiator: agent('bot') }),
    ];
    const result = creditOf(items, { excluded: ['bot'] });
    expect(agentOf(result)).toBe('amy');
    expect(whyOf(result, 'bot')).toBe('excluded agent');
    expect(creditOf(items, { excluded: ['bot', 'amy'] })).toMatchObject({
      response: null,
      excludedAgentIds: ['amy', 'bot'],
    });
  });

  test('an item without a readable time', () => {
    const items = [item('EMAIL', { id: 'a', at: 'yesterday', initiator: agent('amy') })];
    expect(whyOf(creditOf(items), 'a')).toBe('no readable time');
  });

  test('an unknown type, which is named', () => {
    const result = creditOf([item('RICH_CARD', { initiator: agent('amy') })]);
    expect(result.unknownTypes).toEqual(['RICH_CARD']);
  });

  test('a type that is a property of every JavaScript object is unknown too', () => {
    for (const type of ['constructor', '__proto__', 'toString']) {
      expect(creditOf([item(type, { initiator: agent('amy') })]).response).toBeNull();
    }
  });
});

describe('whether the customer spoke', () => {
  test.each([
    ['a message', item('EMAIL', { initiator: customer }), true],
    ['a call, also an unanswered one', item('PHONE_CALL', { initiator: customer }), true],
    ['a voicemail, whoever it names', item('VOICEMAIL', { initiator: agent('amy') }), true],
    ['talking to voice AI', item('VOICE_AI_MESSAGE', { initiator: customer }), true],
    ['an outbound call', item('PHONE_CALL', { initiator: agent('amy'), responder: customer }), false],
    ['an activity outside', item('CUSTOMER_ACTIVITY', { initiator: customer }), false],
    ['an unknown item', item('RICH_CARD', { initiator: customer }), false],
    ['a message after the closing', item('SMS', { at: at('23:59:30'), initiator: customer }), true],
  ])('%s', (_, entry, expected) => {
    expect(creditOf([entry]).customerSpoke).toBe(expected);
  });

  test('only before the closing', () => {
    const late = item('SMS', { at: at('12:00'), initiator: customer });
    expect(creditOf([late], { closedAt: at('11:00') }).customerSpoke).toBe(false);
  });

  test.each([
    ['PHONE_CALL', 'began before the closing and ended after it', '10:59', true],
    ['PHONE_CALL', 'began after the closing', '11:01', false],
    ['VOICEMAIL', 'began before the closing and ended after it', '10:59', true],
    ['VOICEMAIL', 'began after the closing', '11:01', false],
  ])('by a %s that %s', (type, _, startedAt, expected) => {
    const content = { startedAt: at(startedAt), answeredAt: at('11:02'), completedAt: at('11:20') };
    // The time of an item can be the time of its end.
    const call = item(type, { at: at('11:20'), initiator: customer, responder: agent('amy'), content });
    const result = creditOf([call], { closedAt: at('11:00') });
    expect(result).toMatchObject({ customerSpoke: expected, response: null });
  });

  test('by a call whose start is only in the time of its item', () => {
    const content = { answeredAt: at('11:02'), completedAt: at('11:20') };
    const call = (time: string): unknown => item('PHONE_CALL', { at: time, initiator: customer, content });
    const spoke = (time: string): boolean => creditOf([call(time)], { closedAt: at('11:00') }).customerSpoke;
    expect([spoke(at('10:59')), spoke(at('11:01')), spoke('soon')]).toEqual([true, false, false]);
  });
});

describe('any timeline', () => {
  const people = fc.oneof(
    fc.record({
      id: fc.constantFrom('amy', 'ben', 'eve'),
      type: fc.constantFrom('AGENT', 'CUSTOMER', 'API', 'SYSTEM'),
    }),
    fc.constant(null),
  );
  const minutes = fc.integer({ min: 0, max: 1439 }).map((minute) => {
    const text = (value: number): string => String(value).padStart(2, '0');
    return at(`${text(Math.floor(minute / 60))}:${text(minute % 60)}`);
  });
  const anyItem = fc
    .record({
      type: fc.constantFrom('EMAIL', 'PHONE_CALL', 'CONVERSATION_NOTE', 'CHAT_MESSAGE', 'VOICEMAIL', 'TEXT'),
      time: minutes,
      initiator: people,
      responder: people,
      answeredAt: fc.option(minutes),
      completedAt: fc.option(minutes),
      customChannelId: fc.option(fc.constant('channel')),
      status: fc.constantFrom(null, { value: 'FAILED' }, { value: 'SENT' }),
    })
    .map(({ type, time, initiator, responder, ...content }) =>
      item(type, { at: time, initiator, responder, content }),
    );

  test('any JSON array has an answer', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (entries) => {
        const result = creditOf(entries);
        expect(result.considered).toHaveLength(entries.length);
      }),
      { numRuns: 500 },
    );
  });

  test('the order of the list does not matter except among equal times', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyItem, { selector: timeKey, maxLength: 12 }),
        fc.integer(),
        (items, seed) => {
          const shuffled = items.toSorted((one, two) => hash(one, seed) - hash(two, seed));
          expect(creditOf(shuffled).response).toEqual(creditOf(items).response);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('unknown items change nothing', () => {
    const unknown = fc.record({
      content: fc.record({ type: fc.constantFrom('RICH_CARD', 'NEW') }),
      timestamp: minutes,
    });
    fc.assert(
      fc.property(fc.array(anyItem), fc.array(unknown), (items, extra) => {
        expect(creditOf([...items, ...extra]).response).toEqual(creditOf(items).response);
        expect(creditOf([...extra, ...items]).response).toEqual(creditOf(items).response);
      }),
    );
  });

  test('the credited agent sent a message or answered a call, and is not excluded', () => {
    fc.assert(
      fc.property(fc.array(anyItem), (items) => {
        const { response } = creditOf(items, { excluded: ['eve'] });
        if (response === null) return;
        const entry = items.find(({ id }) => id === response.itemId) as Record<string, never>;
        const isAgent = (person: unknown): boolean =>
          (person as { id?: string; type?: string } | null)?.type === 'AGENT' &&
          (person as { id?: string }).id === response.agentId;
        expect(isAgent(entry['initiator']) || isAgent(entry['responder'])).toBe(true);
        expect(response.agentId).not.toBe('eve');
        expect(['EMAIL', 'PHONE_CALL', 'CHAT_MESSAGE', 'TEXT']).toContain(response.itemType);
      }),
      { numRuns: 500 },
    );
  });

  /** The time that orders an item, so that generated items never tie. */
  function timeKey(entry: Record<string, unknown>): string {
    const content = entry['content'] as { type: string; answeredAt?: string; completedAt?: string };
    const own = entry['timestamp'] as string;
    return content.type === 'PHONE_CALL' ? (content.completedAt ?? content.answeredAt ?? own) : own;
  }

  function hash(entry: Record<string, unknown>, seed: number): number {
    return Array.from(JSON.stringify([entry['id'], seed])).reduce(
      (sum, one) => (sum * 31 + one.charCodeAt(0)) | 0,
      7,
    );
  }
});

describe('a response without a readable time', () => {
  const dated = item('EMAIL', { at: at('10:00'), initiator: agent('amy') });
  const undated = item('SMS', { id: 'undated', at: 'soon', initiator: agent('ben') });

  test('may be the last one, unless a dated response follows it', () => {
    expect(creditOf([dated, undated]).undated).toEqual(['undated']);
    expect(creditOf([undated, dated]).undated).toEqual([]);
  });

  test('is also a call that was answered at a time that cannot be read', () => {
    const call = item('PHONE_CALL', {
      id: 'call',
      initiator: agent('ben'),
      content: { answeredAt: 'garbage' },
    });
    expect(creditOf([dated, call]).undated).toEqual(['call']);
  });

  test('of an excluded agent or a customer, or a failed one, does not matter', () => {
    expect(creditOf([dated, undated], { excluded: ['ben'] }).undated).toEqual([]);
    expect(creditOf([dated, item('SMS', { at: 'soon', initiator: customer })]).undated).toEqual([]);
    expect(creditOf([dated, item('VOICEMAIL', { at: 'soon', initiator: agent('ben') })]).undated).toEqual([]);
  });
});
