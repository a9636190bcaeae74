import { describe, expect, test } from 'vitest';
import {
  cardLimits,
  makeCard,
  questionReply,
  type CardItem,
  type CardSubject,
  type SurveyAnswer,
} from '../../../src/domain/survey/card.ts';

const answer: SurveyAnswer = {
  surveyId: 'survey-1',
  revision: 1,
  rating: 2,
  resolved: null,
  reason: null,
  comment: null,
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
const question = { kind: 'scale', text: 'Would you\nrecommend us?', answer: 3 } as const;
const content = (parts: Partial<SurveyAnswer> = {}, about: Partial<CardSubject> = {}): CardItem['content'] =>
  makeCard({ ...answer, ...parts }, { ...subject, ...about }, Date.parse('2026-11-22T12:00:01Z')).content;

const head = '<p><b>★★☆☆☆ 2/5</b></p>';
const facts =
  'Resolved: not answered<br>Agent: Amy Lee<br>Channel: email<br>Closed: Nov 22, 2026, 11:00 AM GMT+1<br>Conversation: conversation-1';

describe('the words of a card', () => {
  test('are these, and no others', () => {
    expect(content()).toEqual({
      type: 'CUSTOMER_ACTIVITY',
      activityType: 'SURVEY',
      title: 'CSAT 2/5',
      body: `${head}<p>${facts}</p>`,
      sourceName: 'CSAT survey',
      link: { url: subject.conversationUrl, text: 'Open conversation' },
      occurredAt: answer.answeredAt,
    });
  });

  test('have the comment, the question with its reply, and the reason in their places', () => {
    expect(content({ comment: ' Slow\n& cold ', question, reason: 'Slow reply' }).body).toBe(
      `${head}<p>Slow<br>&amp; cold</p><p><b>Would you recommend us?</b><br>3 of 10</p>` +
        `<p>Reason: Slow reply<br>${facts}</p>`,
    );
  });

  test('have no question whose reply was erased', () => {
    expect(content({ question: { ...question, answer: null } }).body).toBe(`${head}<p>${facts}</p>`);
  });

  test('leave a long comment what room the question leaves', () => {
    const { body } = content({ comment: 'a'.repeat(30_000), question, reason: 'Slow reply' });
    expect(body).toHaveLength(cardLimits.body);
    expect(body).toContain('…</p><p><b>Would you recommend us?</b>');
    const exactly = body.indexOf('…') + 1 - `${head}<p>`.length;
    expect(content({ comment: 'a'.repeat(exactly), question, reason: 'Slow reply' }).body).not.toContain('…');
  });

  test.each([null, 'Mars/Olympus'])('tell the time in UTC where the zone is %s', (timeZone) => {
    expect(content({}, { timeZone }).body).toContain('<br>Closed: Nov 22, 2026, 10:00 AM UTC<br>');
  });

  test('leave a time that is none as it is', () => {
    expect(content({}, { closedAt: 'some day' }).body).toContain('<br>Closed: some day<br>');
    expect(content({}, { closedAt: null }).body).toContain('<br>Closed: unknown<br>');
  });
});

test.each([
  ['scale', 7, '7 of 10'],
  ['scale', 0, '0 of 10'],
  ['scale', null, ''],
  ['choice', 'Search', 'Search'],
  ['text', 'Longer hours', 'Longer hours'],
  ['text', null, ''],
] as const)('to a %s, the reply %j reads %j', (kind, reply, words) => {
  expect(questionReply({ kind, text: 'Well?', answer: reply })).toBe(words);
});
