import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attribute, type Attribution } from '../../../src/domain/attribution/credit.ts';
import {
  lacking,
  lastContactResponse,
  solveTruncated,
  withoutRefused,
  type ContactEvent,
  type ContactFinding,
} from '../../../src/domain/attribution/contacts.ts';
import { parseInstant } from '../../../src/domain/values/instant.ts';
import { readTimeline } from '../../../src/domain/attribution/timeline.ts';
import { agent, at, customer, item } from './items.ts';

function instant(time: string): bigint {
  const read = parseInstant(time);
  if (read === null) throw new Error(`${time} is no time`);
  return read;
}

/** An event at `HH:MM`, as from `GET /events`. */
function event(type: string, time: string, parts: Partial<ContactEvent> = {}): ContactEvent {
  return {
    type: `CONTACT/${type}`,
    at: instant(at(time)),
    contactId: 'contact-1',
    channel: 'EMAIL',
    initiator: { id: null, type: 'SYSTEM' },
    acceptedBy: null,
    status: null,
    messageId: null,
    ...parts,
  };
}

const sent = (agentId: string, time: string, parts: Partial<ContactEvent> = {}): ContactEvent =>
  event('MESSAGE_SENT', time, { initiator: agent(agentId), ...parts });
const call = (type: string, time: string, parts: Partial<ContactEvent> = {}): ContactEvent =>
  event(type, time, { channel: 'PHONE_CALL', contactId: 'call-1', ...parts });

function find(
  events: readonly ContactEvent[],
  options: { closedAt?: string | null; excluded?: readonly string[] } = {},
): ContactFinding {
  const closedAt = options.closedAt === undefined ? at('23:59') : options.closedAt;
  return lastContactResponse(
    events,
    closedAt === null ? null : instant(closedAt),
    (id) => options.excluded?.includes(id) ?? false,
  );
}

/** The agent; `unnamed` when no source names the agent who responded; null when none did. */
function found(...question: Parameters<typeof find>): string | null {
  const finding = find(...question);
  if (finding === null) return null;
  return 'unnamed' in finding ? 'unnamed' : finding.responder.agentId;
}

describe('messages', () => {
  test.each([
    ['CHAT', 'chat', 'CHAT_MESSAGE'],
    ['EMAIL', 'email', 'EMAIL'],
    ['FB_MESSENGER', 'fbMessenger', 'FACEBOOK_MESSAGE'],
    ['INSTAGRAM_DIRECT', 'instagramDirect', 'INSTAGRAM_DIRECT'],
    ['SMS', 'sms', 'SMS'],
    ['WHATSAPP', 'whatsapp', 'WHATSAPP'],
  ])('by %s are reported as %s', (told, channel, itemType) => {
    expect(find([sent('amy', '10:00', { channel: told, messageId: 'm1' })])).toEqual({
      responder: { agentId: 'amy', itemId: 'm1', itemType, channel, respondedAt: at('10:00') },
    });
  });

  test.each([
    ['PIGEON', 'PIGEON'],
    ['constructor', 'constructor'],
    [null, 'UNKNOWN'],
  ])('by the unknown channel %j still credit', (channel, itemType) => {
    expect(find([sent('amy', '10:00', { channel })])).toMatchObject({
      responder: { agentId: 'amy', channel: null, itemType },
    });
  });

  test('the last one counts, in whatever order they come', () => {
    const events = [sent('amy', '10:00'), sent('ben', '12:00'), sent('eve', '11:00')];
    expect(found(events)).toBe('ben');
    expect(found(events.toReversed())).toBe('ben');
  });

  test('among equal times the later one of the list', () => {
    expect(found([sent('amy', '10:00'), sent('ben', '10:00')])).toBe('ben');
    expect(found([sent('ben', '10:00'), sent('amy', '10:00')])).toBe('amy');
  });

  test.each([
    'API',
    'APPLICATION',
    'AUTOMATION',
    'CUSTOMER',
    'INTERNAL',
    'EXTERNAL',
    'SYSTEM',
    'agent',
    null,
  ])('from %s do not count', (type) => {
    const events = [sent('amy', '10:00'), sent('x', '11:00', { initiator: { id: 'x', type } })];
    expect(found(events)).toBe('amy');
  });

  test.each([
    'MESSAGE_RECEIVED',
    'OFFERED',
    'OFFER_ACCEPTED',
    'JOINED',
    'FULFILLED',
    'TRANSFERRED',
    'ENDED',
    'NEW',
  ])('a CONTACT/%s is none, whoever the initiator is', (type) =>
    expect(found([event(type, '10:00', { initiator: agent('amy'), acceptedBy: 'amy' })])).toBeNull(),
  );

  test('after the closing they do not count; at the closing they do', () => {
    const events = [sent('amy', '10:00'), sent('ben', '11:00')];
    expect(found(events, { closedAt: at('10:59') })).toBe('amy');
    expect(found(events, { closedAt: at('11:00') })).toBe('ben');
    expect(found(events, { closedAt: at('09:00') })).toBeNull();
    expect(found(events, { closedAt: null })).toBe('ben');
  });

  test('finer digits than closedAt has do not make one late', () => {
    const fine = sent('amy', '10:00', { at: instant('2026-11-22T10:00:00.000999999Z') });
    expect(found([fine], { closedAt: at('10:00') })).toBe('amy');
  });

  test('of an excluded agent yield to the one before', () => {
    const events = [sent('amy', '10:00'), sent('bot', '11:00')];
    expect(found(events, { excluded: ['bot'] })).toBe('amy');
    expect(found(events, { excluded: ['bot', 'amy'] })).toBeNull();
  });

  test('of an unnamed agent leave the responder open', () => {
    const nobody = sent('', '11:00', { initiator: { id: null, type: 'AGENT' } });
    expect(find([sent('amy', '10:00'), nobody])).toEqual({ unnamed: instant(at('11:00')) });
    expect(found([nobody, sent('amy', '12:00')])).toBe('amy');
  });

  test('nothing happened', () => expect(find([])).toBeNull());
});

describe('an inbound call', () => {
  const started = call('STARTED', '10:00', { initiator: customer });
  const accepted = call('OFFER_ACCEPTED', '10:01', { acceptedBy: 'amy', initiator: agent('amy') });
  const ended = (status: string | null): ContactEvent => call('ENDED', '10:20', { status });

  test('credits the agent who accepted it, at its end', () => {
    expect(find([started, accepted, ended('ANSWERED')])).toEqual({
      responder: {
        agentId: 'amy',
        itemId: null,
        itemType: 'PHONE_CALL',
        channel: 'voice',
        respondedAt: at('10:20'),
      },
    });
  });

  test('in a report, without a status: the agent is the initiator of the acceptance', () => {
    const reported = { ...accepted, acceptedBy: null };
    expect(found([started, reported, ended(null)])).toBe('amy');
  });

  test('with an unnamed agent leaves the responder open', () => {
    const unnamed = { ...accepted, acceptedBy: null, initiator: { id: null, type: 'SYSTEM' } };
    expect(found([started, unnamed, ended('ANSWERED')])).toBe('unnamed');
    expect(found([started, ended('ANSWERED')])).toBe('unnamed');
    const byRule = { ...unnamed, initiator: { id: 'RULES', type: 'SYSTEM' } };
    expect(found([started, byRule, ended('ANSWERED')])).toBe('unnamed');
  });

  test('transferred credits the last who accepted', () => {
    const second = call('OFFER_ACCEPTED', '10:10', { acceptedBy: 'ben' });
    expect(found([second, started, accepted, ended('ANSWERED')])).toBe('ben');
  });

  test.each(['UNANSWERED', 'ABANDONED'])('%s credits nobody', (status) => {
    expect(found([sent('ben', '09:00'), started, ended(status)])).toBe('ben');
    expect(found([started, accepted, ended(status)])).toBeNull();
  });

  test('that no agent accepted reached none, when the source gives no status', () => {
    expect(found([sent('ben', '09:00'), started, ended(null)])).toBe('ben');
    expect(found([sent('ben', '09:00'), started, ended('UNKNOWN')])).toBe('ben');
  });

  test('with an unknown ending credits the agent who accepted it', () => {
    expect(found([started, accepted, ended('UNKNOWN')])).toBe('amy');
  });

  test('is not a response before it ended', () => {
    expect(found([started, accepted])).toBeNull();
    expect(found([started, accepted, ended('ANSWERED')], { closedAt: at('10:19') })).toBeNull();
  });

  test('is not accepted by another contact’s acceptance', () => {
    const other = { ...accepted, contactId: 'call-2' };
    expect(found([sent('ben', '09:00'), started, other, ended(null)])).toBe('ben');
  });

  test('accepted by an excluded agent yields to the one before', () => {
    const events = [sent('ben', '09:00'), started, accepted, ended('ANSWERED')];
    expect(found(events, { excluded: ['amy'] })).toBe('ben');
  });

  test('orders by its end', () => {
    expect(found([started, accepted, ended('ANSWERED'), sent('ben', '10:10')])).toBe('amy');
    expect(found([started, accepted, ended('ANSWERED'), sent('ben', '10:30')])).toBe('ben');
  });
});

describe('an outbound call', () => {
  const started = call('STARTED', '10:00', { initiator: agent('amy') });
  const ended = (status: string | null): ContactEvent => call('ENDED', '10:20', { status });

  test('credits the caller when it was answered', () => {
    expect(found([started, ended('ANSWERED')])).toBe('amy');
  });

  test.each(['UNANSWERED', 'ABANDONED'])('%s credits nobody', (status) => {
    expect(found([sent('ben', '09:00'), started, ended(status)])).toBe('ben');
  });

  test.each([null, 'UNKNOWN'])(
    'of which nobody says whether it was answered (%s) is never guessed',
    (status) => {
      expect(find([sent('ben', '09:00'), started, ended(status)])).toEqual({ unnamed: instant(at('10:20')) });
    },
  );

  test('accepted as an offer credits the agent who accepted', () => {
    const accepted = call('OFFER_ACCEPTED', '10:01', { acceptedBy: 'ben' });
    expect(found([started, accepted, ended('ANSWERED')])).toBe('ben');
  });
});

describe('a call whose start the source does not have', () => {
  test.each([null, 'UNKNOWN', 'ANSWERED'])('may have been a response (status %s)', (status) => {
    expect(found([sent('ben', '09:00'), call('ENDED', '10:20', { status })])).toBe('unnamed');
  });

  test('also where it has no contact id', () => {
    const loose = call('ENDED', '10:20', { contactId: null });
    const acceptedElsewhere = call('OFFER_ACCEPTED', '10:00', { contactId: null, acceptedBy: 'amy' });
    expect(found([sent('ben', '09:00'), acceptedElsewhere, loose])).toBe('unnamed');
  });

  test.each(['UNANSWERED', 'ABANDONED'])('was none when it ended %s', (status) => {
    expect(found([sent('ben', '09:00'), call('ENDED', '10:20', { status })])).toBe('ben');
  });
});

const visible = (...items: unknown[]): Attribution =>
  attribute({ items: readTimeline(items), closedAt: instant(at('23:59')), isExcluded: (id) => id === 'bot' });
const email = (agentId: string, time: string, id: string): unknown =>
  item('EMAIL', { id, at: at(time), initiator: agent(agentId) });

describe('joined with the visible timeline', () => {
  const credited = (shown: Attribution, finding: ContactFinding): string | null =>
    solveTruncated(shown, finding)?.agentId ?? null;

  test('a cut timeline alone names nobody', () => {
    expect(solveTruncated(visible(email('amy', '10:00', 'm1')), null)).toBeNull();
    expect(solveTruncated(visible(), null)).toBeNull();
  });

  test('the other source names the responder in the hidden part', () => {
    expect(credited(visible(email('amy', '10:00', 'm1')), find([sent('ben', '11:00')]))).toBe('ben');
    expect(credited(visible(), find([sent('ben', '11:00')]))).toBe('ben');
  });

  test('the visible response counts when it is the later one', () => {
    const shown = visible(
      item('TEXT', { at: at('12:00'), initiator: agent('amy'), content: { customChannelId: 'c' } }),
    );
    expect(credited(shown, find([sent('ben', '11:00')]))).toBe('amy');
  });

  test('the same message in both sources is taken from the timeline', () => {
    const shown = visible(email('amy', '10:00', 'm1'));
    const finding = find([
      sent('amy', '10:00', { messageId: 'm1', channel: null, at: instant('2026-11-22T10:00:00.250Z') }),
    ]);
    expect(solveTruncated(shown, finding)).toEqual(shown.response);
  });

  test.each([
    ['10:00:07.000Z', '10:00:12.000Z', 'eve'],
    ['10:00:07.000Z', '10:00:12.001Z', 'amy'],
    ['10:00:00.000Z', '10:00:59.999Z', 'eve'],
    ['10:00:00.000Z', '10:01:00.000Z', 'amy'],
  ])('told at %s and shown at %s, the response is of %s', (told, shown, agentId) => {
    const ours = visible({ ...(email('amy', '10:00', 'm1') as object), timestamp: `2026-11-22T${shown}` });
    const theirs = find([sent('eve', '10:00', { at: instant(`2026-11-22T${told}`) })]);
    expect(credited(ours, theirs)).toBe(agentId);
  });

  test('so is a response of the same moment, where a report tells no message', () => {
    const shown = visible(email('amy', '10:00', 'm1'));
    expect(solveTruncated(shown, find([sent('amy', '10:00')]))).toEqual(shown.response);
  });

  test('messages without an id are never taken for the same', () => {
    const shown = visible({ ...(email('amy', '10:00', '') as object), id: null });
    expect(credited(shown, find([sent('ben', '11:00')]))).toBe('ben');
  });

  test('a response that nobody names leaves it open, unless a visible one came later', () => {
    const unnamed = find([call('ENDED', '10:20', { status: 'ANSWERED' })]);
    expect(solveTruncated(visible(), unnamed)).toBeNull();
    expect(solveTruncated(visible(email('amy', '10:00', 'm1')), unnamed)).toBeNull();
    expect(solveTruncated(visible(email('amy', '10:20', 'm1')), unnamed)).toBeNull();
    expect(credited(visible(email('amy', '10:21', 'm1')), unnamed)).toBe('amy');
  });

  test('nobody is credited who is in neither source, and nobody who responded before another named one', () => {
    const people = fc.constantFrom('amy', 'ben', 'eve');
    const times = fc.integer({ min: 10, max: 22 }).map((hour) => `${hour}:00`);
    const responses = fc.array(fc.tuple(people, times), { maxLength: 5 });
    fc.assert(
      fc.property(responses, responses, (shown, told) => {
        const items = shown.map(([who, time], index) => email(who, time, `i${index}`));
        const response = solveTruncated(visible(...items), find(told.map(([who, time]) => sent(who, time))));
        const latest = [...shown, ...told]
          .map(([, time]) => at(time))
          .toSorted()
          .at(-1);
        expect(response === null).toBe(told.length === 0);
        if (response === null) return;
        expect(response.respondedAt).toBe(latest);
        expect(
          [...shown, ...told].some(([who, time]) => who === response.agentId && at(time) === latest),
        ).toBe(true);
      }),
    );
  });

  test.each([
    ['10:00:00Z', '10:00:00.700Z'],
    ['10:00:00Z', '10:00:42Z'],
    ['10:00:03Z', '10:00:00Z'],
  ])('of another agent at the same moment (%s for %s), what is hidden came later', (told, shown) => {
    const ours = visible(email('ben', '09:00', 'm0'), {
      ...(email('amy', '10:00', 'm1') as object),
      timestamp: `2026-11-22T${shown}`,
    });
    const moment = { at: instant(`2026-11-22T${told}`) };
    expect(credited(ours, find([sent('amy', '10:00', moment), sent('eve', '10:00', moment)]))).toBe('eve');
  });

  test('of two agents at the same moment whom the timeline shows, the later one there', () => {
    const shown = visible(email('ben', '10:00', 'm0'), {
      ...(email('amy', '10:00', 'm1') as object),
      timestamp: '2026-11-22T10:00:00.400Z',
    });
    expect(credited(shown, find([sent('amy', '10:00'), sent('ben', '10:00')]))).toBe('amy');
  });
});

describe('a source that lacks what the timeline shows', () => {
  const from = (time: string): number => Date.parse(at(time));
  /** The id of the item that is lacking; `bot` is excluded. */
  const lacked = (shown: Attribution, events: readonly ContactEvent[], since = from('00:00')): unknown =>
    lacking(shown, { events, since }, find(events, { excluded: ['bot'] }))?.itemId;

  test.each([
    ['tells of an older response of the same agent', [sent('amy', '09:00')]],
    ['tells of another agent at that time', [sent('ben', '11:00')]],
    ['tells of that agent in other ways', [sent('amy', '09:00'), event('ENDED', '11:00')]],
    ['tells of nothing', []],
    ['tells of a later response of an excluded agent', [sent('amy', '09:00'), sent('bot', '11:30')]],
  ])('has not answered: it %s', (_, events) => {
    const shown = visible(
      email('amy', '09:00', 'm0'),
      email('amy', '11:00', 'm1'),
      email('bot', '11:30', 'm2'),
    );
    expect(lacked(shown, events)).toMatch(/m[12]/);
  });

  test('of an excluded agent alone has not either: what it does not know yet may be an answer', () => {
    const shown = visible(email('amy', '09:00', 'm0'), email('bot', '11:00', 'm1'));
    expect(lacked(shown, [sent('amy', '09:00')])).toBe('m1');
    expect(lacked(shown, [sent('amy', '09:00'), sent('bot', '11:00')])).toBeUndefined();
  });

  test('has answered where it tells of a later one, or was not asked for that time', () => {
    const shown = visible(email('amy', '11:00', 'm1'));
    expect(lacked(shown, [sent('ben', '12:00')])).toBeUndefined();
    expect(lacked(shown, [], from('11:00'))).toBeUndefined();
    expect(lacked(shown, [], from('10:59'))).toBe('m1');
  });

  test('has answered where its times differ a little, or are whole minutes, or it names the message', () => {
    const shown = visible({
      ...(email('amy', '11:00', 'm1') as object),
      timestamp: '2026-11-22T11:00:42.500Z',
    });
    const told = (time: string, parts: Partial<ContactEvent> = {}): ContactEvent =>
      sent('amy', '11:00', { at: instant(`2026-11-22T${time}`), ...parts });
    expect(lacked(shown, [told('11:00:38Z')])).toBeUndefined();
    expect(lacked(shown, [told('11:00:00Z')])).toBeUndefined();
    expect(lacked(shown, [told('11:00:30Z')])).toBe('m1');
    expect(lacked(shown, [told('11:00:30Z', { messageId: 'm1' })])).toBeUndefined();
    expect(lacked(shown, [told('11:00:00Z', { messageId: 'm0' })])).toBe('m1');
  });

  test('has not answered where the agent did something else at that time', () => {
    const shown = visible(email('amy', '11:00', 'm1'));
    const accepted = event('OFFER_ACCEPTED', '11:00', { initiator: agent('amy') });
    expect(lacked(shown, [sent('amy', '09:00'), accepted])).toBe('m1');
  });

  test('is asked for what came more than five seconds after what it found', () => {
    const shown = (time: string): Attribution =>
      visible({ ...(email('amy', '11:00', 'm1') as object), timestamp: `2026-11-22T${time}` });
    const told = [sent('ben', '11:00', { at: instant('2026-11-22T11:00:07Z') })];
    expect(lacked(shown('11:00:12Z'), told)).toBeUndefined();
    expect(lacked(shown('11:00:12.001Z'), told)).toBe('m1');
  });

  test('has answered where its message is about that time and the timeline gives no id', () => {
    const shown = visible({
      ...(email('amy', '11:00', '') as object),
      id: null,
      timestamp: '2026-11-22T11:00:42.500Z',
    });
    expect(lacked(shown, [sent('amy', '11:00', { messageId: 'm9' })])).toBeUndefined();
    expect(lacked(shown, [sent('ben', '11:00', { messageId: 'm9' })])).toBeNull();
  });

  test('is asked for the response that ended last, wherever it stands in the timeline', () => {
    const times = { answeredAt: at('10:50'), completedAt: at('11:10') };
    const long = item('PHONE_CALL', {
      id: 'p1',
      at: at('10:50'),
      initiator: customer,
      responder: agent('amy'),
      content: times,
    });
    expect(lacked(visible(long, email('amy', '11:00', 'm1')), [])).toBe('p1');
    expect(lacked(visible(email('amy', '11:00', 'm1'), long), [])).toBe('p1');
  });

  test('need not have messages of a channel that no contact is made of, nor what was refused or came late', () => {
    const shown = visible(
      item('TEXT', { at: at('11:00'), initiator: agent('amy'), content: { customChannelId: 'c' } }),
      item('TWITTER', { at: at('11:00'), initiator: agent('amy') }),
      item('SMS', { at: at('11:00'), initiator: agent('amy'), content: { status: 'FAILED' } }),
      item('EMAIL', { at: '2026-11-23T01:00:00Z', initiator: agent('amy') }),
    );
    expect(lacked(shown, [])).toBeUndefined();
  });

  test('has a call once its contact ended, whoever is named', () => {
    const times = { answeredAt: at('10:50'), completedAt: at('11:00') };
    const shown = visible(
      item('PHONE_CALL', { id: 'p1', initiator: customer, responder: agent('amy'), content: times }),
    );
    expect(lacked(shown, [call('OFFER_ACCEPTED', '10:50', { acceptedBy: 'amy' })])).toBe('p1');
    const late = call('ENDED', '23:59', { at: instant('2026-11-23T00:00:10Z') });
    expect(lacked(shown, [late])).toBeUndefined();
    expect(lacked(shown, [sent('amy', '09:00'), sent('bot', '11:30')])).toBe('p1');
  });

  test.each([
    ['10:59:54.999Z', 'p1'],
    ['10:59:55.000Z', undefined],
    ['11:00:00.000Z', undefined],
  ])('has a call that ended by its clock at %s', (ended, itemId) => {
    const times = { answeredAt: at('10:50'), completedAt: at('11:00') };
    const shown = visible(
      item('PHONE_CALL', { id: 'p1', initiator: customer, responder: agent('bot'), content: times }),
    );
    const events = [
      call('OFFER_ACCEPTED', '10:50', { acceptedBy: 'bot' }),
      call('ENDED', '10:59', { at: instant(`2026-11-22T${ended}`) }),
    ];
    expect(lacked(shown, events)).toBe(itemId);
  });
});

describe('messages that the timeline shows as refused', () => {
  const failed = item('SMS', {
    id: 'm2',
    at: at('11:00'),
    initiator: agent('ben'),
    content: { status: 'FAILED' },
  });

  test('do not count in the other source, whether it names them or not', () => {
    const shown = visible(email('amy', '10:00', 'm1'), failed);
    for (const messageId of ['m2', null]) {
      const events = [sent('amy', '10:00'), sent('ben', '11:00', { messageId })];
      expect(found(withoutRefused(events, shown))).toBe('amy');
    }
    expect(found(withoutRefused([sent('ben', '11:00', { messageId: 'm3' })], shown))).toBe('ben');
  });

  test('are known by their agent and moment, and hide nothing else', () => {
    const [shown, told] = [visible(failed), [sent('ben', '11:00')]];
    expect(withoutRefused(told, shown)).toEqual([]);
    const twice = visible(failed, { ...(failed as object), id: 'm3', timestamp: at('11:30') });
    expect(withoutRefused(told, twice)).toEqual([]);
    const later = [sent('ben', '11:00', { at: instant('2026-11-22T11:00:06Z') })];
    expect(withoutRefused(later, shown)).toEqual(later);
    const atTheMinuteAfter = visible({ ...(failed as object), timestamp: '2026-11-22T10:59:54Z' });
    expect(withoutRefused(told, atTheMinuteAfter)).toEqual(told);
    expect(withoutRefused(told, visible(email('amy', '10:00', 'm1')))).toEqual(told);
    const named = [sent('amy', '10:00', { messageId: 'm1' })];
    expect(withoutRefused(named, visible(email('amy', '10:00', 'm1')))).toEqual(named);
  });

  test.each([
    ['a note', item('CONVERSATION_NOTE', { at: at('11:00'), initiator: agent('ben') })],
    ['a message of a rule', item('EMAIL', { at: at('11:00'), initiator: { id: 'r', type: 'AUTOMATION' } })],
    [
      'a failed message of a channel that no contact is made of',
      item('TEXT', {
        at: at('11:00'),
        initiator: agent('ben'),
        content: { customChannelId: 'c', status: { value: 'FAILED' } },
      }),
    ],
  ])('are messages: %s of the same moment hides none', (_, other) => {
    const told = [sent('ben', '11:00')];
    expect(withoutRefused(told, visible(other))).toEqual(told);
  });

  test('hide none that was delivered at the same moment', () => {
    const events = [sent('ben', '11:00')];
    const among = visible(failed, email('ben', '11:00', 'm3'), email('amy', '12:00', 'm4'));
    expect(withoutRefused(events, among)).toEqual(events);
  });

  test('hide none that was delivered a moment later', () => {
    const events = [sent('ben', '11:00')];
    expect(found(withoutRefused(events, visible(failed, email('ben', '11:00', 'm3'))))).toBe('ben');
    expect(found(withoutRefused([sent('amy', '11:00')], visible(failed)))).toBe('amy');
  });
});
