import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EmailEntry, PhoneEntry } from '../../../src/domain/eligibility/addresses.ts';
import { attribute, type Attribution } from '../../../src/domain/attribution/credit.ts';
import { type ClosingState, closingStates, isSurveyed } from '../../../src/domain/closing/transitions.ts';
import { deliveryNames } from '../../../src/domain/delivery.ts';
import {
  decide,
  reservedAddress,
  type DecisionQuestion,
  type Verdict,
} from '../../../src/domain/eligibility/decide.ts';
import type { ClosingFacts, OtherSurvey, SurveyHistory } from '../../../src/domain/eligibility/facts.ts';
import { listed } from '../../../src/domain/values/name-key.ts';
import { parseInstant } from '../../../src/domain/values/instant.ts';
import { defaultPolicy, type Policy } from '../../../src/domain/eligibility/policy.ts';
import { reasonCodes, type ReasonCode } from '../../../src/domain/closing/reason.ts';
import { readTimeline } from '../../../src/domain/attribution/timeline.ts';
import { agent, at, customer, item } from '../attribution/items.ts';

const day = 86_400_000;
const closedAt = Date.parse(at('10:00'));
const now = closedAt + 60_000;

const asked = item('EMAIL', { at: at('09:00'), initiator: customer });
const replied = item('EMAIL', { at: at('09:30'), initiator: agent('amy') });

function attributionOf(items: readonly unknown[], excluded: readonly string[] = []): Attribution {
  return attribute({
    items: readTimeline(items),
    closedAt: parseInstant(at('10:00')),
    isExcluded: (id) => excluded.includes(id),
  });
}

const address: EmailEntry = { original: 'Cora@Example.com', normalized: 'cora@example.com', primary: true };
const mobile: PhoneEntry = {
  original: '0151 12345678',
  normalized: '+4915112345678',
  primary: true,
  type: 'MOBILE',
  smsPreference: 'ON',
};

/** A closing with nothing against a survey. */
const facts: ClosingFacts = {
  closingId: 'conversation-1@2026-11-22T10:00:00.000Z',
  conversationId: 'conversation-1',
  status: 'CLOSED',
  closedAt,
  reopened: false,
  topicIds: ['t1'],
  topics: new Map([
    ['t1', { id: 't1', name: 'Billing', parentId: null }],
    ['t2', { id: 't2', name: 'Spam', parentId: 't3' }],
    ['t3', { id: 't3', name: ' Do_Not_Send_Stella ', parentId: null }],
  ]),
  inbox: { id: 'inbox-1', name: 'Support' },
  attribution: attributionOf([asked, replied]),
  timelineUnsolved: false,
  timelineTruncated: false,
  closedBy: { id: 'amy', type: 'AGENT' },
  agent: { id: 'amy', name: 'Amy Lee', email: 'amy@acme.com' },
  customer: { id: 'customer-1', emails: [address], phones: [mobile] },
  timeZone: null,
};

const untouched: SurveyHistory = { own: null, unsubscribed: false, others: [] };

interface Differences {
  facts?: Partial<ClosingFacts>;
  history?: Partial<SurveyHistory>;
  policy?: Partial<Policy>;
  delivery?: DecisionQuestion['delivery'];
  brand?: string | null;
  now?: number;
}

function verdictOn(differences: Differences = {}): Verdict {
  return decide({
    facts: { ...facts, ...differences.facts },
    history: { ...untouched, ...differences.history },
    policy: { ...defaultPolicy, ...differences.policy },
    delivery: differences.delivery ?? 'smtp',
    brand: differences.brand ?? null,
    now: differences.now ?? now,
  });
}

function codes(differences: Differences = {}): ReasonCode[] {
  const verdict = verdictOn(differences);
  return 'suppress' in verdict ? verdict.suppress.map(({ code }) => code) : [];
}

function detailOf(differences: Differences): string {
  const verdict = verdictOn(differences);
  return 'suppress' in verdict ? verdict.suppress.map(({ detail }) => detail).join('; ') : '';
}

describe('a closing that nothing speaks against', () => {
  test('is surveyed at once, at the customer’s address', () => {
    expect(verdictOn()).toEqual({ send: { dueAt: now, address: 'cora@example.com' }, displaces: [] });
  });

  test('is surveyed at the address that the delivery needs', () => {
    for (const delivery of deliveryNames) {
      const wanted = delivery === 'gladly-sms' ? '+4915112345678' : 'cora@example.com';
      expect(verdictOn({ delivery })).toMatchObject({ send: { address: wanted } });
    }
  });

  test('waits for the delay and the end of the quiet hours of the customer’s zone', () => {
    const policy = { delay: 3_600_000, quietHours: { from: 12 * 60, until: 14 * 60 } };
    expect(verdictOn({ policy: { delay: 3_600_000 } })).toMatchObject({
      send: { dueAt: closedAt + 3_600_000 },
    });
    const inBerlin = verdictOn({ policy, facts: { timeZone: 'Europe/Berlin' } });
    expect(inBerlin).toMatchObject({ send: { dueAt: Date.parse(at('13:00')) } });
  });

  test('is surveyed from now where nobody knows when it closed', () => {
    expect(verdictOn({ facts: { closedAt: null }, policy: { delay: 5000 } })).toMatchObject({
      send: { dueAt: now + 5000 },
    });
  });
});

describe('the conversation', () => {
  test.each(['OPEN', 'WAITING', 'MERGED', 'closed', ''])('is %s: not closed', (status) => {
    expect(codes({ facts: { status } })).toEqual(['not_closed']);
  });

  test('was reopened since', () => expect(codes({ facts: { reopened: true } })).toEqual(['reopened']));

  test.each([
    ['a topic of its own', ['t1', 't3'], 'topic Do_Not_Send_Stella'],
    ['an ancestor of one', ['t2'], 'topic Do_Not_Send_Stella (parent of Spam)'],
  ])('opts out by %s', (_, topicIds, detail) => {
    expect(codes({ facts: { topicIds } })).toEqual(['opt_out_topic']);
    expect(detailOf({ facts: { topicIds } })).toBe(detail);
  });

  test.each(['inbox-1', 'support', ' SUPPORT '])('came in by the excluded inbox %j', (entry) => {
    expect(codes({ policy: { excludedInboxes: ['other', entry] } })).toEqual(['inbox_excluded']);
  });

  test('an inbox that Gladly does not name is told by its id', () => {
    const unnamed = {
      facts: { inbox: { id: 'inbox-9', name: null } },
      policy: { excludedInboxes: ['inbox-9'] },
    };
    expect(detailOf(unnamed)).toBe('inbox inbox-9');
    expect(codes({ facts: { inbox: null }, policy: { excludedInboxes: ['inbox-1'] } })).toEqual([]);
  });

  test('is too old when it closed longer ago than the limit, not when it is as long', () => {
    expect(codes({ now: closedAt + 30 * day })).toEqual([]);
    expect(codes({ now: closedAt + 30 * day + 1 })).toEqual(['too_old']);
    expect(detailOf({ now: closedAt + 45 * day, policy: { maxAge: 36 * 3_600_000 } })).toBe(
      'closed 45 days ago; the limit is 1.5 days',
    );
    expect(codes({ facts: { closedAt: null }, now: closedAt + 99 * day })).toEqual([]);
  });
});

describe('the agent', () => {
  test('nobody responded', () => {
    expect(codes({ facts: { attribution: attributionOf([asked]), agent: null } })).toEqual([
      'no_agent_response',
    ]);
  });

  test('Gladly does not know who responded; the credit still names the id', () => {
    expect(codes({ facts: { agent: null } })).toEqual(['agent_unknown']);
    expect(detailOf({ facts: { agent: null } })).toContain('amy');
    const anonymous = attributionOf([
      asked,
      item('EMAIL', { at: at('09:30'), initiator: { type: 'AGENT' } }),
    ]);
    expect(codes({ facts: { attribution: anonymous, agent: null } })).toEqual(['agent_unknown']);
    expect(detailOf({ facts: { attribution: anonymous, agent: null } })).toBe(
      'Gladly does not say which agent',
    );
  });

  test('every responder is excluded', () => {
    const excluded = { attribution: attributionOf([asked, replied], ['amy']), agent: null };
    expect(codes({ facts: excluded })).toEqual(['agent_excluded']);
    expect(detailOf({ facts: excluded })).toContain('amy');
  });

  test('only some are excluded: the one before them counts', () => {
    const bot = item('EMAIL', { at: at('09:45'), initiator: agent('bot') });
    expect(codes({ facts: { attribution: attributionOf([asked, replied, bot], ['bot']) } })).toEqual([]);
  });

  test('the end of the timeline is hidden: that alone is told, and nothing is guessed from the rest', () => {
    const cut = { timelineUnsolved: true, timelineTruncated: true, agent: null };
    expect(codes({ facts: cut })).toEqual(['timeline_truncated']);
    expect(codes({ facts: { ...cut, attribution: attributionOf([]) } })).toEqual(['timeline_truncated']);
  });
});

describe('the customer', () => {
  test('wrote and called nothing: outbound only', () => {
    expect(codes({ facts: { attribution: attributionOf([replied]) } })).toEqual(['no_customer_message']);
  });

  test('may have written in the part of a cut timeline that is hidden', () => {
    const facts = { attribution: attributionOf([replied]), timelineTruncated: true };
    expect(codes({ facts })).toEqual([]);
  });

  test.each(['smtp', 'outbox', 'medallia', 'gladly-email'] as const)(
    'has no email address for %s',
    (delivery) => {
      const none = { customer: { ...facts.customer, emails: [] } };
      expect(codes({ facts: none, delivery })).toEqual(['no_address']);
      const broken = {
        customer: { ...facts.customer, emails: [{ ...address, original: null, normalized: 'cora' }] },
      };
      expect(codes({ facts: broken, delivery })).toEqual(['bad_address']);
    },
  );

  test('has no mobile number for an SMS; an email address does not help', () => {
    const landline = { customer: { ...facts.customer, phones: [{ ...mobile, type: 'HOME' }] } };
    expect(codes({ facts: landline, delivery: 'gladly-sms' })).toEqual(['no_address']);
    const broken = { customer: { ...facts.customer, phones: [{ ...mobile, normalized: '0151' }] } };
    expect(codes({ facts: broken, delivery: 'gladly-sms' })).toEqual(['bad_address']);
  });

  test.each([
    'customer-1',
    'cora@example.com',
    'CORA@example.com ',
    'example.com',
    '@example.com',
    ' @Example.COM',
    '+4915112345678',
    '0151 12345678',
  ])('is excluded by %j', (entry) => {
    expect(codes({ policy: { excludedCustomers: [entry] } })).toEqual(['customer_excluded']);
  });

  test.each(['ample.com', 'mail.example.com', 'cora', 'com', '', '@', 'customer'])(
    'is not excluded by %j',
    (entry) => {
      expect(codes({ policy: { excludedCustomers: [entry] } })).toEqual([]);
    },
  );

  test('is excluded by any address of theirs, also one that is not written to', () => {
    const second: EmailEntry = { original: 'Cora@Work.example', normalized: null, primary: false };
    const customer = { ...facts.customer, emails: [address, second] };
    expect(codes({ facts: { customer }, policy: { excludedCustomers: ['work.example'] } })).toEqual([
      'customer_excluded',
    ]);
  });

  test('wants no more surveys', () => {
    expect(codes({ history: { unsubscribed: true } })).toEqual(['unsubscribed']);
  });
});

describe('the channel', () => {
  test.each(['email', 'EMAIL', ' Email '])('of the response is excluded as %j', (entry) => {
    expect(codes({ policy: { excludedChannels: ['sms', entry] } })).toEqual(['channel_excluded']);
  });

  test('is that of the response, not of other items', () => {
    const phone = { startedAt: at('09:40'), answeredAt: at('09:41'), completedAt: at('09:50') };
    const called = item('PHONE_CALL', { at: at('09:40'), initiator: agent('amy'), content: phone });
    const facts = { attribution: attributionOf([asked, replied, called]) };
    expect(codes({ facts, policy: { excludedChannels: ['email'] } })).toEqual([]);
    expect(codes({ facts, policy: { excludedChannels: ['voice'] } })).toEqual(['channel_excluded']);
    expect(detailOf({ facts, policy: { excludedChannels: ['PHONE_CALL'] } })).toBe('channel voice');
  });

  test('that nobody knows can be excluded by its type, and no response has none', () => {
    const response = {
      agentId: 'amy',
      itemId: null,
      itemType: 'PIGEON',
      channel: null,
      respondedAt: at('09:30'),
    };
    const facts = { attribution: { ...attributionOf([asked]), response } };
    expect(detailOf({ facts, policy: { excludedChannels: ['pigeon'] } })).toBe('channel unknown');
    const silent = { attribution: attributionOf([asked]), agent: null };
    expect(codes({ facts: silent, policy: { excludedChannels: ['email'] } })).toEqual(['no_agent_response']);
  });
});

describe('a survey of another brand', () => {
  const of = (brand: string | null, parts: Partial<OtherSurvey> = {}): OtherSurvey => ({
    ...{ closingId: 'c0', conversationId: 'conversation-0', lane: 'live', state: 'sent', brand },
    ...{ closedAt: closedAt - 2 * day, at: now - 2 * day },
    ...parts,
  });
  const asked = (brand: string | null, other: OtherSurvey, suppressBy: Policy['suppressBy']) =>
    verdictOn({ brand, history: { others: [other] }, policy: { suppressBy } });

  test('counts by address, and says whose it was', () => {
    expect(asked('nordwind', of('sud'), 'address')).toMatchObject({
      suppress: [{ code: 'recently_surveyed', detail: expect.stringContaining('was surveyed by sud on ') }],
    });
    expect(asked('nordwind', of('nordwind'), 'address')).toMatchObject({
      suppress: [{ detail: expect.stringContaining('was surveyed on ') }],
    });
  });

  test.each([
    ['nordwind', 'nordwind', false],
    ['nordwind', 'sud', true],
    // Nobody can tell which brand the other survey was for.
    ['nordwind', null, false],
    [null, 'sud', true],
    [null, null, false],
  ] as const)('by brand, one of %s after one of %s: asked %s', (brand, before, isAsked) => {
    expect('send' in asked(brand, of(before), 'brand')).toBe(isAsked);
  });

  test('that only waits gives way by address, and goes on by brand', () => {
    const waiting = of('sud', { state: 'scheduled', at: now + day });
    expect(asked('nordwind', waiting, 'address')).toMatchObject({ displaces: ['c0'] });
    expect(asked('nordwind', waiting, 'brand')).toMatchObject({ displaces: [] });
  });
});

describe('another survey of the same address', () => {
  const other = (parts: Partial<OtherSurvey> = {}): OtherSurvey => ({
    closingId: 'conversation-0@2026-11-20T10:00:00.000Z',
    conversationId: 'conversation-0',
    lane: 'live',
    state: 'sent',
    brand: null,
    closedAt: closedAt - 2 * day,
    at: now - 2 * day,
    ...parts,
  });
  const withOther = (parts: Partial<OtherSurvey>, more: Differences = {}): Verdict =>
    verdictOn({ ...more, history: { others: [other(parts)] } });
  const blocked = (parts: Partial<OtherSurvey>, more: Differences = {}): boolean =>
    'suppress' in withOther(parts, more);

  test.each(['sending', 'sent', 'uncertain', 'answered'] as const)('that is %s blocks this one', (state) => {
    expect(codes({ history: { others: [other({ state })] } })).toEqual(['recently_surveyed']);
    expect(blocked({ state, closedAt: closedAt + day })).toBe(true);
  });

  test.each(['pending', 'suppressed', 'failed'] as const)('that is %s does not', (state) => {
    expect(withOther({ state })).toMatchObject({ displaces: [] });
  });

  test('counts for N days: no longer when exactly as many have passed', () => {
    expect(blocked({ at: now - 7 * day + 1 })).toBe(true);
    expect(blocked({ at: now - 7 * day })).toBe(false);
    expect(blocked({ at: now - 7 * day - 1 })).toBe(false);
    expect(blocked({ at: now - 10 * day }, { policy: { suppressionDays: 30 } })).toBe(true);
    expect(blocked({ at: now - 2 * day }, { policy: { suppressionDays: 1 } })).toBe(false);
    expect(blocked({ at: now - day / 4 }, { policy: { suppressionDays: 0.5 } })).toBe(true);
  });

  test('counts for nothing when the period is 0, not even one that leaves right now', () => {
    const policy = { suppressionDays: 0 };
    expect(withOther({ at: now }, { policy })).toMatchObject({ displaces: [] });
    expect(withOther({ state: 'scheduled', at: now }, { policy })).toMatchObject({ displaces: [] });
  });

  test('says when', () => {
    expect(detailOf({ history: { others: [other()] } })).toBe(
      'the address was surveyed on 2026-11-20, within 7 days',
    );
    const scheduled = other({ state: 'scheduled', at: now + day, closedAt: closedAt + 1 });
    expect(detailOf({ history: { others: [scheduled] } })).toBe(
      'the address is due to be surveyed on 2026-11-23, within 7 days',
    );
  });

  test('the newest closing wins while nothing has left', () => {
    const older = other({ state: 'scheduled', at: now + day, closedAt: closedAt - 1 });
    const newer = other({ state: 'scheduled', at: now + day, closedAt: closedAt + 1 });
    expect(verdictOn({ history: { others: [older] } })).toMatchObject({ displaces: [older.closingId] });
    expect(codes({ history: { others: [newer] } })).toEqual(['recently_surveyed']);
    expect(codes({ history: { others: [older, newer] } })).toEqual(['recently_surveyed']);
  });

  test('of two closings at one time the one that holds the address keeps it', () => {
    expect(codes({ history: { others: [other({ state: 'scheduled', closedAt })] } })).toEqual([
      'recently_surveyed',
    ]);
  });

  test('every older one that waits gives way', () => {
    const waiting = ['c1', 'c2'].map((closingId, index) =>
      other({ closingId, state: 'scheduled', at: now + day, closedAt: closedAt - index - 1 }),
    );
    expect(verdictOn({ history: { others: waiting } })).toMatchObject({ displaces: ['c1', 'c2'] });
  });

  test('that waits keeps its place when this closing is not surveyed for another reason', () => {
    const verdict = withOther({ state: 'scheduled', at: now + day }, { facts: { status: 'OPEN' } });
    expect(verdict).toEqual({
      suppress: [{ code: 'not_closed', detail: "the conversation's status is OPEN" }],
    });
  });

  test('of a trial never blocks or displaces, for a real delivery', () => {
    for (const delivery of deliveryNames.filter((name) => name !== 'outbox')) {
      for (const state of closingStates) {
        expect(withOther({ state, lane: 'trial', at: now }, { delivery })).toMatchObject({
          displaces: [],
        });
      }
    }
  });

  test('that is real never gives way to a trial', () => {
    const waiting = { state: 'scheduled', at: now + day, lane: 'live' } as const;
    expect(withOther(waiting, { delivery: 'outbox' })).toMatchObject({ displaces: [] });
    expect(blocked({ ...waiting, closedAt: closedAt + 1 }, { delivery: 'outbox' })).toBe(true);
    expect(blocked({ state: 'sent', lane: 'live' }, { delivery: 'outbox' })).toBe(true);
  });

  test('of a trial counts among trials', () => {
    expect(blocked({ lane: 'trial' }, { delivery: 'outbox' })).toBe(true);
    expect(withOther({ state: 'scheduled', lane: 'trial' }, { delivery: 'outbox' })).toMatchObject({
      displaces: ['conversation-0@2026-11-20T10:00:00.000Z'],
    });
  });

  test('where nobody knows when this one closed, it is the newest', () => {
    expect(withOther({ state: 'scheduled', closedAt: now - 1 }, { facts: { closedAt: null } })).toMatchObject(
      {
        displaces: ['conversation-0@2026-11-20T10:00:00.000Z'],
      },
    );
  });
});

describe('this closing has a survey', () => {
  test.each([
    ['pending', false],
    ['scheduled', false],
    ['sending', true],
    ['sent', true],
    ['uncertain', true],
    ['suppressed', false],
    ['failed', false],
    ['answered', true],
  ] as const)('as %s: %s', (state, expected) => {
    expect(codes({ history: { own: { state } } })).toEqual(expected ? ['already_surveyed'] : []);
    expect(isSurveyed(state)).toBe(expected);
  });

  test('also when the period of suppression is 0', () => {
    const own = { state: 'sent' } as const;
    expect(codes({ history: { own }, policy: { suppressionDays: 0 } })).toEqual(['already_surveyed']);
  });

  test('a trial of a closing with a live survey says so, and one of a closing that waits there goes on', () => {
    const live = { closingId: 'live', conversationId: facts.conversationId, lane: 'live' } as const;
    const about = { closedAt: closedAt + 30_000, at: now, brand: null };
    const trial = (state: ClosingState): string[] =>
      codes({ history: { others: [{ ...live, ...about, state }] }, delivery: 'outbox' });
    expect(trial('sent')).toEqual(['already_surveyed']);
    expect(trial('scheduled')).toEqual([]);
  });

  test('another closing of the conversation within a minute is another one in the same lane', () => {
    const sent = { conversationId: facts.conversationId, lane: 'live', state: 'sent' } as const;
    const others = [{ ...sent, closingId: 'earlier', closedAt: closedAt - 30_000, at: now, brand: null }];
    expect(codes({ history: { others } })).toEqual(['recently_surveyed']);
  });
});

describe('the sample', () => {
  const inSample = (closingId: string, sample: number): boolean =>
    codes({ facts: { closingId }, policy: { sample } }).length === 0;
  const closings = Array.from({ length: 4000 }, (_, index) => `c${index}@2026-11-22T10:00:00.000Z`);

  test.each([0, 1, 25, 50, 99, 100])('of %d %% is a share of about that', (sample) => {
    const share = (closings.filter((id) => inSample(id, sample)).length / closings.length) * 100;
    expect(Math.abs(share - sample)).toBeLessThanOrEqual(3);
    if (sample === 0 || sample === 100) expect(share).toBe(sample);
  });

  test('draws a closing alike every time, whatever else is known of it', () => {
    for (const id of closings.slice(0, 100)) {
      const [first] = codes({ facts: { closingId: id }, policy: { sample: 50 } });
      expect(codes({ facts: { closingId: id }, policy: { sample: 50 }, now: now + day })[0]).toBe(first);
      expect(codes({ facts: { closingId: id }, policy: { sample: 50 }, delivery: 'medallia' })[0]).toBe(
        first,
      );
    }
  });

  test('who is in a small one is in every larger one', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        (id, one, other) => {
          if (inSample(id, Math.min(one, other))) expect(inSample(id, Math.max(one, other))).toBe(true);
        },
      ),
    );
  });

  test('says so', () => {
    expect(codes({ policy: { sample: 0 } })).toEqual(['sampled_out']);
    expect(detailOf({ policy: { sample: 0 } })).toBe('not in the sample of 0%');
  });
});

describe('a closing that no agent made', () => {
  const excludeClosedByRule = true;

  test.each(['AUTOMATION', 'SYSTEM', 'API', 'APPLICATION'])(
    'by %s is left out where the policy says so',
    (type) => {
      const closedBy = { id: 'RULES', type };
      expect(codes({ facts: { closedBy } })).toEqual([]);
      expect(codes({ facts: { closedBy }, policy: { excludeClosedByRule } })).toEqual(['closed_by_rule']);
      expect(detailOf({ facts: { closedBy }, policy: { excludeClosedByRule } })).toBe(
        `closed by ${type} (RULES), not by an agent`,
      );
    },
  );

  test.each([
    ['an agent', { id: 'amy', type: 'AGENT' }],
    ['an agent whom nobody names', { id: null, type: 'AGENT' }],
    ['a type that is new', { id: 'x', type: 'ROBOT' }],
    ['an id alone', { id: 'RULES', type: null }],
    ['nobody', null],
  ])('by %s is surveyed', (_, closedBy) => {
    expect(codes({ facts: { closedBy }, policy: { excludeClosedByRule } })).toEqual([]);
  });

  test('is left out too where the timeline hides who answered', () => {
    const facts = { timelineUnsolved: true, closedBy: { id: null, type: 'AUTOMATION' } };
    expect(codes({ facts, policy: { excludeClosedByRule } })).toEqual([
      'closed_by_rule',
      'timeline_truncated',
    ]);
  });
});

describe('a closing among many', () => {
  test.each([
    [20, 20, []],
    [21, 20, ['bulk_closed']],
    [21, null, []],
  ])('%d in a minute with a limit of %s', (bulk, bulkClosings, expected) => {
    expect(codes({ history: { bulk }, policy: { bulkClosings } })).toEqual(expected);
  });
});

describe('all reasons that apply are given', () => {
  const recent: OtherSurvey = {
    closingId: 'c0',
    conversationId: 'conversation-0',
    lane: 'live',
    state: 'sent',
    brand: null,
    closedAt: closedAt - day,
    at: now - day,
  };
  /** Every difference that causes one reason; any of them can occur together. */
  const causes: Partial<Record<ReasonCode, Differences>> = {
    not_closed: { facts: { status: 'OPEN' } },
    reopened: { facts: { reopened: true } },
    opt_out_topic: { facts: { topicIds: ['t2'] } },
    agent_unknown: { facts: { agent: null } },
    no_customer_message: { facts: { attribution: attributionOf([replied]) } },
    bad_address: {
      facts: { customer: { ...facts.customer, emails: [{ ...address, original: null, normalized: 'x@' }] } },
    },
    unsubscribed: { history: { unsubscribed: true } },
    recently_surveyed: { history: { others: [recent] } },
    already_surveyed: { history: { own: { state: 'sent' } } },
    inbox_excluded: { policy: { excludedInboxes: ['support'] } },
    channel_excluded: { policy: { excludedChannels: ['email'] } },
    customer_excluded: { policy: { excludedCustomers: ['customer-1'] } },
    too_old: { policy: { maxAge: 1 } },
    sampled_out: { policy: { sample: 0 } },
    bulk_closed: { history: { bulk: 21 }, policy: { bulkClosings: 20 } },
    closed_by_rule: {
      facts: { closedBy: { id: 'RULES', type: 'SYSTEM' } },
      policy: { excludeClosedByRule: true },
    },
  };
  const alternatives: Partial<Record<ReasonCode, Differences>> = {
    no_agent_response: { facts: { attribution: attributionOf([asked]), agent: null } },
    agent_excluded: { facts: { attribution: attributionOf([asked, replied], ['amy']), agent: null } },
    no_address: { facts: { customer: { ...facts.customer, emails: [] } } },
    timeline_truncated: { facts: { timelineUnsolved: true } },
    forgotten: { history: { own: { state: 'suppressed', forgottenAt: '2026-11-01T00:00:00.000Z' } } },
  };
  const together = (differences: readonly Differences[]): Differences => ({
    facts: Object.assign({}, ...differences.map((one) => one.facts)),
    history: Object.assign({}, ...differences.map((one) => one.history)),
    policy: Object.assign({}, ...differences.map((one) => one.policy)),
  });
  const entries = Object.entries(causes) as [ReasonCode, Differences][];

  test.each([...entries, ...(Object.entries(alternatives) as [ReasonCode, Differences][])])(
    '%s alone, with a word about it',
    (code, differences) => {
      expect(codes(differences)).toEqual([code]);
      expect(detailOf(differences)).toMatch(/^\S.*\S$/);
    },
  );

  test('every reason has its cause here, but a person’s cancel', () => {
    const known = Object.keys({ ...causes, ...alternatives });
    expect([...known, 'cancelled'].toSorted()).toEqual(reasonCodes.toSorted());
  });

  test('any of them together, each once', () => {
    fc.assert(
      fc.property(fc.subarray(entries), (chosen) => {
        const verdict = verdictOn(together(chosen.map(([, differences]) => differences)));
        const given = 'suppress' in verdict ? verdict.suppress.map(({ code }) => code) : [];
        expect(given.toSorted()).toEqual(chosen.map(([code]) => code).toSorted());
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['no_agent_response', 'no_customer_message', attributionOf([])],
    ['agent_excluded', 'no_customer_message', attributionOf([replied], ['amy'])],
  ])('%s and %s', (one, other, attribution) => {
    expect(codes({ facts: { attribution, agent: null } })).toEqual([one, other]);
  });

  test('timeline_truncated with what does not depend on the timeline', () => {
    const verdict = codes({
      facts: { timelineUnsolved: true, timelineTruncated: true, status: 'OPEN', topicIds: ['t3'] },
      history: { unsubscribed: true },
    });
    expect(verdict).toEqual(['not_closed', 'opt_out_topic', 'timeline_truncated', 'unsubscribed']);
  });
});

describe('the address that is reserved', () => {
  test('is the one that the delivery writes to, in one spelling', () => {
    const typed = { ...address, normalized: null };
    const customer = { ...facts.customer, emails: [typed] };
    expect(reservedAddress({ ...facts, customer }, 'smtp')).toBe('cora@example.com');
    expect(reservedAddress({ ...facts, customer }, 'gladly-sms')).toBe('+4915112345678');
  });

  test('is none where there is none to write to', () => {
    const customer = { ...facts.customer, emails: [] };
    expect(reservedAddress({ ...facts, customer }, 'smtp')).toBeNull();
  });
});

describe('a list of the policy', () => {
  test.each([
    [['Support'], 'support'],
    [[' support '], 'SUPPORT'],
    [['@support'], '@support'],
    [['amy@acme.com'], 'Amy@Acme.com '],
  ])('%j names %j', (entries, value) => expect(listed(entries, [null, value])).toBe(true));

  test.each([
    [[], 'support'],
    [['support'], 'support 2'],
    [['@support'], 'support'],
    [[''], 'support'],
  ])('%j does not name %j', (entries, value) => expect(listed(entries, [null, value])).toBe(false));

  test('names nothing where nothing is known', () => expect(listed(['null', ''], [null])).toBe(false));
});
