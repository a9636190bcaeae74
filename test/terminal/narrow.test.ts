import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { SurveyStory } from '../../src/documents/surveys.ts';
import type { BackfillDocument } from '../../src/documents/backfill.ts';
import type { EvidenceItem } from '../../src/domain/attribution/evidence.ts';
import type { SurveyDocument } from '../../src/documents/survey.ts';
import { backfillView } from '../../src/terminal/backfill-view.ts';
import { flow, labelled } from '../../src/terminal/narrow.ts';
import { surveyView } from '../../src/terminal/survey-view.ts';
import { surveyStoryView } from '../../src/terminal/story-view.ts';
import { surveysView } from '../../src/terminal/surveys-view.ts';
import { screen } from './screen.ts';

const link = 'https://csat.example.com/s/RGBUpQyUat5NJPVbY4gJybMLDqB7CZDA8DweYm7GQ7b4';
const closingId = 'GkENqoO_oY8GJOpLXq3rNw@2026-11-26T17:38:43.062Z';

const closing = {
  surveyId: 'RGBUpQyUat5NJPVbY4gJyb',
  closingId,
  conversationId: 'GkENqoO_oY8GJOpLXq3rNw',
  lane: 'trial' as const,
  state: 'suppressed' as const,
  customer: { id: 'k1', email: 'annegret.habersack.585@example.net', phone: null },
  agent: { id: 'a1', name: 'Amara Lindqvist', email: null },
  closedAt: '2026-11-26T17:38:43.062Z',
  sentAt: null,
  remindedAt: null,
  reminderState: null,
  dueAt: null,
  provider: 'outbox' as const,
  brand: null,
  answer: null,
  card: null,
  reasons: [
    { code: 'opt_out_topic' as const, detail: 'topic do_not_send_stella' },
    { code: 'recently_surveyed' as const, detail: 'asked on 2026-11-25' },
  ],
  error: null,
  notes: [],
  forgottenAt: null,
  imported: null,
  medallia: null,
};

const item = (itemId: string, agentName: string | null, why: string): EvidenceItem => ({
  itemId,
  type: 'CHAT_MESSAGE',
  initiator: agentName === null ? 'CUSTOMER' : 'AGENT',
  agentId: null,
  agentName,
  at: '2026-11-25T21:00:00.000Z',
  counts: agentName !== null,
  why,
});

const document: SurveyDocument = {
  responseText: null,
  conversationId: 'Y8SS34bds75sTlwW_2Bb9g',
  outcome: 'would_send',
  reasons: [],
  attribution: {
    agent: { id: 'a1', name: 'Bastien Corbeau', email: 'bastien@example.com' },
    itemId: 'i2',
    itemType: 'CHAT_MESSAGE',
    channel: 'chat',
    respondedAt: '2026-11-25T21:00:00.000Z',
    confidence: 'exact',
    considered: [],
    omitted: null,
  },
  timeline: {
    items: 2,
    truncated: false,
    considered: [item('i1', null, 'from CUSTOMER'), item('i2', 'Bastien Corbeau', 'last response')],
    omitted: null,
  },
  brand: null,
  conversation: {
    status: 'CLOSED',
    createdAt: null,
    closing: null,
    closedAt: '2026-11-25T23:40:00.000Z',
    topics: [
      { id: 't1', name: 'Where is my order' },
      { id: 't2', name: 'Change of address' },
    ],
    inbox: { id: 'b1', name: 'Orders and Delivery' },
    assignedAgentId: 'a2',
    assignedAgentName: 'Amara Lindqvist',
  },
  customer: { id: 'k1', name: 'Petra Telling', email: 'petra.telling.20783@example.com', phone: null },
  recordings: [],
  survey: null,
  pause: null,
  fullHour: null,
  warnings: [],
  error: null,
  steps: [],
  requests: { gladly: 3, retried: 0, rateLimited: 0, byOperation: {} },
};

const run: BackfillDocument = {
  dryRun: false,
  range: { since: '2026-11-26T09:11:09.360Z', until: '2026-11-26T18:11:09.360Z', timezone: 'UTC' },
  sources: ['events'],
  explanation: [],
  closings: 33,
  outcomes: { sent: 30, scheduled: 0, suppressed: 3, uncertain: 0, failed: 0, pending: 0 },
  thisRun: { sent: 11, scheduled: 0, suppressed: 2, uncertain: 0, failed: 0 },
  reasons: { recently_surveyed: 1 },
  requests: {
    gladly: 37,
    retried: 0,
    rateLimited: 0,
    byOperation: { listEvents: 1, getConversation: 13, getConversationItems: 12, getCustomer: 11 },
  },
  missing: [],
  failures: [],
  plan: {
    wouldSend: 11,
    byAgent: {},
    byInbox: { 'Orders and Delivery': 3 },
    byDay: {},
    estimatedSeconds: 5,
  },
  end: 'done',
  error: null,
  left: 0,
  queued: 0,
  delivery: 'smtp',
  pause: null,
  fullHour: null,
  counted: null,
  exports: null,
  seconds: 5.3,
};

const story: SurveyStory = {
  ...closing,
  url: link,
  externalId: null,
  alerts: [],
  form: null,
  attempts: 0,
  reopenedAt: null,
  evidence: null,
  history: [
    {
      at: '2026-11-26T18:05:00.000Z',
      transition: 'schedule',
      from: 'pending',
      to: 'scheduled',
      note: 'outbox',
    },
  ],
  messages: [],
  answers: [],
  cards: [],
  cardFailure: null,
  visits: [],
  count: null,
  reminder: null,
  otherClosings: [],
};

describe('40 columns', () => {
  const output = screen({ columns: 40 });

  test('have a list of closings one below the other, with what there is to say', () => {
    expect(surveysView([closing, { ...closing, state: 'sent', reasons: [] }], output).split('\n')).toEqual([
      '2026-11-26 17:38  suppressed',
      '  Agent         Amara Lindqvist',
      '  Customer      annegret.habersack.585@…',
      '  Delivery      outbox',
      '  Why           A topic opts out of',
      '                surveys, The customer',
      '                was asked recently',
      '  Conversation  GkENqoO_oY8GJOpLXq3rNw',
      '2026-11-26 17:38  sent',
      '  Agent         Amara Lindqvist',
      '  Customer      annegret.habersack.585@…',
      '  Delivery      outbox',
      '  Conversation  GkENqoO_oY8GJOpLXq3rNw',
    ]);
  });

  test('have each item of a timeline as a sentence', () => {
    expect(surveyView(document, output).split('\n').slice(0, 16)).toEqual([
      'Conversation  Y8SS34bds75sTlwW_2Bb9g',
      'Status        CLOSED at 2026-11-25 23:40',
      '              UTC',
      'Customer',
      '  Petra Telling',
      '  <petra.telling.20783@example.com>',
      'Inbox         Orders and Delivery',
      'Topics        Where is my order, Change',
      '              of address',
      'Assignee      Amara Lindqvist',
      '',
      'Timeline 2 items',
      '   When (UTC)      Item',
      '   11-25 21:00:00  chat message,',
      '                   CUSTOMER: no, from',
      '                   CUSTOMER',
    ]);
  });

  test('show what a run did without a line too long', () => {
    const lines = backfillView(run, output).split('\n');
    expect(lines.filter((line) => stringWidth(line) > 40)).toEqual([]);
    expect(lines).toContain('By inbox           3  Orders and Delive…');
    expect(lines).toContain('              getConversationItems 12');
  });

  test('break no id and no link', () => {
    const lines = surveyStoryView(story, output).split('\n');
    expect(lines.filter((line) => stringWidth(line) > 40)).toEqual([`  ${closingId}`, `  ${link}`]);
    expect(lines.slice(-2)).toEqual(['  2026-11-26 18:05 UTC', '    schedule → scheduled outbox']);
  });
});

test.each([80, 1000])('%i columns have a line for each closing, item and label', (columns) => {
  const output = screen({ columns });
  expect(surveysView([closing], output).split('\n')).toHaveLength(columns === 80 ? 4 : 2);
  expect(surveyView(document, output).split('\n').slice(7, 10)).toEqual([
    'Timeline 2 items',
    '   When (UTC)      Item          By               Counts?',
    '   11-25 21:00:00  chat message  CUSTOMER         no, from CUSTOMER',
  ]);
  expect(surveyStoryView(story, output).split('\n')).toEqual([
    `Closing       ${closingId}`,
    'Conversation  GkENqoO_oY8GJOpLXq3rNw',
    'State         suppressed',
    'Customer      annegret.habersack.585@example.net',
    'Credit        Amara Lindqvist',
    'Reason        A topic opts out of surveys: topic do_not_send_stella',
    'Reason        The customer was asked recently: asked on 2026-11-25',
    'Survey        RGBUpQyUat5NJPVbY4gJyb',
    `Link          ${link}`,
    '',
    'History',
    '  2026-11-26 18:05 UTC  schedule → scheduled  outbox',
  ]);
  expect(backfillView(run, output).split('\n').slice(-4)).toEqual([
    'Requests      37',
    '              listEvents 1, getConversation 13, getConversationItems 12',
    '              getCustomer 11',
    'Time          5.3 s',
  ]);
});

test('a label and its value lose no word, whatever the width', () => {
  const value = 'one two threethreethree four';
  for (let columns = 1; columns <= 100; columns += 1) {
    const told = labelled('Label', value, screen({ columns }));
    expect(told.split(/\s+/)).toEqual(['Label', ...value.split(' ')]);
  }
  expect(flow('', 10)).toEqual([]);
});
