import { describe, expect, test } from 'vitest';
import {
  decideReminder,
  reasonsOfSurvey,
  type RemindedClosing,
  type ReminderQuestion,
  type ReminderVerdict,
} from '../../../src/domain/eligibility/decide-reminder.ts';
import { closingStates } from '../../../src/domain/closing/transitions.ts';
import type { ConversationFacts, OtherSurvey, SurveyHistory } from '../../../src/domain/eligibility/facts.ts';
import { defaultPolicy, type Policy } from '../../../src/domain/eligibility/policy.ts';

const day = 86_400_000;
const at = '2026-11-25T12:00:00.000Z';
const now = Date.parse(at);

const closing: RemindedClosing = {
  state: 'sent',
  provider: 'smtp',
  address: 'kim@example.com',
  agent: { id: 'amy', name: 'Amy Lee', email: 'amy@acme.com' },
  closedAt: '2026-11-22T10:00:00.000Z',
  leftAt: '2026-11-22T12:00:00.000Z',
  sentAt: '2026-11-22T12:00:01.000Z',
  forgottenAt: null,
  channel: 'email',
  itemType: 'EMAIL',
};
const conversation: ConversationFacts = {
  closingId: 'conversation-1@2026-11-22T10:00:00.000Z',
  conversationId: 'conversation-1',
  status: 'CLOSED',
  closedAt: Date.parse(closing.closedAt),
  reopened: false,
  topicIds: [],
  topics: new Map(),
  inbox: { id: 'inbox-1', name: 'Support' },
};
const mail = (normalized: string | null, original: string | null = null, primary = false) => ({
  original,
  normalized,
  primary,
});
const customer = {
  id: 'customer-1',
  emails: [mail('first@example.com', null, true), mail('kim@example.com')],
  phones: [],
};

interface Differences {
  closing?: Partial<RemindedClosing>;
  conversation?: Partial<ConversationFacts>;
  customer?: Partial<ReminderQuestion['customer']>;
  history?: Partial<SurveyHistory>;
  policy?: Partial<Policy>;
  rest?: Partial<Pick<ReminderQuestion, 'at' | 'begun' | 'delivery' | 'now' | 'timeZone'>>;
}

function verdictOn(differences: Differences = {}): ReminderVerdict {
  return decideReminder({
    closing: { ...closing, ...differences.closing },
    at,
    begun: false,
    conversation: { ...conversation, ...differences.conversation },
    customer: { ...customer, ...differences.customer },
    timeZone: null,
    history: { unsubscribed: false, others: [], ...differences.history },
    policy: { ...defaultPolicy, ...differences.policy },
    delivery: 'smtp',
    now,
    ...differences.rest,
  });
}

function reasons(differences: Differences): readonly [code: string, detail: string][] {
  const verdict = verdictOn(differences);
  return 'leaveOut' in verdict ? verdict.leaveOut.map(({ code, detail }) => [code, detail]) : [];
}

describe('a reminder that nothing speaks against', () => {
  test('leaves at once, to the address that the survey went to', () => {
    expect(verdictOn()).toEqual({ send: { address: 'kim@example.com' } });
  });

  test('waits for the end of the quiet hours of the customer’s zone', () => {
    const policy = { quietHours: { from: 12 * 60, until: 14 * 60 } };
    expect(verdictOn({ policy })).toEqual({ wait: Date.parse('2026-11-25T14:00:00.000Z') });
    expect(verdictOn({ policy, rest: { timeZone: 'Europe/Berlin' } })).toEqual({
      wait: Date.parse('2026-11-25T13:00:00.000Z'),
    });
    expect(verdictOn({ policy, rest: { timeZone: 'America/Chicago' } })).toMatchObject({ send: {} });
  });
});

describe('the survey', () => {
  test('was answered, or is none any more', () => {
    for (const state of closingStates.filter((one) => one !== 'sent')) {
      expect(reasons({ closing: { state } })).toEqual([['answered', `the survey is ${state}`]]);
    }
  });

  test('is being answered', () => {
    expect(reasons({ rest: { begun: true } })).toEqual([['begun', 'the customer has begun to answer']]);
  });

  test('is of a customer who was forgotten since', () => {
    expect(reasons({ closing: { forgottenAt: '2026-11-24T10:00:00.000Z' } })).toEqual([
      ['forgotten', 'the customer was forgotten on 2026-11-24'],
    ]);
  });

  test.each<[string, Partial<RemindedClosing>, number]>([
    ['after it left', {}, Date.parse('2026-11-22T12:00:00.000Z')],
    ['after it was sent', { leftAt: null }, Date.parse('2026-11-22T12:00:01.000Z')],
    ['after the reminder was due', { leftAt: null, sentAt: null }, now],
  ])('expires when its time %s is over', (_, parts, from) => {
    const question = { closing: { ...closing, ...parts }, at, begun: false, delivery: 'smtp' } as const;
    const told = (surveyExpires: number, later: number) =>
      reasonsOfSurvey({ ...question, policy: { ...defaultPolicy, surveyExpires }, now: now + later });
    const expired = { code: 'expired', detail: 'the survey can no longer be answered' };
    expect(told(now - from + 1, 0)).toEqual([]);
    expect(told(now - from + 1, 1)).toEqual([expired]);
    expect(told(now - from, 0)).toEqual([expired]);
  });

  test('was to be reminded of more than three days ago', () => {
    expect(verdictOn({ rest: { now: now + 3 * day } })).toMatchObject({ send: {} });
    expect(reasons({ rest: { now: now + 3 * day + 1 } })).toEqual([
      ['too_late', `it was due to leave at ${at}, more than 3 days ago`],
    ]);
  });

  test('left by another delivery', () => {
    expect(reasons({ rest: { delivery: 'outbox' } })).toEqual([
      ['delivery_changed', 'the survey left by smtp, but the delivery is now outbox'],
    ]);
    expect(reasons({ closing: { provider: null } })).toEqual([
      ['delivery_changed', 'the survey left by no delivery, but the delivery is now smtp'],
    ]);
  });
});

describe('what has changed since the survey left', () => {
  test('the conversation is open again', () => {
    expect(reasons({ conversation: { status: 'OPEN', reopened: true } }).map(([code]) => code)).toEqual([
      'not_closed',
      'reopened',
    ]);
  });

  test('the agent is excluded, by id or by address', () => {
    for (const entry of ['amy', 'Amy@Acme.com']) {
      expect(reasons({ policy: { excludedAgents: ['ben', entry] } })).toEqual([
        ['agent_excluded', 'the agent is excluded: amy'],
      ]);
    }
    expect(reasons({ policy: { excludedAgents: ['ben'] } })).toEqual([]);
    expect(reasons({ policy: { excludedAgents: ['amy'] }, closing: { agent: null } })).toEqual([]);
  });

  test('the channel is excluded, by its name or by the type of the response', () => {
    expect(reasons({ policy: { excludedChannels: ['Email'] } })).toEqual([
      ['channel_excluded', 'channel email'],
    ]);
    const unknown = { channel: null, itemType: 'PIGEON' };
    expect(reasons({ policy: { excludedChannels: ['pigeon'] }, closing: unknown })).toEqual([
      ['channel_excluded', 'channel unknown'],
    ]);
    expect(reasons({ policy: { excludedChannels: ['sms'] } })).toEqual([]);
  });

  test('the customer is excluded', () => {
    expect(reasons({ policy: { excludedCustomers: ['first@example.com'] } }).map(([code]) => code)).toEqual([
      'customer_excluded',
    ]);
  });

  test('the customer has unsubscribed', () => {
    const told = reasons({ history: { unsubscribed: true } });
    expect(told).toEqual([['unsubscribed', 'the customer has unsubscribed from surveys']]);
  });
});

describe('the address that the survey went to', () => {
  const gone = ['no_address', 'the customer no longer has the address that the survey went to'];

  test('is met in any spelling', () => {
    const emails = [mail(null, ' Kim@EXAMPLE.com ')];
    expect(verdictOn({ customer: { emails } })).toEqual({ send: { address: 'Kim@EXAMPLE.com' } });
    const original = [mail('x@example.com', 'kim@example.com')];
    expect(verdictOn({ customer: { emails: original } })).toMatchObject({ send: {} });
  });

  test('is gone: no other one is written to', () => {
    expect(reasons({ customer: { emails: [mail('first@example.com', null, true)] } })).toEqual([gone]);
    expect(reasons({ customer: { emails: [mail(null)] } })).toEqual([gone]);
    expect(reasons({ closing: { address: null } })).toEqual([gone]);
  });

  test('is not valid, in the words for that', () => {
    const emails = [mail('kim@')];
    expect(reasons({ closing: { address: 'kim@' }, customer: { emails } })).toEqual([
      ['bad_address', 'none of 1 email address is valid'],
    ]);
  });

  test('may be a number', () => {
    const phone = { type: 'MOBILE', smsPreference: null, original: null, primary: false };
    const phones = [
      { ...phone, normalized: '+15125550199', primary: true },
      { ...phone, normalized: '+15125550100' },
    ];
    const sms = {
      closing: { address: '+15125550100', provider: 'gladly-sms' },
      customer: { phones },
    } as const;
    const verdict = verdictOn({ ...sms, rest: { delivery: 'gladly-sms' } });
    expect(verdict).toEqual({ send: { address: '+15125550100' } });
  });

  test('has a survey about a newer closing', () => {
    const other: OtherSurvey = {
      ...{ closingId: 'c0', conversationId: 'c0', lane: 'live', state: 'sent', brand: null },
      ...{ closedAt: Date.parse(closing.closedAt) + 1, at: now - day },
    };
    const asked = (parts: Partial<OtherSurvey>) => reasons({ history: { others: [{ ...other, ...parts }] } });
    expect(asked({})).toEqual([['asked_since', 'the address has a survey about a newer closing']]);
    expect(asked({ closedAt: other.closedAt - 1 })).toEqual([]);
    expect(asked({ state: 'suppressed' })).toEqual([]);
    expect(asked({ state: 'scheduled' })).toHaveLength(1);
  });
});

test('all reasons that apply are given, in one order', () => {
  const all = reasons({
    closing: { state: 'answered', address: null },
    conversation: { status: 'OPEN' },
    history: { unsubscribed: true },
    policy: { excludedAgents: ['amy'] },
    rest: { begun: true },
  });
  expect(all.map(([code]) => code)).toEqual([
    'answered',
    'begun',
    'not_closed',
    'agent_excluded',
    'no_address',
    'unsubscribed',
  ]);
});
