import type { SurveyMessage } from '../../src/ports/delivery-provider.ts';

export function surveyMessage(changes: Partial<SurveyMessage> = {}): SurveyMessage {
  const link = 'https://csat.harbour.example/s/tok_1-a';
  return {
    surveyId: 'survey_1-a',
    conversationId: 'conversation-1',
    closingId: 'closing-1',
    to: { address: 'robin@example.com', name: 'Robin Example' },
    agent: { name: 'Anna Lee', firstName: 'Anna' },
    companyName: 'Harbour & Pine',
    language: 'en',
    channel: 'voice',
    closedAt: '2026-11-22T10:00:00.000Z',
    timeZone: 'UTC',
    surveyUrl: link,
    ratingUrls: [
      `${link}?rating=1`,
      `${link}?rating=2`,
      `${link}?rating=3`,
      `${link}?rating=4`,
      `${link}?rating=5`,
    ],
    unsubscribeUrl: 'https://csat.harbour.example/u/tok_1-a',
    ...changes,
  };
}

/** Names as bad as strangers write them. */
export const hostileNames = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  'Anna\r\nBcc: victim@example.net',
  'Anna\nSubject: other\n\nbody',
  'Anna\u2028Bcc: victim@example.net',
  '\u001b[31mred\u0007\u0000',
  '\u202egnirts desrever\u202c',
  '<%= it.surveyUrl %><% while (true) { %>',
  '{{constructor.constructor("return process")()}} ${1+1}',
  '😀'.repeat(5000),
  'x'.repeat(10_000),
  'a\ud800b\udc00c',
  '=?utf-8?q?forged?= <forged@example.net>',
  'Anna, Bob <bob@example.net>; Carl',
  '&amp;&#10;&lt;',
];
