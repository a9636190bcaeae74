import { describe, expect, test } from 'vitest';
import { attribute, type Attribution } from '../../../src/domain/attribution/credit.ts';
import { readTimeline } from '../../../src/domain/attribution/timeline.ts';
import { parseInstant } from '../../../src/domain/values/instant.ts';
import { agent, at, customer, item } from './items.ts';

function creditOf(
  items: readonly unknown[],
  closedAt: string | null = at('23:59'),
  isExcluded: (id: string) => boolean = () => false,
): Attribution {
  return attribute({ items: readTimeline(items), closedAt: parseInstant(closedAt), isExcluded });
}

const whyOf = (...question: Parameters<typeof creditOf>) =>
  creditOf(...question).considered.map(({ why }) => why);
const closed = (time: string): unknown =>
  item('CONVERSATION_STATUS_CHANGE', { at: time, content: { status: 'CLOSED' } });

describe('an item that was looked at', () => {
  test('is told with who acted, and when', () => {
    const content = { answeredAt: at('10:31'), completedAt: at('10:40') };
    const items = [
      item('EMAIL', { id: 'asked', at: at('10:00'), initiator: customer }),
      item('PHONE_CALL', {
        ...{ id: 'call', at: at('10:30'), initiator: customer, responder: agent('amy'), content },
      }),
      item('SMS', { id: 'undated', at: 'soon', initiator: agent('ben') }),
      item('TASK', { id: 'task', at: at('11:00') }),
    ];
    expect(creditOf(items).considered).toEqual([
      {
        ...{ itemId: 'asked', type: 'EMAIL', initiator: 'CUSTOMER', agentId: null, at: at('10:00') },
        ...{ counts: false, why: 'from CUSTOMER' },
      },
      {
        ...{ itemId: 'call', type: 'PHONE_CALL', initiator: 'CUSTOMER', agentId: 'amy', at: at('10:40') },
        ...{ counts: true, why: 'last response' },
      },
      {
        ...{ itemId: 'undated', type: 'SMS', initiator: 'AGENT', agentId: 'ben', at: null },
        ...{ counts: false, why: 'no readable time' },
      },
      {
        ...{ itemId: 'task', type: 'TASK', initiator: null, agentId: null, at: at('11:00') },
        ...{ counts: false, why: 'task' },
      },
    ]);
  });

  test.each([
    ['VOICEMAIL', 'voicemail'],
    ['VOICE_AI_MESSAGE', 'voice AI'],
    ['CONVERSATION_NOTE', 'note'],
    ['TOPIC_CHANGE', 'topic change'],
    ['CONVERSATION_STATUS_CHANGE', 'status change'],
    ['CUSTOMER_ACTIVITY', 'customer activity'],
    ['TASK', 'task'],
    ['RICH_CARD', 'unknown type'],
  ])('a %s does not count: %s', (type, why) => {
    expect(whyOf([item(type, { initiator: agent('amy') })])).toEqual([why]);
  });

  test('that cannot be read does not count', () => {
    expect(whyOf([null, { content: 'EMAIL' }])).toEqual(['unreadable item', 'unreadable item']);
  });

  test('without an agent says whose it is', () => {
    const content = { answeredAt: at('10:31') };
    expect(
      whyOf([
        item('EMAIL'),
        item('EMAIL', { initiator: { id: 'x' } }),
        item('PHONE_CALL', { initiator: customer, content }),
        item('PHONE_CALL', { content }),
      ]),
    ).toEqual(['no initiator', 'no initiator', 'call, from CUSTOMER', 'call, no initiator']);
  });

  test('is ordered by its own time, also where it has the times of a call', () => {
    const items = [
      item('EMAIL', { at: at('10:00'), initiator: agent('amy'), content: { completedAt: at('12:00') } }),
      item('SMS', { at: at('11:00'), initiator: agent('ben') }),
    ];
    expect(creditOf(items).response?.agentId).toBe('ben');
  });

  test('is a call that rang at its own time, where nobody answered', () => {
    const call = item('PHONE_CALL', { at: at('10:30'), initiator: agent('amy') });
    expect(creditOf([call]).considered[0]).toMatchObject({ at: at('10:30'), why: 'call not answered' });
    expect(whyOf([call], at('10:00'))).toEqual(['after the closing']);
  });
});

describe('an excluded agent', () => {
  const everybody = (): boolean => true;

  test('who wrote a note did not respond', () => {
    const note = item('CONVERSATION_NOTE', { initiator: agent('amy') });
    const { excludedAgentIds, considered } = creditOf([note], at('23:59'), everybody);
    expect(excludedAgentIds).toEqual([]);
    expect(considered[0]).toMatchObject({ counts: false, why: 'note' });
  });

  test('is nobody whom Gladly does not name', () => {
    const unnamed = { type: 'AGENT' };
    const dated = creditOf([item('EMAIL', { initiator: unnamed })], at('23:59'), everybody);
    expect(dated).toMatchObject({ response: { agentId: null }, excludedAgentIds: [] });
    const soon = item('EMAIL', { id: 'soon', at: 'soon', initiator: unnamed });
    expect(creditOf([soon], at('23:59'), everybody).undated).toEqual(['soon']);
  });
});

describe('the end of the conversation', () => {
  const email = (time: string): unknown => item('EMAIL', { at: time, initiator: agent('amy') });
  const second = '2026-11-22T11:00:00';

  test('is not known: every item counts', () => {
    expect(creditOf([email(at('10:00')), closed(at('09:00'))], null).response?.agentId).toBe('amy');
  });

  test('is no other change to CLOSED, before it or long after', () => {
    const late = email(at('11:30'));
    expect(whyOf([late, closed(at('12:00'))], `${second}Z`)).toEqual([
      'after the closing',
      'after the closing',
    ]);
    expect(whyOf([email(at('10:30')), closed(at('10:00'))], `${second}Z`)).toEqual([
      'last response',
      'status change',
    ]);
  });

  test('is within the second that is reported, and not at the next', () => {
    const last = [email(`${second}.900Z`)];
    expect(whyOf([...last, closed(`${second}.999Z`)], `${second}Z`)[0]).toBe('last response');
    expect(whyOf([...last, closed('2026-11-22T11:00:01Z')], `${second}Z`)[0]).toBe('after the closing');
  });

  test('is the one reported where the change has no readable time', () => {
    expect(whyOf([email(`${second}Z`), closed('soon')], `${second}Z`)[0]).toBe('last response');
  });
});
