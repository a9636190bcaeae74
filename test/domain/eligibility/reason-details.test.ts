import { describe, expect, test } from 'vitest';
import { attribute, type Attribution } from '../../../src/domain/attribution/credit.ts';
import { readTimeline } from '../../../src/domain/attribution/timeline.ts';
import { decide, suppressionStart, type DecisionQuestion } from '../../../src/domain/eligibility/decide.ts';
import type { ClosingFacts, OtherSurvey, SurveyHistory } from '../../../src/domain/eligibility/facts.ts';
import { defaultPolicy, type Policy } from '../../../src/domain/eligibility/policy.ts';
import { parseInstant } from '../../../src/domain/values/instant.ts';
import { agent, at, customer, item } from '../attribution/items.ts';

const day = 86_400_000;
const closedAt = Date.parse(at('10:00'));
const now = closedAt + 60_000;

function attributionOf(excluded: readonly string[]): Attribution {
  return attribute({
    items: readTimeline([
      item('EMAIL', { at: at('09:00'), initiator: customer }),
      item('EMAIL', { at: at('09:10'), initiator: agent('amy') }),
      item('EMAIL', { at: at('09:20'), initiator: agent('ben') }),
    ]),
    closedAt: parseInstant(at('10:00')),
    isExcluded: (id) => excluded.includes(id),
  });
}

const facts: ClosingFacts = {
  closingId: 'conversation-1@2026-11-22T10:00:00.000Z',
  conversationId: 'conversation-1',
  status: 'CLOSED',
  closedAt,
  reopened: false,
  topicIds: [],
  topics: new Map(),
  inbox: { id: 'inbox-1', name: 'Support' },
  attribution: attributionOf([]),
  timelineUnsolved: false,
  timelineTruncated: false,
  closedBy: null,
  agent: { id: 'ben', name: 'Ben Ray', email: null },
  customer: {
    id: 'customer-1',
    emails: [{ original: null, normalized: 'kim@example.com', primary: true }],
    phones: [],
  },
  timeZone: null,
};
const other: OtherSurvey = {
  ...{ closingId: 'c0', conversationId: 'conversation-0', lane: 'live', state: 'sent', brand: null },
  ...{ closedAt: closedAt - 2 * day, at: now - 2 * day },
};

interface Differences {
  facts?: Partial<ClosingFacts>;
  history?: Partial<SurveyHistory>;
  policy?: Partial<Policy>;
  brand?: DecisionQuestion['brand'];
}

function verdictOn({ facts: parts, history, policy, brand = null }: Differences) {
  return decide({
    facts: { ...facts, ...parts },
    history: { own: null, unsubscribed: false, others: [], ...history },
    policy: { ...defaultPolicy, ...policy },
    delivery: 'smtp',
    brand,
    now,
  });
}

function details(differences: Differences): string[] {
  const verdict = verdictOn(differences);
  return 'suppress' in verdict ? verdict.suppress.map(({ code, detail }) => `${code}: ${detail}`) : [];
}

describe('a reason', () => {
  test('names every excluded responder', () => {
    const excluded = { attribution: attributionOf(['amy', 'ben']), agent: null };
    expect(details({ facts: excluded })).toEqual(['agent_excluded: every responder is excluded: amy, ben']);
  });

  test('names the inbox', () => {
    expect(details({ policy: { excludedInboxes: ['inbox-1'] } })).toEqual(['inbox_excluded: inbox Support']);
  });

  test('names the rule that closed, where it has a name', () => {
    const policy = { excludeClosedByRule: true };
    const by = (id: string | null) => details({ facts: { closedBy: { id, type: 'AUTOMATION' } }, policy });
    expect(by('rule-1')).toEqual(['closed_by_rule: closed by AUTOMATION (rule-1), not by an agent']);
    expect(by(null)).toEqual(['closed_by_rule: closed by AUTOMATION, not by an agent']);
  });

  test('says of how many closings this is one', () => {
    expect(details({ history: { bulk: 21 }, policy: { bulkClosings: 20 } })).toEqual([
      'bulk_closed: one of 21 closings by the same initiator within a minute; the limit is 20',
    ]);
    expect(details({ policy: { bulkClosings: 0 } })).toEqual([]);
  });

  test('says whose survey it was only where that is known and another brand', () => {
    const asked = (brand: string | null, its: string | null) =>
      details({ brand, history: { others: [{ ...other, brand: its }] } });
    const told = 'recently_surveyed: the address was surveyed on 2026-11-20, within 7 days';
    expect(asked('nordwind', null)).toEqual([told]);
    expect(asked('nordwind', 'nordwind')).toEqual([told]);
    expect(asked(null, 'sud')).toEqual([told.replace(' on', ' by sud on')]);
  });

  test('says when the customer was forgotten', () => {
    const own = { state: 'suppressed', forgottenAt: '2026-11-01T00:00:00.000Z' } as const;
    expect(details({ history: { own } })).toEqual(['forgotten: the customer was forgotten on 2026-11-01']);
  });
});

describe('a closing that was imported from another survey program', () => {
  const sentAt = '2026-11-21T09:00:00.000Z';
  const own = (parts: Partial<NonNullable<SurveyHistory['own']>>) =>
    details({ history: { own: { state: 'suppressed', ...parts } } });

  test('is not surveyed where the customer was asked there', () => {
    expect(own({ imported: 'row-1', sentAt })).toEqual([
      'already_surveyed: Agent Connect asked on 2026-11-21',
    ]);
  });

  test('is surveyed where nobody was asked, or nothing was imported', () => {
    expect(own({ imported: 'row-1', sentAt: null })).toEqual([]);
    expect(own({ imported: 'row-1' })).toEqual([]);
    expect(own({ imported: null, sentAt })).toEqual([]);
    expect(own({ sentAt })).toEqual([]);
  });

  test('has one survey that is told, its own', () => {
    expect(own({ state: 'answered', imported: 'row-1', sentAt })).toEqual([
      'already_surveyed: this closing already has a survey',
    ]);
  });
});

describe('the period of suppression', () => {
  test('begins so many days ago', () => {
    const start = (suppressionDays: number) => suppressionStart({ ...defaultPolicy, suppressionDays }, now);
    expect(start(7)).toBe('2026-11-15T10:01:00.000Z');
    expect(start(0.5)).toBe('2026-11-21T22:01:00.000Z');
    expect(start(0)).toBeNull();
  });

  test('of none, what waits is neither in the way nor displaced', () => {
    const policy = { suppressionDays: 0 };
    for (const closed of [closedAt - 1, closedAt + 1]) {
      const waiting: OtherSurvey = { ...other, state: 'scheduled', closedAt: closed, at: now + day };
      expect(verdictOn({ history: { others: [waiting] }, policy })).toMatchObject({ displaces: [] });
    }
  });
});
