import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseAddress } from '../../src/domain/eligibility/addresses.ts';
import { attribute } from '../../src/domain/attribution/credit.ts';
import { cardLimits, isSameCard, makeCard } from '../../src/domain/survey/card.ts';
import { closingStates } from '../../src/domain/closing/transitions.ts';
import { lanes } from '../../src/domain/values/lanes.ts';
import { decide } from '../../src/domain/eligibility/decide.ts';
import type { ClosingFacts } from '../../src/domain/eligibility/facts.ts';
import { parseInstant } from '../../src/domain/values/instant.ts';
import { defaultPolicy } from '../../src/domain/eligibility/policy.ts';
import { reasonCodes } from '../../src/domain/closing/reason.ts';
import { makeToken, readToken, surveyIdOf } from '../../src/domain/survey/token.ts';
import { readTimeline } from '../../src/domain/attribution/timeline.ts';
import { createMailComposer } from '../../src/delivery/mail.ts';
import { builtInTemplate } from '../../src/delivery/template.ts';
import { hostileNames, surveyMessage } from '../delivery/survey-message.ts';
import { proofTimeoutMs } from './extent.ts';
import { holds } from './property.ts';

const origin = Date.parse('2026-11-22T10:00:00Z');

/** Nanoseconds after the origin, with so few values that some are equal. */
const moment = fc.integer({ min: 0, max: 4000 }).map((tick) => BigInt(tick) * 250_000n);

const closing = 500_000_000n;

/** The moment in RFC 3339 with 0 to 9 digits after the second, in UTC or with an offset. */
const written = (nanoseconds: bigint, zoned: boolean): string => {
  const whole = new Date(origin + Number(nanoseconds / 1_000_000_000n) * 1000 + (zoned ? 7_200_000 : 0));
  const digits = String(nanoseconds % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${whole.toISOString().slice(0, 19)}${digits === '' ? '' : `.${digits}`}${zoned ? '+02:00' : 'Z'}`;
};

const messageTypes = [
  'CHAT_MESSAGE',
  'EMAIL',
  'SMS',
  'FACEBOOK_MESSAGE',
  'INSTAGRAM_DIRECT',
  'WHATSAPP',
  'TWITTER',
];
const silentTypes = [
  'VOICEMAIL',
  'CONVERSATION_NOTE',
  'TOPIC_CHANGE',
  'CUSTOMER_ACTIVITY',
  'TASK',
  'NEW_KIND',
];
const participant = fc.record({
  id: fc.constantFrom('amy', 'ben', 'cleo', 'robot'),
  type: fc.constantFrom('AGENT', 'AGENT', 'AGENT', 'API', 'CUSTOMER', 'SYSTEM', 'AUTOMATION'),
});

interface Told {
  id: string;
  type: string;
  initiator: { id: string; type: string };
  responder: { id: string; type: string };
  at: bigint;
  answered: bigint | null;
  completed: bigint | null;
  failed: boolean;
  zoned: boolean;
}

const told: fc.Arbitrary<Told> = fc.record({
  id: fc.uuid(),
  type: fc.constantFrom(
    ...messageTypes,
    ...messageTypes,
    ...silentTypes,
    'PHONE_CALL',
    'PHONE_CALL',
    'CUSTOM',
  ),
  initiator: participant,
  responder: participant,
  at: moment,
  answered: fc.option(moment),
  completed: fc.option(moment),
  failed: fc.boolean(),
  zoned: fc.boolean(),
});

function item({ id, type, initiator, responder, at, answered, completed, failed, zoned }: Told): unknown {
  const isCall = type === 'PHONE_CALL';
  return {
    id,
    timestamp: written(at, zoned),
    initiator,
    ...(isCall && { responder }),
    content: {
      ...(type === 'CUSTOM' ? { customChannelId: 'c1', type: 'TEXT' } : { type }),
      ...(isCall && answered !== null && { answeredAt: written(answered, !zoned) }),
      ...(isCall && completed !== null && { completedAt: written(completed, zoned) }),
      ...(failed && { status: type === 'CUSTOM' ? { value: 'FAILED' } : 'FAILED' }),
    },
  };
}

/** The table of the rules, written a second time in the plainest way. */
function lastResponder(timeline: readonly Told[]): { agentId: string; itemId: string } | null {
  const responses: { agentId: string; itemId: string; at: bigint }[] = [];
  for (const entry of timeline) {
    if (entry.type === 'PHONE_CALL') {
      const agent = [entry.initiator, entry.responder].find(({ type }) => type === 'AGENT');
      const at = entry.completed ?? entry.answered ?? entry.at;
      if (agent !== undefined && entry.answered !== null) {
        responses.push({ agentId: agent.id, itemId: entry.id, at });
      }
    } else if (entry.type === 'CUSTOM' || messageTypes.includes(entry.type)) {
      if (entry.initiator.type === 'AGENT' && !entry.failed) {
        responses.push({ agentId: entry.initiator.id, itemId: entry.id, at: entry.at });
      }
    }
  }
  const counting = responses
    .filter(({ at }) => at / 1_000_000n <= closing / 1_000_000n)
    .filter(({ agentId }) => agentId !== 'robot');
  let last: (typeof counting)[number] | null = null;
  for (const one of counting) if (last === null || one.at >= last.at) last = one;
  return last === null ? null : { agentId: last.agentId, itemId: last.itemId };
}

const attributed = (items: readonly unknown[]) =>
  attribute({
    items: readTimeline(items),
    closedAt: parseInstant(written(closing, false)),
    isExcluded: (id) => id === 'robot',
  });

describe('attribution', { timeout: proofTimeoutMs }, () => {
  test('names whom the rules name, for every timeline', () => {
    holds(
      fc.property(fc.array(told, { maxLength: 20 }), (timeline) => {
        const { response, considered } = attributed(timeline.map(item));
        expect(response === null ? null : { agentId: response.agentId, itemId: response.itemId }).toEqual(
          lastResponder(timeline),
        );
        expect(considered).toHaveLength(timeline.length);
      }),
    );
  });

  test('is total: any JSON is a timeline, and nobody is credited who is no agent in it', () => {
    holds(
      fc.property(fc.array(fc.oneof(fc.jsonValue(), told.map(item)), { maxLength: 8 }), (entries) => {
        const { response } = attributed(entries);
        if (response === null || response.agentId === null) return;
        expect(JSON.stringify(entries)).toContain('"AGENT"');
        expect(response.agentId).not.toBe('robot');
      }),
    );
  });
});

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom(...hostileNames));
const addressText = fc.oneof(
  text,
  fc.constant('cora@example.com'),
  fc.constantFrom('cora@example.com', 'Cora@Example.COM ', 'no address', '+15550100'),
);
const entry = fc.record({
  original: addressText,
  normalized: fc.option(addressText),
  primary: fc.boolean(),
});

/** What keeps a survey from being sent is drawn seldom: otherwise hardly any would be sent. */
const seldom = fc.nat(7).map((drawn) => drawn === 7);

describe('a decision', { timeout: proofTimeoutMs }, () => {
  test('is total: to a valid address at a time that is not past, or not at all with known reasons', () => {
    const now = origin + 3_600_000;
    const question = fc.record({
      status: fc.oneof(
        { weight: 7, arbitrary: fc.constant('CLOSED') },
        fc.constantFrom('OPEN', 'WAITING', 'MERGED'),
      ),
      timeline: fc.array(told, { maxLength: 8 }),
      reopened: seldom,
      topicIds: fc.subarray(['t1', 't2', 'unknown']),
      truncated: seldom,
      known: seldom.map((unknown) => !unknown),
      emails: fc.oneof(
        { weight: 7, arbitrary: fc.array(entry, { minLength: 1, maxLength: 3 }) },
        fc.constant([]),
      ),
      unsubscribed: seldom,
      own: fc.oneof(
        { weight: 4, arbitrary: fc.constant(null) },
        fc.record({ state: fc.constantFrom(...closingStates) }),
      ),
      others: fc.array(
        fc.record({
          closingId: fc.string(),
          conversationId: fc.constantFrom('conversation-1', 'conversation-2'),
          lane: fc.constantFrom(...lanes),
          brand: fc.constantFrom(null, 'A', 'B'),
          state: fc.constantFrom(...closingStates),
          closedAt: fc.integer({ min: origin - 9e8, max: now }),
          at: fc.integer({ min: origin - 9e8, max: now + 9e7 }),
        }),
        { maxLength: 2 },
      ),
      delivery: fc.constantFrom('smtp' as const, 'gladly-email' as const, 'outbox' as const),
    });
    let sent = 0;
    holds(
      fc.property(question, (given) => {
        const attribution = attributed(given.timeline.map(item));
        const { response } = attribution;
        const facts: ClosingFacts = {
          closingId: 'closing-1',
          conversationId: 'conversation-1',
          status: given.status,
          closedAt: origin,
          reopened: given.reopened,
          topicIds: given.topicIds,
          topics: new Map([
            ['t1', { id: 't1', name: 'Billing', parentId: 't2' }],
            ['t2', { id: 't2', name: 'Orders', parentId: 't1' }],
          ]),
          inbox: null,
          attribution,
          timelineUnsolved: given.truncated && response === null,
          timelineTruncated: given.truncated,
          closedBy: null,
          agent:
            given.known && typeof response?.agentId === 'string'
              ? { id: response.agentId, name: null, email: null }
              : null,
          customer: { id: 'customer-1', emails: given.emails, phones: [] },
          timeZone: null,
        };
        const { unsubscribed, own, others, delivery } = given;
        const history = { own, unsubscribed, others };
        const verdict = decide({ facts, history, policy: defaultPolicy, delivery, brand: null, now });
        if ('suppress' in verdict) {
          expect(verdict.suppress.length).toBeGreaterThan(0);
          for (const { code } of verdict.suppress) expect(reasonCodes).toContain(code);
          return;
        }
        sent += 1;
        expect(chooseAddress('email', facts.customer)).toMatchObject({ address: verdict.send.address });
        expect(verdict.send.dueAt).toBeGreaterThanOrEqual(now);
        expect([given.status, given.reopened, unsubscribed]).toEqual(['CLOSED', false, false]);
        expect(lastResponder(given.timeline)).not.toBeNull();
        expect(verdict.send.address).toMatch(/^[^\s@]+@[^\s@]+$/);
      }),
    );
    // The property says most about surveys that are sent, so some must be.
    expect(sent).toBeGreaterThan(0);
  });
});

describe('what a stranger wrote', { timeout: proofTimeoutMs }, () => {
  const longText = fc.oneof(
    text,
    fc
      .tuple(text, fc.integer({ min: 1, max: 9000 }))
      .map(([piece, times]) => piece.repeat(times).slice(0, 60_000)),
  );

  test('fits on a card, in allowed tags alone, and is found to be the same card', () => {
    holds(
      fc.property(
        fc.record({
          rating: fc.integer({ min: 1, max: 5 }),
          resolved: fc.option(fc.boolean()),
          reason: fc.option(longText),
          comment: fc.option(longText),
          question: fc.option(
            fc.record({ kind: fc.constantFrom('choice', 'text'), text: longText, answer: longText }),
          ),
          agentName: fc.option(longText),
          channel: fc.option(text),
          conversationId: text,
        }),
        ({ rating, resolved, reason, comment, question, agentName, channel, conversationId }) => {
          const answeredAt = '2026-11-22T10:00:00.000Z';
          const said = { rating, resolved, reason, comment, question, answeredAt };
          const answer = { surveyId: 's', revision: 1, ...said };
          const subject = {
            conversationId,
            agentName,
            channel,
            closedAt: null,
            timeZone: null,
            conversationUrl: null,
          };
          const card = makeCard(answer, subject, origin);
          const { title, body, sourceName } = card.content;
          expect(card.id).toMatch(/^[\w-]{1,49}$/);
          expect(title.length).toBeLessThanOrEqual(cardLimits.title);
          expect(body.length).toBeLessThanOrEqual(cardLimits.body);
          expect(sourceName.length).toBeLessThanOrEqual(cardLimits.sourceName);
          expect(body.replace(/<\/?(?:p|b)>|<br>/g, '')).not.toMatch(/[<>"']/);
          expect(body.replace(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
          expect(`${title}${body}`).not.toMatch(/\p{Cc}|\p{Surrogate}/u);
          expect(isSameCard(structuredClone(card), card)).toBe(true);
        },
      ),
    );
  });

  test('neither adds a header nor markup to a mail, nor takes its links', () => {
    const compose = createMailComposer({ template: builtInTemplate() });
    const plain = compose(surveyMessage());
    const tags = (html: string): string[] => html.replace(/"[^"]*"/g, '""').match(/<[a-z/!][^>]*>/gi) ?? [];
    holds(
      fc.property(longText, longText, text, (name, companyName, firstName) => {
        const message = surveyMessage({ companyName, agent: { name, firstName: `A${firstName}` } });
        const mail = compose(message);
        expect(mail.subject).not.toMatch(/\p{Cc}|\p{Surrogate}|\u2028|\u2029/u);
        expect(tags(mail.html)).toEqual(tags(plain.html));
        for (const link of [message.surveyUrl, message.unsubscribeUrl]) {
          expect(mail.text).toContain(link);
          expect(mail.html).toContain(link);
        }
      }),
    );
  });
});

describe('a token', { timeout: proofTimeoutMs }, () => {
  const key = new Uint8Array(32).fill(7);
  const purposes = ['survey', 'unsubscribe'] as const;

  test('opens its own survey for its own purpose, with its own key, and nothing else', () => {
    const other = new Uint8Array(32).fill(8);
    holds(
      fc.property(fc.string(), fc.constantFrom(...purposes), (closingId, purpose) => {
        const surveyId = surveyIdOf(closingId);
        const token = makeToken(key, purpose, surveyId);
        expect(readToken(key, purpose, token)).toBe(surveyId);
        for (const another of purposes) {
          if (another !== purpose) expect(readToken(key, another, token)).toBeNull();
        }
        expect(readToken(other, purpose, token)).toBeNull();
      }),
    );
  });

  test('that was changed anywhere, or made up, opens nothing', () => {
    const token = makeToken(key, 'survey', surveyIdOf('closing-1'));
    const changed = fc
      .tuple(fc.nat(token.length - 1), fc.string({ minLength: 0, maxLength: 2 }))
      .map(([place, put]) => `${token.slice(0, place)}${put}${token.slice(place + 1)}`);
    holds(
      fc.property(fc.oneof(changed, fc.string({ maxLength: 60 }), fc.base64String()), (made) => {
        const isWhole = made.replaceAll(/=?\s+/g, '').startsWith(token.slice(0, -1));
        if (!isWhole) expect(readToken(key, 'survey', made)).toBeNull();
      }),
    );
  });
});
