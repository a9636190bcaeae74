import { expect, test } from 'vitest';
import { surveyStoryView } from '../../src/terminal/story-view.ts';
import { storyHints } from '../../src/terminal/story-next.ts';
import { moreText, nextSteps } from '../../src/terminal/surveys-next.ts';
import { noClosings, surveysView } from '../../src/terminal/surveys-view.ts';
import { addressChangeView, unsubscribedView } from '../../src/terminal/unsubscribed-view.ts';
import { screen } from './screen.ts';

const output = screen();

const told: Parameters<typeof surveyStoryView>[0] = {
  surveyId: 'svy_1',
  closingId: 'c1@2026-11-22T10:00:00.000Z',
  conversationId: 'c1',
  lane: 'live',
  state: 'answered',
  customer: { id: 'k1', email: 'kim@example.com', phone: null },
  agent: { id: 'a1', name: 'Ada', email: null },
  closedAt: '2026-11-22T10:00:00.000Z',
  sentAt: '2026-11-22T10:01:00.000Z',
  remindedAt: null,
  reminderState: null,
  dueAt: null,
  provider: 'smtp',
  brand: null,
  answer: {
    rating: 5,
    resolved: true,
    reason: null,
    comment: 'Better now',
    question: null,
    answeredAt: '2026-11-22T12:00:00.000Z',
  },
  card: null,
  reasons: [],
  error: null,
  notes: [],
  alerts: [],
  forgottenAt: null,
  imported: null,
  medallia: null,
  count: null,
  url: null,
  externalId: null,
  attempts: 0,
  reopenedAt: null,
  evidence: null,
  form: null,
  history: [],
  messages: [],
  answers: [
    {
      surveyId: 'svy_1',
      revision: 1,
      rating: 2,
      resolved: false,
      reason: 'Slow reply',
      comment: 'Too\u001b[31m slow',
      question: { kind: 'scale', text: 'Would you recommend us?', answer: 3 },
      answeredAt: '2026-11-22T11:00:00.000Z',
      source: 'page',
    },
    {
      surveyId: 'svy_1',
      revision: 2,
      rating: 5,
      resolved: null,
      reason: null,
      comment: null,
      question: null,
      answeredAt: '2026-11-22T12:00:00.000Z',
      source: 'page',
    },
  ],
  cards: [],
  cardFailure: {
    tries: 3,
    retryAt: '2026-11-22T12:30:00.000Z',
    error: { code: 'gladly_unavailable', message: 'Gladly answered 503', hint: 'Wait.' },
  },
  visits: [
    {
      kind: 'opened',
      count: 3,
      firstAt: '2026-11-22T10:30:00.000Z',
      lastAt: '2026-11-22T12:00:00.000Z',
    },
    {
      kind: 'scanner',
      count: 1,
      firstAt: '2026-11-22T10:02:00.000Z',
      lastAt: '2026-11-22T10:02:00.000Z',
    },
  ],
  reminder: null,
  otherClosings: [],
};

test('the story of a survey has its visits, every revision and the card that is missing', () => {
  const lines = surveyStoryView(told, output).split('\n');
  const of = (label: string): string[] => lines.filter((line) => line.startsWith(label));
  expect(of('Visits')).toEqual([
    'Visits        opened 3 times, 2026-11-22 10:30 UTC to 2026-11-22 12:00 UTC',
    'Visits        scanner once, 2026-11-22 10:02 UTC',
  ]);
  expect(of('Answer')).toEqual([
    'Answer        2026-11-22 11:00 UTC 2/5, not resolved (revision 1, by page)',
    'Answer        2026-11-22 12:00 UTC 5/5 (revision 2, by page)',
  ]);
  expect(of('Comment')).toHaveLength(1);
  expect(of('Comment')[0]).not.toContain('\u001b');
  expect(of('No card yet')).toEqual([
    'No card yet   Gladly answered 503 (Wait. 3 tries, next try 2026-11-22 12:30 UTC.)',
  ]);
});

test('a card that was accepted, or never tried, is not mentioned', () => {
  expect(surveyStoryView({ ...told, cardFailure: null }, output)).not.toContain('No card');
});

test('unsubscribed addresses are a table, and none is a sentence', () => {
  expect(unsubscribedView([], output)).toBe('No address is unsubscribed.');
  const entry = { address: 'kim@example.com', at: '2026-11-22T10:00:00.000Z', source: 'page' };
  const view = unsubscribedView([entry], output);
  expect(view.split('\n')).toHaveLength(2);
  expect(view).toMatch(/kim@example\.com +2026-11-22 10:00 UTC +page/);
});

test.each([
  [{ unsubscribed: true, changed: true, suppressed: ['c1@x'] }, /gets no more surveys.*\n.*c1@x/],
  [{ unsubscribed: true, changed: false, suppressed: [] }, /was already unsubscribed/],
  [{ unsubscribed: false, changed: true, suppressed: [] }, /can get surveys again/],
  [{ unsubscribed: false, changed: false, suppressed: [] }, /was not unsubscribed/],
])('%j is shown', (change, expected) => {
  expect(addressChangeView({ address: 'kim@example.com', ...change })).toMatch(expected);
});

test.each([
  [100, 'kim@example.com by smtp, Ada: Better now'],
  [160, 'kim@example.com  smtp '],
])('a list of %i columns says by which delivery a customer was asked', (columns, line) => {
  expect(surveysView([told], screen({ columns }))).toContain(line);
});

test('an empty list of one customer says what was looked for, whatever was typed', () => {
  expect(noClosings()).toBe('No closings.');
  expect(noClosings('kim@exmaple.com\u001b[2J')).toMatch(/^No closings of kim@exmaple\.com\P{Cc}*\.$/u);
});

test('a low rating is open until a note after it says done, where the list is told what is low', () => {
  const said = { resolved: null, reason: null, comment: null, question: null };
  const answer = { rating: 2, ...said, answeredAt: '2026-11-22T12:00:00.000Z' };
  const note = (at: string, done: boolean) => ({ at, done, text: 'called' });
  const score = (notes: ReturnType<typeof note>[], lowRating: number | null = 2): string | undefined =>
    / (2\/5(?: \w+)?) {2}/.exec(surveysView([{ ...told, answer, notes }], output, lowRating))?.[1];
  expect(score([])).toBe('2/5 open');
  expect(score([note('2026-11-22T13:00:00.000Z', false)])).toBe('2/5 open');
  expect(score([note('2026-11-22T11:00:00.000Z', true)])).toBe('2/5 open');
  expect(score([note('2026-11-22T13:00:00.000Z', true)])).toBe('2/5 done');
  expect(score([], 1)).toBe('2/5');
  expect(score([], null)).toBe('2/5');
  const forgottenAt = '2026-11-23T12:00:00.000Z';
  expect(surveysView([{ ...told, answer, forgottenAt }], output, 2)).toContain('2/5 forgotten');
});

test('a list says in words why nobody was asked, and what to type where a person is needed', () => {
  const reasons = [{ code: 'opt_out_topic' as const, detail: 'topic x' }];
  const quiet = surveysView([{ ...told, state: 'suppressed', answer: null, reasons }], output);
  expect(quiet).toContain('A topic opts out of surveys');
  expect(quiet).not.toContain('gcsat');
  const next = (state: 'suppressed' | 'failed' | 'uncertain', columns?: number): string =>
    nextSteps([{ ...told, state }], screen(columns === undefined ? {} : { columns })).join('\n');
  expect(next('suppressed')).toBe('');
  const failed = next('failed');
  expect(failed).toContain('`gcsat surveys retry ID`');
  expect(failed).not.toContain('--was-sent');
  const uncertain = next('uncertain', 80);
  expect(uncertain.replaceAll('\n', ' ')).toContain('`gcsat surveys retry ID --was-sent`');
  expect(uncertain.replaceAll('\n', ' ')).toContain('`gcsat surveys retry ID --not-sent`');
});

test('a list of who was asked begins with when', () => {
  const entries = [told, { ...told, state: 'uncertain' as const, sentAt: null }];
  const lines = surveysView(entries, output, null, 'sentAt').split('\n');
  expect(lines[0]).toMatch(/^Asked \(UTC\)/);
  expect(lines[1]).toMatch(/^2026-11-22 10:01 /);
  expect(lines[2]).toMatch(/^uncertain /);
});

test('a page that was opened says that an uncertain message arrived', () => {
  const visits = [{ kind: 'opened' as const, count: 1, firstAt: '2026-11-22T10:30:00.000Z', lastAt: '' }];
  expect(surveyStoryView({ ...told, state: 'uncertain', visits }, output)).toContain(
    'The page of this survey was opened on 2026-11-22 10:30 UTC: unless you did, the message arrived, so use --was-sent.',
  );
  for (const other of [{ visits }, { state: 'uncertain' as const, visits: [] }]) {
    expect(surveyStoryView({ ...told, ...other }, output)).not.toContain('the message arrived');
  }
});

test('a dry run says what would be recorded, which is no message', () => {
  const message = {
    surveyId: 'svy_1',
    provider: 'smtp' as const,
    address: 'kim@example.com',
    leftAt: '2026-11-22T10:01:00.000Z',
    outcome: 'sent',
  };
  const story = { ...told, state: 'sent' as const, messages: [message], dryRun: true };
  const text = surveyStoryView(story as never, output);
  expect(text).toMatch(/^State +would be recorded as sent$/m);
  expect(text).toContain('would be recorded as sent');
  expect(text).not.toContain('would be sent');
});

test('a list of 80 columns says what became of a request at Agent Connect', () => {
  const asked = (deliveryStatus: string | null) => ({
    uuid: 'u1',
    deliveryStatus,
    requestedAt: null,
    sentAt: null,
    deliveredAt: null,
  });
  const listed = (provider: 'medallia' | 'smtp' | null, status: string | null | undefined): string => {
    const medallia = status === undefined ? null : asked(status);
    const text = surveysView([{ ...told, provider, medallia, answer: null }], screen({ columns: 80 }));
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    return text.replace(/\s+/g, ' ');
  };
  expect(listed('medallia', 'Not sent: suppression period')).toContain(
    'kim@example.com by medallia (Not sent: suppression period), Ada',
  );
  expect(listed('medallia', 'Sent')).toContain('by medallia (Sent), Ada');
  expect(listed('medallia', null)).toContain('kim@example.com by medallia, Ada');
  expect(listed('medallia', undefined)).toContain('kim@example.com by medallia, Ada');
  // A survey that others sent by Agent Connect.
  expect(listed(null, 'Sent')).toContain('kim@example.com by medallia (Sent), Ada');
  expect(listed('smtp', 'Sent')).toContain('kim@example.com by smtp, Ada');
  expect(listed(null, undefined)).toContain('kim@example.com, Ada');
});

test('a list and a story tell the reason of a low rating, and the story the question', () => {
  const said = { resolved: null, comment: 'Two\u001b[2J weeks', answeredAt: '2026-11-22T12:00:00.000Z' };
  const question = { kind: 'text', text: 'What\u202e next?', answer: null } as const;
  const answer = { rating: 1, reason: 'Slow reply', question, ...said };
  const list = surveysView([{ ...told, answer }], screen({ columns: 200 }));
  expect(list).toMatch(/Slow reply: Two\P{Cc}* weeks/u);
  expect(surveysView([{ ...told, answer: { ...answer, comment: null } }], output)).toContain('Slow reply');
  const story = surveyStoryView(
    { ...told, answers: [{ surveyId: 's', revision: 1, source: 'page', ...answer }] },
    output,
  );
  expect(story).toMatch(/Main reason {3}Slow reply/);
  expect(story).toMatch(/Question {6}What\P{Cc}* next\? → erased/u);
  expect(story).not.toContain('\u202e');
});

test('a list that is cut says how many more there are', () => {
  expect(moreText(0)).toBeNull();
  expect(moreText(1)).toMatch(/^1 more closing: /);
  expect(moreText(7)).toMatch(/^7 more closings: /);
});

test('the story of a closing names `attribute` where that says more', () => {
  const hints = (more: Partial<typeof told>): string => storyHints({ ...told, ...more }, output).join('\n');
  const suppressed = { state: 'suppressed', agent: null, answer: null } as const;
  const because = (code: 'no_agent_response' | 'not_closed' | 'cancelled') => [{ code, detail: '' }];
  expect(hints({})).toMatch(/^`gcsat attribute c1` shows what the agent wrote/);
  expect(hints({ conversationId: '-c1' })).toContain('`gcsat attribute -- -c1`');
  expect(hints({ ...suppressed, reasons: because('no_agent_response') })).toContain('why it does not count');
  expect(hints({ ...suppressed, reasons: because('not_closed') })).toContain('every reason');
  expect(hints({ ...suppressed, reasons: because('cancelled') })).toBe('');
  expect(hints({ state: 'suppressed', reasons: because('not_closed') })).toBe('');
  expect(hints({ state: 'pending', agent: null, answer: null })).toBe('');
});

test('the story names it not of what is forgotten, went on since, or was asked elsewhere', () => {
  const at = '2026-11-22T13:00:00.000Z';
  expect(storyHints({ ...told, forgottenAt: at }, output)).toEqual([]);
  expect(storyHints({ ...told, reopenedAt: at }, output)).toEqual([]);
  expect(storyHints({ ...told, imported: 'u1' }, output)).toEqual([]);
});
