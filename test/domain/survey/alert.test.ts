import { describe, expect, test } from 'vitest';
import {
  alertIdOf,
  alertPayload,
  alertWords,
  nextAlertTry,
  waitAfter,
  type AlertPayload,
  type AlertSubject,
} from '../../../src/domain/survey/alert.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const at = '2026-11-22T12:00:00.000Z';

const scale = { kind: 'scale', text: 'Would you recommend us?', answer: 3 } as const;
const subject: AlertSubject = {
  answer: {
    ...{ surveyId: 'survey-1', revision: 2, rating: 1, resolved: false, reason: 'Slow reply' },
    ...{ comment: 'Too slow', question: scale, answeredAt: at },
  },
  closing: {
    conversationId: 'conversation-1',
    closedAt: '2026-11-22T10:00:00.000Z',
    agent: { id: 'amy', name: 'Amy Lee', email: 'amy@acme.com' },
    customer: { id: 'customer-1', name: 'Kim Doe', email: 'kim@example.com', phone: '+15125550100' },
    lane: 'live',
    brand: 'nordwind',
  },
  inbox: { id: 'inbox-1', name: 'Support' },
  channel: 'email',
  conversationUrl: 'https://acme.gladly.com/conversation/conversation-1',
};

describe('an alert', () => {
  test('has the same id in every try, and another for another revision', () => {
    expect(alertIdOf('survey-1', 2)).toBe('alert_rMESaM9TNZD6QeV47JLNCy');
    expect(alertIdOf('survey-1', 3)).not.toBe(alertIdOf('survey-1', 2));
  });

  test('is tried again after a minute, then twice as long each time, up to an hour or a day', () => {
    expect([0, 1, 5, 6, 99].map((tries) => waitAfter(tries, true))).toEqual([
      minute,
      2 * minute,
      32 * minute,
      hour,
      hour,
    ]);
    expect([0, 6, 10, 11, 5000].map((tries) => waitAfter(tries, false))).toEqual([
      minute,
      64 * minute,
      1024 * minute,
      day,
      day,
    ]);
  });

  test('is given up when its next try would come more than three days after the answer', () => {
    const answered = Date.parse(at);
    const next = (tries: number, passes: boolean, afterMs: number) =>
      nextAlertTry({ at, tries }, passes, answered + afterMs);
    expect(next(0, true, 0)).toBe('2026-11-22T12:01:00.000Z');
    expect(next(8, true, 0)).toBe('2026-11-22T13:00:00.000Z');
    expect(next(20, false, 0)).toBe('2026-11-23T12:00:00.000Z');
    expect(next(8, true, 3 * day - hour)).toBe('2026-11-25T12:00:00.000Z');
    expect(next(8, true, 3 * day - hour + 1)).toBeNull();
  });
});

describe('the body of an alert', () => {
  test('has all that is known of the rating', () => {
    expect(alertPayload(subject, { personal: true })).toEqual({
      type: 'survey.low_rating',
      timestamp: at,
      data: {
        test: false,
        lane: 'live',
        survey: { id: 'survey-1', revision: 2 },
        conversation: { id: 'conversation-1', url: subject.conversationUrl },
        closedAt: subject.closing.closedAt,
        agent: subject.closing.agent,
        inbox: subject.inbox,
        channel: 'email',
        brand: 'nordwind',
        rating: 1,
        resolved: false,
        reason: 'Slow reply',
        comment: 'Too slow',
        question: scale,
        customer: subject.closing.customer,
      },
    });
    expect(alertPayload(subject, { personal: true, test: true }).data.test).toBe(true);
  });

  test('leaves out the customer, and what the customer wrote, where it has no personal data', () => {
    const words = { kind: 'text', text: 'What else?', answer: 'My name is Kim' } as const;
    const of = (question: AlertSubject['answer']['question'], personal = false) =>
      alertPayload({ ...subject, answer: { ...subject.answer, question } }, { personal }).data;
    expect(of(scale)).toMatchObject({ comment: null, customer: null, reason: 'Slow reply', question: scale });
    expect(of(words).question).toBeNull();
    expect(of(words, true).question).toEqual(words);
    expect(of(null).question).toBeNull();
  });
});

describe('the words of an alert', () => {
  const words = (data: Partial<AlertPayload['data']> = {}) => {
    const payload = alertPayload(subject, { personal: true });
    return alertWords({ ...payload, data: { ...payload.data, ...data } });
  };
  const fact = (wanted: string, data: Partial<AlertPayload['data']>): string | null =>
    words(data).facts.find(([name]) => name === wanted)?.[1] ?? null;

  test('are a heading, the facts, the comment, and the question', () => {
    expect(words()).toEqual({
      title: 'Low rating: 1/5',
      facts: [
        ['Agent', 'Amy Lee'],
        ['Resolved', 'no'],
        ['Reason', 'Slow reply'],
        ['Customer', 'Kim Doe'],
        ['Brand', 'nordwind'],
        ['Inbox', 'Support'],
        ['Channel', 'email'],
        ['Conversation', 'conversation-1'],
      ],
      comment: 'Too slow',
      question: { text: 'Would you recommend us?', reply: '3 of 10' },
    });
  });

  test('say where nothing was meant for real', () => {
    expect(words({ test: true, lane: 'trial' }).title).toBe('(Test) Low rating: 1/5');
    expect(words({ lane: 'trial' }).title).toBe('(Trial) Low rating: 1/5');
  });

  test('leave out what is not known, but for the agent', () => {
    const nothing = { resolved: null, reason: null, customer: null, brand: null, inbox: null, channel: null };
    expect(words({ ...nothing, agent: null, comment: null, question: null })).toEqual({
      title: 'Low rating: 1/5',
      facts: [
        ['Agent', 'unknown'],
        ['Conversation', 'conversation-1'],
      ],
      comment: null,
      question: null,
    });
    expect(words({ comment: ' \n ' }).comment).toBeNull();
    expect(words({ comment: ' a\nb ' }).comment).toBe('a\nb');
    expect(words({ question: { ...scale, answer: null } }).question).toBeNull();
  });

  test('name people and inboxes by the best that is known of them', () => {
    expect(fact('Agent', { agent: { id: 'amy', name: null, email: 'amy@acme.com' } })).toBe('amy');
    expect(fact('Inbox', { inbox: { id: 'inbox-1', name: null } })).toBe('inbox-1');
    expect(fact('Resolved', { resolved: true })).toBe('yes');
    const customer = { id: 'customer-1', name: null, email: null, phone: null };
    expect(fact('Customer', { customer: { ...customer, email: 'kim@example.com', phone: '+1' } })).toBe(
      'kim@example.com',
    );
    expect(fact('Customer', { customer: { ...customer, phone: '+15125550100' } })).toBe('+15125550100');
    expect(fact('Customer', { customer })).toBe('customer-1');
  });

  test('are never endless, and facts are on one line', () => {
    const endless = 'word \n'.repeat(1000);
    const { facts, comment, question } = words({
      reason: endless,
      comment: endless,
      question: { kind: 'text', text: endless, answer: endless },
    });
    expect(facts[2]?.[1]).toHaveLength(100);
    expect(facts[2]?.[1]).not.toContain('\n');
    expect(comment).toHaveLength(2900);
    expect(question?.text).toHaveLength(300);
    expect(question?.reply).toHaveLength(2000);
  });
});
