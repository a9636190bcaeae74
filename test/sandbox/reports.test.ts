import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { ask, trapId, unhurried, type Question } from './ask.ts';
import { asking, noon } from './asking.ts';

let now = noon;
let sandbox: RunningSandbox;
const { conforming, errorsOf } = asking(() => sandbox);

beforeAll(async () => {
  sandbox = await startSandbox({ clock: () => now, size: 600, limits: unhurried });
});
afterAll(() => sandbox.close());

const wanted = {
  metricSet: 'ConversationTimestampsReport',
  timezone: 'UTC',
  startAt: '2026-11-21',
  endAt: '2026-11-21',
};

const report = (more: object = {}): Question => ({
  method: 'POST',
  path: '/api/v1/reports',
  json: { ...wanted, ...more },
});

async function rowsOf(more: object = {}): Promise<Record<string, string>[]> {
  return parse((await conforming(report(more))).text, { columns: true });
}

describe('conversation timestamps', () => {
  test('names the file and has every event of the day, in order', async () => {
    const answer = await conforming(report());
    expect(answer.responseHeaders['content-type']).toMatch(/^text\/csv/);
    expect(answer.responseHeaders['content-disposition']).toBe(
      'attachment; filename=ConversationTimestampsReport-20261121-20261121.csv',
    );
    const rows = await rowsOf();
    const times = rows.map((row) => row.Timestamp ?? '');
    expect(times).toEqual([...times].sort());
    expect(times.every((time) => time.startsWith('2026-11-21T'))).toBe(true);
    expect(new Set(rows.map((row) => row['Event Type']))).toEqual(
      new Set([
        'CONVERSATION/CREATED',
        'CONVERSATION/CLOSED',
        'CONVERSATION/REOPENED',
        'CONVERSATION/TOPIC_ADDED',
        'CONVERSATION/TOPIC_REMOVED',
        'CONVERSATION_ASSIGNEE/UPDATED',
        'NOTE/CREATED',
        'CUSTOMER/MERGED',
      ]),
    );
  });

  test('a closing agrees with the conversation', async () => {
    const id = sandbox.exampleConversationId;
    const conversation = (await ask(sandbox, { path: `/api/v1/conversations/${id}` })).json();
    const closing = (await rowsOf()).find(
      (row) => row['Conversation ID'] === id && row['Event Type'] === 'CONVERSATION/CLOSED',
    );
    expect(closing).toMatchObject({
      'Timezone Filter': 'UTC',
      Timestamp: conversation.closedAt,
      'Customer ID': conversation.customerId,
      'Initiator Type': 'AGENT',
      'Assigned Agent ID': conversation.agentId,
      'Assigned Inbox ID': conversation.inboxId,
    });
    expect(closing?.['Initiator ID']).not.toBe(conversation.agentId);
  });

  test('a merge names both customers', async () => {
    const merges = (await rowsOf()).filter((row) => row['Event Type'] === 'CUSTOMER/MERGED');
    expect(merges).toHaveLength(2);
    expect(merges[0]?.['Customer ID']).toBe(merges[1]?.['Merged Customer ID']);
  });

  test('the API is called APPLICATION', async () => {
    const rows = (await rowsOf({ startAt: '2026-11-20' })).filter(
      (row) => row['Conversation ID'] === trapId(sandbox, 'api_only'),
    );
    expect(rows.filter((row) => row['Initiator Type'] === 'APPLICATION').length).toBeGreaterThan(1);
    expect(rows.some((row) => row['Initiator Type'] === 'API')).toBe(false);
  });

  test('days are those of the zone, both included', async () => {
    const inChicago = await rowsOf({
      timezone: 'America/Chicago',
      startAt: '2026-11-19',
      endAt: '2026-11-20',
    });
    const instants = inChicago.map((row) => Date.parse(row.Timestamp ?? ''));
    expect(Math.min(...instants)).toBeGreaterThanOrEqual(Date.parse('2026-11-19T06:00:00Z'));
    expect(Math.max(...instants)).toBeLessThan(Date.parse('2026-11-21T06:00:00Z'));
    expect(Math.max(...instants)).toBeGreaterThan(Date.parse('2026-11-21T00:00:00Z'));
    expect(inChicago[0]?.Timestamp).toMatch(/-06:00$/);
    const unnamed = await conforming(report({ timezone: undefined }));
    expect(unnamed.text).toContain('America/Chicago');
  });

  test('a day of 23 hours has no hour twice', async () => {
    now = Date.UTC(2026, 3, 10);
    const spring = await startSandbox({ clock: () => now, size: 3000, limits: unhurried });
    const json = { ...wanted, timezone: 'Europe/Berlin', startAt: '2026-03-29', endAt: '2026-03-29' };
    const rows = parse((await ask(spring, { ...report(), json })).text, { columns: true });
    await spring.close();
    now = noon;
    const instants = rows.map((row) => Date.parse((row as { Timestamp: string }).Timestamp));
    expect(Math.min(...instants)).toBeGreaterThanOrEqual(Date.parse('2026-03-28T23:00:00Z'));
    expect(Math.max(...instants)).toBeLessThan(Date.parse('2026-03-29T22:00:00Z'));
    expect(new Set(rows.map((row) => (row as { Timestamp: string }).Timestamp.slice(-6)))).toEqual(
      new Set(['+01:00', '+02:00']),
    );
  });

  test('is an hour behind', async () => {
    const today = { startAt: '2026-11-22', endAt: '2026-11-22' };
    const made = await ask(sandbox, {
      method: 'POST',
      path: '/_sandbox/conversations',
      json: { close: true },
    });
    const { conversationId } = made.json();
    const closings = async (): Promise<number> =>
      (await rowsOf(today)).filter(
        (row) => row['Conversation ID'] === conversationId && row['Event Type'] === 'CONVERSATION/CLOSED',
      ).length;
    expect(await closings()).toBe(0);
    now = noon + 3_600_001;
    expect(await closings()).toBe(1);
    now = noon;
  });
});

describe('contact timestamps', () => {
  test('names who sent the last message and who answered a call', async () => {
    const rows = await rowsOf({ metricSet: 'ContactTimestampsReport', startAt: '2026-11-20' });
    const truncated = rows.filter((row) => row['Conversation ID'] === trapId(sandbox, 'truncated'));
    const sent = truncated.filter((row) => row['Event Type'] === 'CONTACT/MESSAGE_SENT').at(-1);
    const path = `/_sandbox/conversations/${trapId(sandbox, 'truncated')}`;
    const truth = (await ask(sandbox, { path })).json();
    expect(sent).toMatchObject({
      Channel: 'CHAT',
      'Initiator Type': 'AGENT',
      'Initiator ID': truth.closings[0].lastResponder,
    });
    const call = rows.filter((row) => row['Conversation ID'] === trapId(sandbox, 'call_inbound_answered'));
    expect(call.map((row) => row['Event Type'])).toContain('CONTACT/OFFER_ACCEPTED');
  });
});

describe('refusals', () => {
  test.each<[string, object, string]>([
    ['no metricSet', { metricSet: undefined }, 'metricSet'],
    ['a metricSet that the sandbox has not', { metricSet: 'ContactSummaryReport' }, 'metricSet'],
    ['a name of every object', { metricSet: 'constructor' }, 'metricSet'],
    ['no start', { startAt: undefined }, 'startAt'],
    ['a start that is no date', { startAt: '2026-02-30' }, 'startAt'],
    ['an end with a time', { endAt: '2026-11-21T00:00:00Z' }, 'endAt'],
    ['an end before the start', { endAt: '2026-11-20' }, 'endAt'],
    ['minutes', { startAtTime: '2026-11-21T00:00Z' }, 'startAtTime'],
    ['a zone that is none', { timezone: 'Mars/Olympus' }, 'timezone'],
    ['an inbox filter', { filters: { inboxes: [] } }, 'filters.inboxes'],
    ['a channel filter', { filters: { channel: 'chat' } }, 'filters.channel'],
    ['an unknown filter', { filters: { agents: [] } }, 'filters.agents'],
    ['an aggregation level', { aggregationLevel: 'daily' }, 'aggregationLevel'],
  ])('refuses %s', async (_what, more, attr) => {
    expect(await errorsOf(report(more))).toMatchObject([{ attr }]);
  });

  test('takes null for no aggregation level', async () => {
    const [plain, withNull] = [report({}), report({ aggregationLevel: null })];
    expect((await ask(sandbox, withNull)).text).toBe((await ask(sandbox, plain)).text);
  });
});
