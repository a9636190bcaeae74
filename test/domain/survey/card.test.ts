import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  cardIdOf,
  cardLimits,
  isSameCard,
  makeCard,
  type CardItem,
  type CardSubject,
  type SurveyAnswer,
} from '../../../src/domain/survey/card.ts';
import { readableText } from '../../../src/domain/survey/rich-text.ts';

const contract = parse(
  readFileSync(join(import.meta.dirname, '../../../contract/gladly.openapi.yaml'), 'utf8'),
) as Record<string, { tags: Record<string, string[]> }>;
const allowedTags = Object.keys(contract['x-gladly-rich-content']!.tags);

const answer: SurveyAnswer = {
  surveyId: 'survey-1',
  revision: 1,
  rating: 5,
  resolved: true,
  reason: null,
  comment: 'Quick & friendly',
  question: null,
  answeredAt: '2026-11-22T12:00:00.000Z',
};
const subject: CardSubject = {
  conversationId: 'conversation-1',
  agentName: 'Amy Lee',
  channel: 'email',
  closedAt: '2026-11-22T10:00:00.000Z',
  timeZone: 'Europe/Berlin',
  conversationUrl: 'https://acme.gladly.com/conversation/conversation-1',
};
const now = Date.parse('2026-11-22T12:00:01Z');

const cardOf = (parts: Partial<SurveyAnswer> = {}, about: Partial<CardSubject> = {}): CardItem =>
  makeCard({ ...answer, ...parts }, { ...subject, ...about }, now);

describe('the card of an answer', () => {
  test('is a survey on the customer’s timeline, at the time of the answer', () => {
    expect(cardOf().content).toMatchObject({
      type: 'CUSTOMER_ACTIVITY',
      activityType: 'SURVEY',
      title: 'CSAT 5/5: resolved',
      link: { url: subject.conversationUrl },
      occurredAt: answer.answeredAt,
    });
  });

  test.each([
    [1, false, 'CSAT 1/5: not resolved', '★☆☆☆☆ 1/5', 'Resolved: no'],
    [3, null, 'CSAT 3/5', '★★★☆☆ 3/5', 'Resolved: not answered'],
    [5, true, 'CSAT 5/5: resolved', '★★★★★ 5/5', 'Resolved: yes'],
  ])('names a score of %d, resolved %s', (rating, resolved, title, stars, verdict) => {
    const { content } = cardOf({ rating, resolved });
    expect(content.title).toBe(title);
    expect(readableText(content.body)).toContain(stars);
    expect(readableText(content.body)).toContain(verdict);
  });

  test('has comment, agent, channel, closing time and conversation', () => {
    const text = readableText(cardOf().content.body);
    for (const fact of [
      'Quick & friendly',
      'Agent: Amy Lee',
      'Channel: email',
      'Closed: Nov 22, 2026, 11:00 AM GMT+1',
      'Conversation: conversation-1',
    ]) {
      expect(text).toContain(fact);
    }
  });

  test('says so when a fact is unknown, and has no link when there is none', () => {
    const { content } = cardOf(
      { comment: null },
      { agentName: null, channel: null, closedAt: null, conversationUrl: null },
    );
    const text = readableText(content.body);
    expect(text).toContain('Agent: unknown');
    expect(text).toContain('Channel: unknown');
    expect(text).toContain('Closed: unknown');
    expect(content).not.toHaveProperty('link');
  });

  test('without a comment has no empty paragraph', () => {
    for (const comment of [null, '', ' \n\t ']) {
      expect(cardOf({ comment }).content.body).toBe(cardOf({ comment: null }).content.body);
    }
    expect(cardOf({ comment: null }).content.body).not.toContain('<p></p>');
  });

  test('gets the time of posting when the answer is a year old, which Gladly does not accept', () => {
    const day = 86_400_000;
    const postedAfter = (milliseconds: number): CardItem =>
      makeCard(answer, subject, Date.parse(answer.answeredAt) + milliseconds);
    expect(postedAfter(365 * day - 1).content.occurredAt).toBe(answer.answeredAt);
    expect(postedAfter(365 * day).content).not.toHaveProperty('occurredAt');
    expect(cardOf({ answeredAt: 'some day' }).content).not.toHaveProperty('occurredAt');
  });

  test('a customer’s markup is text', () => {
    const { body } = cardOf({ comment: '<img src=x onerror=alert(1)><b>&amp;</b>' }).content;
    expect(body).not.toContain('<img');
    expect(readableText(body)).toContain('<img src=x onerror=alert(1)><b>&amp;</b>');
  });
});

describe('the limits of a card', () => {
  const unit = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }),
    fc.constantFrom('<', '&', '\n', '\u0000', '\t', '👩‍🚀', '\ud83d', '\ude00', '\u202e', '</p>', 'e\u0301'),
    fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 5 })
      .map((units) => String.fromCharCode(...units)),
  );
  const short = fc.array(unit, { maxLength: 20 }).map((units) => units.join(''));
  const long = fc
    .tuple(short, short, fc.integer({ min: 1000, max: 30_000 }))
    .map(([head, part, length]) => head + (part === '' ? '' : part.repeat(Math.ceil(length / part.length))));
  const text = fc.oneof(short, short, long);
  const answers = fc.record({
    surveyId: text,
    revision: fc.integer({ min: 1 }),
    rating: fc.integer({ min: 1, max: 5 }),
    resolved: fc.option(fc.boolean()),
    reason: fc.option(text),
    comment: fc.option(text),
    question: fc.option(
      fc.record({
        kind: fc.constantFrom('scale', 'choice', 'text'),
        text,
        answer: fc.option(fc.oneof(text, fc.integer())),
      }),
    ),
    answeredAt: fc.oneof(text, fc.constant(answer.answeredAt)),
  });
  const subjects = fc.record({
    conversationId: text,
    agentName: fc.option(text),
    channel: fc.option(text),
    closedAt: fc.option(text),
    timeZone: fc.option(text),
    conversationUrl: fc.option(fc.webUrl()),
  });

  test('hold for every input', () => {
    fc.assert(
      fc.property(answers, subjects, (given, about) => {
        const { id, content } = makeCard(given, about, now);
        expect(id).toMatch(/^[A-Za-z0-9_-]{20,49}$/);
        expect(content.title.length).toBeLessThanOrEqual(100);
        expect(content.body.length).toBeLessThanOrEqual(25_000);
        expect(content.sourceName.length).toBeLessThanOrEqual(50);
        expect(content.link?.text.length ?? 0).toBeLessThanOrEqual(50);
        for (const shown of [content.title, content.body]) {
          expect(shown.isWellFormed()).toBe(true);
          expect(shown).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u);
        }
        const tags = [...content.body.matchAll(/<\/?([a-z0-9]+)>/g)].map((match) => match[1]!);
        for (const tag of tags) expect(allowedTags).toContain(tag);
        const rest = content.body.replace(/<\/?[a-z0-9]+>|&(?:amp|lt|gt|quot|#39);/g, '');
        expect(rest).not.toMatch(/[<>&"']/);
        expect(unclosed(content.body)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['of ASCII', 'a'.repeat(30_000)],
    ['of entities', '<'.repeat(30_000)],
    ['of surrogate pairs', '👍'.repeat(15_000)],
    ['of joined characters', '👩‍🚀'.repeat(6000)],
    ['of line ends', `a${'\n'.repeat(30_000)}b`],
  ])('are used up by a comment %s, and the facts stay', (_, comment) => {
    const { body } = cardOf({ comment }).content;
    expect(body.length).toBeLessThanOrEqual(cardLimits.body);
    expect(body.length).toBeGreaterThan(cardLimits.body - 10);
    expect(body).toContain('…');
    expect(readableText(body)).toContain('Conversation: conversation-1');
  });

  test('are not used up by endless facts', () => {
    const endless = '&'.repeat(50_000);
    const { body } = cardOf({}, { agentName: endless, channel: endless, conversationId: endless }).content;
    expect(readableText(body)).toContain('Quick & friendly');
  });

  test('leave room for a comment beside an endless reason, question, and reply', () => {
    const endless = '<'.repeat(50_000);
    const question = { kind: 'text', text: endless, answer: endless } as const;
    const { body } = cardOf({ rating: 1, reason: endless, question }).content;
    expect(body.length).toBeLessThanOrEqual(cardLimits.body);
    expect(readableText(body)).toContain('Quick & friendly');
    expect(readableText(body)).toContain('Conversation: conversation-1');
  });

  test('are Gladly’s', () => {
    expect(cardLimits).toEqual({ title: 100, body: 25_000, sourceName: 50, linkText: 50, id: 49 });
  });

  /** Tags that were opened and not closed, or closed in the wrong order. */
  function unclosed(body: string): string[] {
    const open: string[] = [];
    for (const [, slash, name] of body.matchAll(/<(\/?)([a-z0-9]+)>/g)) {
      if (name === 'br') continue;
      if (slash === '') open.push(name!);
      else if (open.pop() !== name) return [`</${name ?? ''}>`];
    }
    return open;
  }
});

describe('the id of a card', () => {
  test('is the same for the same answer, whatever else is on the card and whenever it is posted', () => {
    expect(cardOf().id).toBe(cardOf({}, { agentName: 'Amy Renamed', conversationUrl: null }).id);
    expect(makeCard(answer, subject, now + 1e9).id).toBe(cardOf().id);
    expect(cardIdOf(answer)).toBe(cardOf().id);
  });

  test.each<[string, Partial<SurveyAnswer>]>([
    ['survey', { surveyId: 'survey-2' }],
    ['revision', { revision: 2 }],
    ['rating', { rating: 4 }],
    ['verdict', { resolved: false }],
    ['missing verdict', { resolved: null }],
    ['comment', { comment: 'Quick & friendly.' }],
    ['missing comment', { comment: null }],
    ['reason', { reason: 'Slow reply' }],
    ['question', { question: { kind: 'scale', text: 'Again?', answer: 9 } }],
  ])('is another for another %s', (_, change) =>
    expect(cardIdOf({ ...answer, ...change })).not.toBe(cardIdOf(answer)),
  );

  test('stays what it was before answers had reasons and questions', () => {
    expect(cardOf().id).toBe('csat-CxshTl9i7tvRm8cbBLxw1bnLEr7ehw2fYnOSMHUsfj4');
  });

  test('any two answers share an id only when they are the same', () => {
    const some = fc.record({
      surveyId: fc.string({ unit: 'binary', maxLength: 3 }),
      revision: fc.integer({ min: 1, max: 12 }),
      rating: fc.integer({ min: 1, max: 5 }),
      resolved: fc.option(fc.boolean()),
      reason: fc.option(fc.constantFrom('', 'a')),
      comment: fc.option(fc.string({ maxLength: 2 })),
      question: fc.option(
        fc.record({
          kind: fc.constant('choice' as const),
          text: fc.constantFrom('', 'a'),
          answer: fc.constantFrom(null, '', 'a'),
        }),
      ),
      answeredAt: fc.constant(answer.answeredAt),
    });
    fc.assert(
      fc.property(some, some, (one, other) => {
        expect(cardIdOf(one) === cardIdOf(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
        expect(cardIdOf({ ...one })).toBe(cardIdOf(one));
      }),
    );
  });
});

describe('an item found under our id', () => {
  const card = cardOf({ comment: 'He said "a < b"\nand \'left\'' });
  const found = (change: Record<string, unknown>): unknown => ({
    id: card.id,
    customerId: 'customer-1',
    content: { ...card.content, receivedAt: answer.answeredAt, ...change },
  });

  test('is ours with the time written otherwise, and its id does not depend on how', () => {
    const timeBefore = 'Closed: 2026-11-22T10:00:00.000Z<br>';
    const before = card.content.body.replace(/Closed: .*?<br>/, timeBefore);
    expect(before).not.toBe(card.content.body);
    expect(isSameCard(found({ body: before }), card)).toBe(true);
    expect(cardOf({}, { timeZone: 'America/Chicago' }).id).toBe(cardOf().id);
    expect(isSameCard(found({ body: before.replace('Amy Lee', 'Bo Ray') }), card)).toBe(false);
  });
  test('is ours as it was posted', () => expect(isSameCard(found({}), card)).toBe(true));

  test('is ours when Gladly writes the markup differently', () => {
    const { body } = card.content;
    const rewritten = [
      body.replaceAll('<br>', '<br/>\n').replaceAll('<b>', '<strong>').replaceAll('</b>', '</strong>'),
      body.replaceAll('&quot;', '"').replaceAll('&#39;', "'"),
      body.replaceAll('&lt;', '&#60;').replaceAll('&#39;', '&#x27;'),
      `<div style="margin: 0">\n${body}\n</div>`,
    ];
    for (const other of rewritten) expect(isSameCard(found({ body: other }), card)).toBe(true);
  });

  test.each<[string, Record<string, unknown>]>([
    ['score', { title: 'CSAT 4/5: resolved' }],
    ['title', { title: undefined }],
    ['body', { body: undefined }],
    ['comment', { body: card.content.body.replace('left', 'stayed') }],
    ['words with a space fewer', { body: card.content.body.replace('He said', 'Hesaid') }],
    ['agent', { body: card.content.body.replace('Amy Lee', 'Ben') }],
    ['kind', { type: 'CONVERSATION_NOTE' }],
    ['activity', { activityType: 'ISSUE' }],
  ])('is another with another %s', (_, change) => expect(isSameCard(found(change), card)).toBe(false));

  test('is not ours when it is not an item', () => {
    for (const other of [
      null,
      undefined,
      1,
      'card',
      [],
      {},
      { content: null },
      { content: 'x' },
      card.content,
    ]) {
      expect(isSameCard(other, card)).toBe(false);
    }
  });

  test('for another answer is never ours', () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(words, words, (one, other) => {
        const folded = (text: string): string => readableText(cardOf({ comment: text }).content.body);
        expect(isSameCard(cardOf({ comment: one }), cardOf({ comment: other }))).toBe(
          folded(one) === folded(other),
        );
        expect(isSameCard(cardOf({ comment: one }), cardOf({ comment: one }))).toBe(true);
        if (/^\w+$/.test(one) && one !== other.trim()) {
          expect(isSameCard(cardOf({ comment: one }), cardOf({ comment: other }))).toBe(false);
        }
      }),
    );
  });
});
