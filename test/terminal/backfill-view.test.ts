import { describe, expect, test } from 'vitest';
import type { BackfillDocument } from '../../src/documents/backfill.ts';
import { backfillView, explainedText, syncView } from '../../src/terminal/backfill-view.ts';
import { screen } from './screen.ts';

const output = screen();

const document: BackfillDocument = {
  dryRun: false,
  range: { since: '2026-11-01T00:00:00.000Z', until: '2026-11-08T00:00:00.000Z', timezone: 'UTC' },
  sources: ['report', 'events'],
  explanation: [],
  closings: 120,
  outcomes: { sent: 80, scheduled: 0, suppressed: 39, uncertain: 0, failed: 1, pending: 0 },
  thisRun: { sent: 12, scheduled: 0, suppressed: 3, uncertain: 0, failed: 1 },
  reasons: { opt_out_topic: 12, no_agent_response: 27 },
  requests: {
    gladly: 241,
    retried: 1,
    rateLimited: 0,
    byOperation: { getConversation: 100, getConversationItems: 80, getCustomer: 61 },
  },
  missing: [],
  failures: [
    { conversationId: 'c1', error: { code: 'network', message: 'the connection broke' }, retryAt: null },
  ],
  end: 'done',
  error: null,
  left: 0,
  queued: 0,
  delivery: 'smtp',
  pause: null,
  fullHour: null,
  counted: null,
  plan: null,
  exports: null,
  seconds: 25.1,
};

const shown = (changes: Partial<BackfillDocument> = {}): string =>
  backfillView({ ...document, ...changes }, output);

const failure = (conversationId: string, message = 'the connection broke') => ({
  conversationId,
  error: { code: 'network', message },
  retryAt: null,
});

describe('what a run shows', () => {
  test('the sources, the counts, the reasons, the requests and the failures', () => {
    const text = shown();
    // The range was printed when the run began.
    expect(text).not.toMatch(/^Range/m);
    expect(text).toMatch(/^Sources +report, events$/m);
    expect(text).toMatch(/^Closings +120: 80 sent, 39 suppressed, 1 failed$/m);
    expect(text).toMatch(/^This run +12 sent, 3 suppressed, 1 failed$/m);
    expect(text).toMatch(/^Suppressed +27 {2}no_agent_response\n +12 {2}opt_out_topic$/m);
    expect(text).toMatch(/^Requests +241\n +getConversation 100, getConversationItems 80, getCustomer 61$/m);
    expect(text).toMatch(/^Failed +c1: the connection broke$/m);
    expect(text).not.toMatch(/^Stopped/m);
  });

  test('a dry run says what it would do', () => {
    const plan = {
      wouldSend: 12,
      byAgent: { 'Ada Example': 9, 'Bo Example': 3 },
      byInbox: { Billing: 12 },
      byDay: { '2026-11-02': 12 },
      estimatedSeconds: 31,
    };
    const text = shown({ dryRun: true, plan });
    expect(text).toMatch(/^Closings +120; after the run 80 sent/m);
    expect(text).toMatch(/^Would add +12 sent/m);
    expect(text).toMatch(/^Would skip +27/m);
    expect(text).toMatch(/^Would send +12$/m);
    expect(text).toMatch(/^By agent +9 {2}Ada Example\n +3 {2}Bo Example$/m);
    expect(text).toMatch(/^By inbox +12 {2}Billing$/m);
    expect(text).toMatch(/^By day +12 {2}2026-11-02$/m);
    expect(text).toMatch(/^Would take +about 31 s$/m);
    expect(text).not.toMatch(/^This run/m);
  });

  test('what explains a run leaves its range out, and has other times in the organization’s zone', () => {
    const range = {
      since: '2026-11-01T06:00:00.000Z',
      until: '2026-11-02T06:00:00.000Z',
      timezone: 'America/Chicago',
    };
    const told = (sentence: string): string => explainedText(sentence, range);
    expect(told(`Events from ${range.since} until ${range.until} (1 request).`)).toBe('Events (1 request).');
    expect(told('Closings after 2026-11-02T05:59:45.672Z may be missing: late.')).toBe(
      'Closings after 2026-11-01 23:59 CST may be missing: late.',
    );
    expect(told(`Events from 2026-11-01T12:00:00.000Z until ${range.until} (1 request).`)).toBe(
      'Events from 2026-11-01 06:00 CST until 2026-11-02 00:00 CST (1 request).',
    );
  });

  test('named conversations have no range, and a run that did nothing says so', () => {
    const nothing = { sent: 0, scheduled: 0, suppressed: 0, uncertain: 0, failed: 0 };
    const text = shown({ range: null, sources: [], thisRun: nothing });
    expect(text).not.toMatch(/^Range/m);
    expect(text).toMatch(/^Sources +-$/m);
    expect(text).toMatch(/^This run +nothing$/m);
  });

  test.each([
    ['max_sends', /^Stopped +reached --max-sends; 7 closings are left in the queue$/m],
    ['limit', /^Stopped +reached --limit; 7 closings are left in the queue$/m],
    ['duration', /^Stopped +--max-duration has passed; 7 closings are left in the queue$/m],
    ['declined', /^Stopped +declined: nothing was sent/m],
  ] as const)('a run that ended by %s says so', (end, line) => {
    expect(shown({ end, left: 7 })).toMatch(line);
  });

  test('a run that was stopped says by what, and what is left', () => {
    const error = {
      code: 'interrupted',
      message: 'stopped by SIGINT',
      hint: 'run it again',
      conversationId: null,
    };
    expect(shown({ end: 'stopped', error, left: 7 })).toMatch(
      /^Stopped +stopped by SIGINT; 7 closings are left in the queue$/m,
    );
  });

  test('long lists are cut, and say how much is not shown', () => {
    const reasons = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`reason_${index}`, 1]));
    const failures = Array.from({ length: 14 }, (_, index) => failure(`c${index}`));
    const text = shown({ reasons, failures });
    expect(text.match(/^Failed/gm)).toHaveLength(10);
    expect(text).toMatch(/^ +and 4 more$/m);
    expect(text).toMatch(/^ +and 3 more$/m);
  });

  test('what others wrote cannot leave its place or color the terminal', () => {
    const plan = {
      wouldSend: 1,
      byAgent: { 'Eve\n\u001b[31mFailed \u202eevil': 1 },
      byInbox: { 'In\rbox': 1 },
      byDay: {},
      estimatedSeconds: 1,
    };
    const text = shown({ plan, failures: [failure('c\u001b[2J1', 'two\nlines')] });
    expect(text).not.toMatch(/[\u001b\u202e\r]/);
    expect(text).toMatch(/^Failed +\S*c.*1: two.lines$/m);
    expect(text.match(/^Failed/gm)).toHaveLength(1);
  });
});

describe('what a tick shows', () => {
  const tick = {
    ...document,
    startedAt: '2026-11-01T00:00:00.000Z',
    medallia: null,
    alerts: { sent: 0, failed: 0 },
    reminders: { sent: 0, leftOut: 0, uncertain: 0, failed: 0 },
    cards: { posted: 2, failed: 1 },
  };

  test('the first one says that the past is left alone', () => {
    expect(syncView(tick, output)).toMatch(
      /^Starts from +2026-\d\d-\d\d \d\d:00 \S+; only backfill surveys earlier closings\nRange +2026\S+ \S+ \S+ until 2026/,
    );
    const later = { ...tick, startedAt: '2026-10-01T00:00:00.000Z' };
    expect(syncView(later, output)).toMatch(/^Starts from +2026-\d\d-\d\d \d\d:00 \S+$/m);
  });

  test('the cards are counted', () => {
    expect(syncView(tick, output)).toMatch(/^Cards +2 posted, 1 failed$/m);
  });
});
