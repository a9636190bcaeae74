import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventSource } from '../../src/sources/events.ts';
import { chooseSources } from '../../src/sources/planner.ts';
import { reportSource } from '../../src/sources/report.ts';
import type { ClosingSource, Found, SourceName } from '../../src/ports/closing-source.ts';
import { Failure } from '../../src/failure.ts';
import { all, clientOf, failureOf, fakeTime, localGladly, type LocalGladly } from '../gladly/local-gladly.ts';

const now = '2026-11-22T10:00:00.000Z';
const nowMs = Date.parse(now);
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const ago = (ms: number): string => new Date(nowMs - ms).toISOString();
const range = { since: '2026-11-22T08:00:00.000Z', until: '2026-11-22T09:00:00.000Z' };

interface Told {
  type?: string;
  at?: string;
  conversationId?: unknown;
  customerId?: unknown;
}

function eventLine(
  { type = 'CONVERSATION/CLOSED', at = '2026-11-22T08:30:00Z', ...ids }: Told,
  index: number,
) {
  const initiator = { id: 'RULES', type: 'SYSTEM' };
  const content = { conversationId: 'c1', customerId: 'u1', ...ids };
  return `${JSON.stringify({ id: `e${index}`, type, timestamp: at, initiator, content })}\n`;
}

const eventsGladly = (...told: Told[]): Promise<LocalGladly> =>
  localGladly((_, response) => response.end(told.map(eventLine).join('')));

const fromEvents = (gladly: LocalGladly, time = fakeTime()): ClosingSource =>
  eventSource(clientOf(gladly.origin, { time }), time.clock);

const asked = (gladly: LocalGladly): Record<string, string> =>
  Object.fromEntries(new URL(gladly.received[0]!.url, gladly.origin).searchParams);

const rules = { id: 'RULES', type: 'SYSTEM' };

const closing = (conversationId: string, closedAt: string, source: 'events' | 'report'): Found => ({
  closing: {
    conversationId,
    customerId: 'u1',
    closedAt,
    closedBy: source === 'events' ? rules : null,
    source,
  },
});

describe('events', () => {
  test('give closings and reopenings in their order, and nothing else', async () => {
    const gladly = await eventsGladly(
      { type: 'CONVERSATION/CREATED', at: '2026-11-22T08:00:00Z' },
      { at: '2026-11-22T08:10:00.07Z' },
      { type: 'CONVERSATION/REOPENED', at: '2026-11-22T08:20:00Z' },
      { type: 'CONVERSATION_ASSIGNEE/UPDATED', at: '2026-11-22T08:21:00Z' },
      { at: '2026-11-22T08:30:00Z' },
      { at: '2026-11-22T08:30:00Z' },
      { type: 'CONVERSATION/SNOOZED', at: '2026-11-22T08:31:00Z' },
      { at: '2026-11-22T08:40:00+00:00', conversationId: ' / ', customerId: 7 },
    );
    expect(await all(fromEvents(gladly).find(range))).toEqual([
      closing('c1', '2026-11-22T08:10:00.070Z', 'events'),
      { reopening: { conversationId: 'c1', reopenedAt: '2026-11-22T08:20:00.000Z' } },
      closing('c1', '2026-11-22T08:30:00.000Z', 'events'),
      closing('c1', '2026-11-22T08:30:00.000Z', 'events'),
      {
        closing: {
          conversationId: ' / ',
          customerId: '7',
          closedAt: '2026-11-22T08:40:00.000Z',
          closedBy: rules,
          source: 'events',
        },
      },
    ]);
    expect(gladly.received).toHaveLength(1);
    expect(asked(gladly)['entities']).toBe('CONVERSATION');
  });

  test('without a conversation are reported as such, within the range', async () => {
    const gladly = await eventsGladly(
      { conversationId: '' },
      { conversationId: null },
      { conversationId: true, type: 'CONVERSATION/REOPENED' },
      { conversationId: '', type: 'CONVERSATION/SNOOZED' },
      { conversationId: '', at: '2026-11-22T09:00:00Z' },
    );
    expect(await all(fromEvents(gladly).find(range))).toEqual([
      { withoutId: 'closing' },
      { withoutId: 'closing' },
      { withoutId: 'reopening' },
    ]);
  });

  test('include the start of the range and not its end', async () => {
    const times = ['07:59:59.999', '08:00:00.000', '08:59:59.999', '09:00:00.000'];
    const gladly = await eventsGladly(
      ...times.map((time) => ({ at: `2026-11-22T${time}Z`, conversationId: time })),
    );
    const found = await all(fromEvents(gladly).find(range));
    expect(found.map((one) => 'closing' in one && one.closing.conversationId)).toEqual(times.slice(1, 3));
  });

  test('are requested a little beyond the range, and never for the future', async () => {
    const [past, newest] = [await eventsGladly(), await eventsGladly()];
    await all(fromEvents(past).find(range));
    await all(fromEvents(newest).find({ since: ago(hour), until: ago(500) }));
    expect(asked(past)).toMatchObject({
      startAt: '2026-11-22T07:59:59.000Z',
      endAt: '2026-11-22T09:00:01.000Z',
    });
    expect(asked(newest)).toEqual({ startAt: '2026-11-22T08:59:59.000Z', entities: 'CONVERSATION' });
  });

  test('of right now are requested from minutes before: Gladly refuses a start that its clock has not reached', async () => {
    const gladly = await eventsGladly({ at: '2026-11-22T09:55:00Z' });
    expect(await all(fromEvents(gladly).find({ since: now, until: ago(-1) }))).toEqual([]);
    expect(asked(gladly)['startAt']).toBe('2026-11-22T09:50:00.000Z');
  });

  test('that have passed are a failure, not a gap', async () => {
    const gladly = await eventsGladly();
    const time = fakeTime();
    const oldest = { since: ago(day - minute), until: now };
    await all(fromEvents(gladly, time).find(oldest));
    time.nowMs += minute;
    const failure = await failureOf(all(fromEvents(gladly, time).find(oldest)));
    expect([failure.kind, failure.code]).toEqual(['temporary', 'events_passed']);
    expect(failure.message).toContain(oldest.since);
    expect(gladly.received).toHaveLength(1);
  });

  test('end with the signal', async () => {
    const gladly = await eventsGladly({ conversationId: 'c1' }, { conversationId: 'c2' });
    const stop = new AbortController();
    const found: Found[] = [];
    const read = async (): Promise<void> => {
      for await (const one of fromEvents(gladly).find(range, stop.signal)) {
        found.push(one);
        stop.abort(new Error('enough'));
      }
    };
    await expect(read()).rejects.toThrow('enough');
    expect(found).toHaveLength(1);
  });
});

const headings = 'Timezone Filter,Timestamp,Event Type,Conversation ID,Customer ID,Merged Conversation ID';
const csv = (...rows: string[]): string => [headings, ...rows, ''].join('\n');
const reportGladly = (...rows: string[]): Promise<LocalGladly> =>
  localGladly((_, response) => response.end(csv(...rows)));
const fromReport = (gladly: LocalGladly): ClosingSource => reportSource(clientOf(gladly.origin));

describe('the report', () => {
  test('gives closings and reopenings in its order, and nothing else', async () => {
    const gladly = await reportGladly(
      'UTC,2026-11-22T08:00:00.000Z,CONVERSATION/CREATED,c1,u1,',
      'UTC,2026-11-22T08:30:00.000Z,CONVERSATION/CLOSED,c1,u1,',
      'UTC,2026-11-22 08:20:00,CONVERSATION/REOPENED,c1,u1,',
      'UTC,2026-11-22T08:40:00+00:00, CONVERSATION/CLOSED ,"c,""1""",,',
      'UTC,2026-11-22T08:45:00Z,CUSTOMER/MERGED,c1,u2,c3',
      'UTC,2026-11-22T08:30:00.000Z,CONVERSATION/CLOSED,c1,u1,',
    );
    expect(await all(fromReport(gladly).find(range))).toEqual([
      closing('c1', '2026-11-22T08:30:00.000Z', 'report'),
      { reopening: { conversationId: 'c1', reopenedAt: '2026-11-22T08:20:00.000Z' } },
      {
        closing: {
          conversationId: 'c,"1"',
          customerId: null,
          closedAt: '2026-11-22T08:40:00.000Z',
          closedBy: null,
          source: 'report',
        },
      },
      closing('c1', '2026-11-22T08:30:00.000Z', 'report'),
    ]);
  });

  test('is read with blanks around its cells, and with its types in any letters', async () => {
    const gladly = await localGladly((_, response) =>
      response.end(
        [
          'Timezone Filter, Timestamp, Event Type, Conversation ID, Customer ID, Initiator ID, Initiator Type',
          'UTC, 2026-11-22T08:30:00.000Z, Conversation/Closed, c1, u1, amy, Agent',
          'UTC\t,2026-11-22T08:40:00.000Z ,conversation/reopened\u00a0,c1 ,u1 ,amy ,agent ',
          '',
        ].join('\n'),
      ),
    );
    const { closing: first } = closing('c1', '2026-11-22T08:30:00.000Z', 'report') as { closing: object };
    expect(await all(fromReport(gladly).find(range))).toEqual([
      { closing: { ...first, closedBy: { id: 'amy', type: 'AGENT' } } },
      { reopening: { conversationId: 'c1', reopenedAt: '2026-11-22T08:40:00.000Z' } },
    ]);
  });

  test('says who closed, where it has the columns for that', async () => {
    const gladly = await localGladly((_, response) =>
      response.end(
        [
          'Timestamp,Event Type,Initiator Type,Conversation ID,Initiator ID,Customer ID',
          '2026-11-22T08:30:00.000Z,CONVERSATION/CLOSED,AGENT,c1,amy,u1',
          '2026-11-22T08:31:00.000Z,CONVERSATION/CLOSED,APPLICATION,c2,,u1',
          '2026-11-22T08:32:00.000Z,CONVERSATION/CLOSED,,c3,,u1',
          '',
        ].join('\n'),
      ),
    );
    const found = await all(fromReport(gladly).find(range));
    expect(found.map((each) => 'closing' in each && each.closing.closedBy)).toEqual([
      { id: 'amy', type: 'AGENT' },
      { id: null, type: 'APPLICATION' },
      null,
    ]);
  });

  test('reports rows without a conversation as such, unless they are outside the range', async () => {
    const gladly = await reportGladly(
      'UTC,2026-11-22T08:30:00Z,CONVERSATION/CLOSED,,u1,',
      'UTC,2026-11-22T08:31:00Z,CONVERSATION/REOPENED, ,u1,',
      'UTC,2026-11-22T08:32:00Z,NOTE/CREATED,,u1,',
      'UTC,2026-11-22T09:00:00Z,CONVERSATION/CLOSED,,u1,',
      'UTC,yesterday,CONVERSATION/CLOSED,,u1,',
    );
    expect(await all(fromReport(gladly).find(range))).toEqual([
      { withoutId: 'closing' },
      { withoutId: 'reopening' },
      { withoutId: 'closing' },
    ]);
  });

  test('is requested for the days of UTC that the range touches; times outside the range are left out', async () => {
    const times = ['2026-11-21T05:59:59.999Z', '2026-11-21T06:00:00Z', '2026-11-22T05:59:59.999Z'];
    const gladly = await reportGladly(
      ...[...times, '2026-11-22T06:00:00Z'].map((at, index) => `UTC,${at},CONVERSATION/CLOSED,c${index},u1,`),
    );
    const one = { since: '2026-11-21T06:00:00.000Z', until: '2026-11-22T06:00:00.000Z' };
    const found = await all(fromReport(gladly).find(one));
    expect(found.map((each) => 'closing' in each && each.closing.conversationId)).toEqual(['c1', 'c2']);
    expect(JSON.parse(gladly.received[0]!.body)).toEqual({
      metricSet: 'ConversationTimestampsReport',
      startAt: '2026-11-21',
      endAt: '2026-11-22',
      timezone: 'UTC',
    });
  });

  test('with an unreadable time is a failure that names the conversation', async () => {
    const gladly = await reportGladly(
      'UTC,,NOTE/CREATED,c0,u1,',
      'UTC,yesterday,CONVERSATION/CLOSED,,u1,',
      'UTC,22/11/2026 08:30,CONVERSATION/CLOSED,c7,u1,',
    );
    const failure = await failureOf(all(fromReport(gladly).find(range)));
    expect([failure.kind, failure.code]).toEqual(['contract', 'report_time_unreadable']);
    expect(failure.conversationId).toBe('c7');
    expect(failure.message).toContain("'22/11/2026 08:30'");
    expect(failure.message).toContain('c7');
  });

  test('gives its rows while it is still being written', async () => {
    let finish = (): void => undefined;
    const gladly = await localGladly((_, response) => {
      const row = 'UTC,2026-11-22T08:30:00Z,CONVERSATION/CLOSED,c1,u1,';
      response.write(csv(row, row));
      finish = () => response.end(`${row}\n`);
    });
    const found: Found[] = [];
    for await (const one of fromReport(gladly).find(range)) {
      found.push(one);
      finish();
    }
    expect(found).toHaveLength(3);
  });

  test('ends with the signal', async () => {
    const gladly = await reportGladly(
      'UTC,2026-11-22T08:30:00Z,CONVERSATION/CLOSED,c1,u1,',
      'UTC,2026-11-22T08:31:00Z,CONVERSATION/CLOSED,c2,u1,',
    );
    const stop = new AbortController();
    const found: Found[] = [];
    const read = async (): Promise<void> => {
      for await (const one of fromReport(gladly).find(range, stop.signal)) {
        found.push(one);
        stop.abort(new Error('enough'));
      }
    };
    await expect(read()).rejects.toThrow('enough');
    expect(found).toHaveLength(1);
  });
});

const silent = (name: ClosingSource['name']): ClosingSource => ({
  name,
  async *find() {
    yield* [];
  },
});
const sources = { events: silent('events'), report: silent('report'), export: silent('export') };

function choose(since: string, until = now, wanted: 'auto' | SourceName = 'auto') {
  const { covers, explanation } = chooseSources({ since, until }, wanted, nowMs, sources);
  return {
    covers: covers.map(({ source, range: stretch }) => [source.name, stretch.since, stretch.until]),
    explanation,
  };
}

describe('the choice of sources', () => {
  test('of export files is theirs alone, within 14 days', () => {
    const since = ago(14 * day);
    expect(choose(since, now, 'export')).toEqual({
      covers: [['export', since, now]],
      explanation: [
        `Export files from ${since} until ${now} (1 request for their jobs, and 2 for each job).`,
      ],
    });
    expect(() => choose(ago(14 * day + 1), now, 'export')).toThrow(
      expect.objectContaining({ kind: 'usage', code: 'export_out_of_reach' }),
    );
  });

  test('of the last 24 hours is the events alone', () => {
    expect(choose(ago(day - minute))).toEqual({
      covers: [['events', ago(day - minute), now]],
      explanation: [
        'Events from 2026-11-21T10:01:00.000Z until 2026-11-22T10:00:00.000Z (1 request).',
        'Closings after 2026-11-22T09:59:45.000Z may be missing: events run up to 15 seconds behind.',
      ],
    });
    expect(choose(ago(3 * hour), ago(2 * hour)).covers).toEqual([['events', ago(3 * hour), ago(2 * hour)]]);
  });

  test('of older times is the report alone, once it has all of them', () => {
    expect(choose('2026-11-01T06:00:00.000Z', '2026-11-20T06:00:00.000Z')).toEqual({
      covers: [['report', '2026-11-01T06:00:00.000Z', '2026-11-20T06:00:00.000Z']],
      explanation: [
        'The conversation timestamps report for 2026-11-01 to 2026-11-20, in UTC days (3 requests).',
      ],
    });
    expect(choose('2026-11-20T00:00:00.000Z', '2026-11-21T00:00:00.000Z').explanation).toEqual([
      'The conversation timestamps report for 2026-11-20, in UTC days (1 request).',
    ]);
    expect(choose(ago(3 * day), ago(90 * minute)).covers).toEqual([
      ['report', ago(3 * day), ago(90 * minute)],
    ]);
  });

  test('of both is the report first, then the events, with a seam that both cover', () => {
    const { covers, explanation } = choose('2026-11-01T00:00:00.000Z');
    expect(covers).toEqual([
      ['report', '2026-11-01T00:00:00.000Z', '2026-11-21T11:00:00.000Z'],
      ['events', '2026-11-21T10:45:00.000Z', now],
    ]);
    expect(explanation).toEqual([
      'The conversation timestamps report for 2026-11-01 to 2026-11-21, in UTC days (3 requests).',
      'Events from 2026-11-21T10:45:00.000Z until 2026-11-22T10:00:00.000Z (1 request).',
      'Closings after 2026-11-22T09:59:45.000Z may be missing: events run up to 15 seconds behind.',
    ]);
    expect(choose(ago(day - minute + 1)).covers.map(([name]) => name)).toEqual(['report', 'events']);
    expect(choose(ago(3 * day), ago(90 * minute - 1)).covers.map(([name]) => name)).toEqual([
      'report',
      'events',
    ]);
  });

  test('by hand: the report, and what it may not have yet', () => {
    expect(choose(ago(2 * hour), now, 'report')).toEqual({
      covers: [['report', ago(2 * hour), now]],
      explanation: [
        'The conversation timestamps report for 2026-11-22, in UTC days (1 request).',
        'Closings after 2026-11-22T08:30:00.000Z may be missing: the report runs about an hour behind.',
      ],
    });
    expect(choose(ago(3 * hour), ago(2 * hour), 'report').explanation).toHaveLength(1);
  });

  test('by hand: the events, as far back as they reach', () => {
    expect(choose(ago(day - minute), ago(hour), 'events')).toEqual({
      covers: [['events', ago(day - minute), ago(hour)]],
      explanation: ['Events from 2026-11-21T10:01:00.000Z until 2026-11-22T09:00:00.000Z (1 request).'],
    });
    let failure: unknown;
    try {
      choose(ago(day - minute + 1), now, 'events');
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ kind: 'usage', code: 'events_out_of_reach' });
    expect((failure as Failure).message).toContain('back only to 2026-11-21T10:01:00.000Z');
  });

  test('leaves out the future', () => {
    const tomorrow = ago(-day);
    expect(choose(ago(hour), tomorrow).covers).toEqual([['events', ago(hour), now]]);
    expect(choose(ago(hour), tomorrow, 'report').covers).toEqual([['report', ago(hour), now]]);
    expect(choose(now, tomorrow)).toEqual({
      covers: [],
      explanation: ['The whole range is in the future.'],
    });
  });

  test('leaves no gap, asks each source for what it has, and makes as few requests as possible', () => {
    const times = fc.integer({ min: 0, max: 40 * day });
    fc.assert(
      fc.property(times, times, (one, other) => {
        fc.pre(one !== other);
        const [since, until] = [ago(Math.max(one, other)), ago(Math.min(one, other))];
        const { covers } = chooseSources({ since, until }, 'auto', nowMs, sources);
        const stretches = covers.map(({ range: stretch }) => stretch);
        expect([stretches[0]?.since, stretches.at(-1)?.until]).toEqual([since, until]);
        expect(stretches.every((stretch) => stretch.since < stretch.until)).toBe(true);
        stretches.slice(1).forEach((stretch, index) => {
          const before = Date.parse(stretches[index]!.until);
          expect(before - Date.parse(stretch.since)).toBeGreaterThan(minute);
        });
        for (const { source, range: stretch } of covers) {
          if (source.name === 'events') expect(stretch.since >= ago(day - minute)).toBe(true);
          else expect(stretch.until <= ago(90 * minute)).toBe(true);
        }
        const alone = since >= ago(day - minute) || until <= ago(90 * minute);
        expect(covers).toHaveLength(alone ? 1 : 2);
      }),
      { numRuns: 500 },
    );
  });
});
