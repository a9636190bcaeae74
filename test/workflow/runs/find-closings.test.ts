import { describe, expect, test } from 'vitest';
import { recordClosing } from '../../../src/store/closings/closing-reports.ts';
import { makeWorld } from '../../../src/sandbox/world/world.ts';
import { closingsUntil } from '../../../src/sandbox/world/story.ts';
import {
  enumerateClosings,
  planSources,
  type SourceChoice,
} from '../../../src/workflow/runs/find-closings.ts';
import { failureOfMissing } from '../../../src/workflow/runs/missing-parts.ts';
import { readCheckpoint } from '../../../src/store/checkpoints.ts';
import { failureOf } from '../../gladly/local-gladly.ts';
import { faultyProxy, type Fate } from '../../support/faulty-proxy.ts';
import {
  backfillNamed,
  backfillOf,
  day,
  hour,
  iso,
  minute,
  noon,
  tickOf,
  world,
  type ServicesChanges,
  type World,
} from '../support.ts';

async function enumerate(
  { services }: World,
  [since, until]: readonly [number, number],
  source: SourceChoice = 'auto',
  changes: ServicesChanges = {},
) {
  const own = services(changes);
  const plan = planSources(own, { since: iso(since), until: iso(until) }, source);
  const found = await enumerateClosings(own, plan, () => undefined);
  const failure = failureOfMissing(found.missing);
  if (failure !== null) throw failure;
  return found;
}

const keysOf = async ({ closings }: World): Promise<string[]> =>
  (await closings()).map(({ id }) => id).toSorted();

/** Every closing in the sandbox within these bounds. */
function truth(size: number, since: number, until: number): string[] {
  const { stories } = makeWorld({ seed: 1, size, now: () => noon });
  return [...stories.during(0, noon)]
    .flatMap((story) => closingsUntil(story, noon).map(({ closedAt }) => ({ id: story.id, closedAt })))
    .filter(({ closedAt }) => closedAt >= since && closedAt < until)
    .map(({ id, closedAt }) => `${id}@${iso(closedAt)}`)
    .toSorted();
}

describe('the closings of a range', () => {
  test.each<[SourceChoice, number, number, string[]]>([
    ['events', noon - 20 * hour, noon - minute, ['events']],
    ['report', noon - 6 * day, noon - 3 * hour, ['report']],
    ['auto', noon - 6 * day, noon - minute, ['report', 'events']],
    ['auto', noon - 20 * hour, noon - minute, ['events']],
    ['auto', noon - 6 * day, noon - 2 * day, ['report']],
  ])('from %s are those that there are, each once', async (source, since, until, sources) => {
    const own = await world({ size: 400 });
    const enumeration = await enumerate(own, [since, until], source);
    expect(enumeration.sources).toEqual(sources);
    const expected = truth(400, since, until);
    expect(expected.length).toBeGreaterThan(5);
    expect(await keysOf(own)).toEqual(expected);
    expect(enumeration.fresh).toBe(expected.length);
  });

  test('enumerated again, by other sources and in other pieces, are the same', async () => {
    const own = await world({ size: 400 });
    await enumerate(own, [noon - 6 * day, noon - 2 * hour]);
    const before = await own.closings();
    for (const [since, until, source] of [
      [noon - 6 * day, noon - 2 * hour, 'auto'],
      [noon - 20 * hour, noon - 2 * hour, 'events'],
      [noon - 3 * day, noon - 2 * hour, 'report'],
    ] as const) {
      expect((await enumerate(own, [since, until], source)).fresh).toBe(0);
    }
    expect(await own.closings()).toEqual(before);
  });

  test('are found however long the report takes: the events are asked before they pass', async () => {
    const own = await world();
    const id = await own.tell();
    own.time.now += 30 * minute;
    const [since, until] = [own.time.now - 13 * day, own.time.now];
    const { origin, seen } = await faultyProxy(own.sandbox.origin, (request) => {
      if (request === 'POST /api/v1/reports') own.time.now += 25 * hour;
      return 'pass';
    });
    const enumeration = await enumerate(own, [since, until], 'auto', { origin });
    expect(enumeration.sources).toEqual(['report', 'events']);
    expect(await keysOf(own)).toContain(`${id}@${iso(noon)}`);
    expect(seen).toEqual(['GET /api/v1/events', 'POST /api/v1/reports', 'POST /api/v1/reports']);
  });

  test('say which sources were chosen, and what may be missing', async () => {
    const own = await world();
    const { explanation } = await enumerate(own, [noon - 6 * day, noon]);
    expect(explanation).toEqual([
      expect.stringMatching(/report for 2026-11-16 to 2026-11-21, in UTC days \(1 request\)/),
      expect.stringMatching(/^Events from 2026-11-21T12:45:00.000Z .*\(1 request\)/),
      expect.stringMatching(/^Closings after 2026-11-22T11:59:45.000Z may be missing/),
    ]);
  });
});

describe('where the report stays away', () => {
  const since = noon - 6 * day;
  const until = noon - 2 * hour;
  const midnight = noon - 12 * hour;

  async function withoutReport(own: World, also: (request: string) => Fate = () => 'pass') {
    const { origin, seen } = await faultyProxy(own.sandbox.origin, (request) =>
      request === 'POST /api/v1/reports' ? { status: 403 } : also(request),
    );
    const services = own.services({ origin });
    const plan = planSources(services, { since: iso(since), until: iso(until) }, 'auto');
    return { found: await enumerateClosings(services, plan, () => undefined), seen };
  }

  test('events and export files give what they reach, and all closings are found', async () => {
    const own = await world({ size: 400 });
    const { found, seen } = await withoutReport(own);
    expect(found.missing).toEqual([]);
    expect(await keysOf(own)).toEqual(truth(400, since, until));
    const files = seen.filter((request) => request.includes('/export/'));
    // One request for the list of jobs, and one for the items of each day; nobody needs the customers.
    expect(files.filter((request) => !request.endsWith('/conversation_items.jsonl'))).toHaveLength(1);
    expect(files).toHaveLength(1 + 6);
  });

  test('what the newest file does not reach is missing, with the reason of the report', async () => {
    const own = await world({ size: 400, faults: { exportLagMs: 2 * day } });
    const { found } = await withoutReport(own);
    expect(found.missing).toMatchObject([{ source: 'report', failure: { code: 'forbidden' } }]);
    expect(found.missing.map(({ range }) => range)).toEqual([
      { since: iso(midnight - 2 * day), until: iso(noon - day + 16 * minute) },
    ]);
    const reached = await keysOf(own);
    const before = truth(400, since, midnight - 2 * day);
    expect(reached).toEqual(expect.arrayContaining(before));
  });

  test('export files that may not be read either leave all of it missing', async () => {
    const own = await world({ size: 400 });
    const { found } = await withoutReport(own, (request) =>
      request.includes('/export/') ? { status: 403 } : 'pass',
    );
    expect(found.missing.map(({ range }) => range)).toEqual([
      { since: iso(since), until: iso(noon - day + 16 * minute) },
    ]);
  });
});

describe('closings that are told without their conversation', () => {
  const headings = 'Timestamp,Event Type,Conversation ID,Customer ID';

  interface Told {
    type?: 'CLOSED' | 'REOPENED';
    conversationId: string;
  }

  /** A Gladly whose events and report contain only these, a minute before noon; it has no export files. */
  async function telling(own: World, { events = [], report = [] }: { events?: Told[]; report?: Told[] }) {
    const timestamp = iso(noon - minute);
    const lines = events.map(({ type = 'CLOSED', conversationId }, index) =>
      JSON.stringify({
        id: `e${index}`,
        type: `CONVERSATION/${type}`,
        timestamp,
        content: { conversationId },
      }),
    );
    const rows = report.map(
      ({ type = 'CLOSED', conversationId }) =>
        `${iso(noon - 2 * day)},CONVERSATION/${type},${conversationId},u1`,
    );
    const bodies: Record<string, string> = {
      'GET /api/v1/events': lines.map((one) => `${one}\n`).join(''),
      'POST /api/v1/reports': [headings, ...rows, ''].join('\n'),
    };
    const { origin } = await faultyProxy(own.sandbox.origin, (request) => {
      if (request.includes('/export/')) return { status: 403 };
      return bodies[request] === undefined ? 'pass' : { status: 200, body: bodies[request] };
    });
    return origin;
  }

  const id = (conversationId: string): Told => ({ conversationId });
  const hourBefore = [noon - hour, noon] as const;
  const longBefore = [noon - 4 * day, noon] as const;

  test('are left out, and that is said', async () => {
    const own = await world();
    const reopened: Told = { type: 'REOPENED', conversationId: '' };
    const events = [id('c1'), id(''), reopened, id(' '), id('c2')];
    const origin = await telling(own, { events });
    const found = await enumerate(own, hourBefore, 'auto', { origin });
    const warnings = [
      '2 closings arrived without a conversation id and are left out',
      '1 reopening arrived without a conversation id and is left out',
    ];
    expect(found).toMatchObject({ seen: 2, fresh: 2, warnings });
    expect(found.explanation.slice(-2)).toEqual(warnings);
  });

  test('by the report, or by both, are left out too', async () => {
    const own = await world();
    const report = [id('c1'), id('')];
    const one = await telling(own, { report });
    expect((await enumerate(own, longBefore, 'auto', { origin: one })).warnings).toEqual([
      '1 closing arrived without a conversation id and is left out',
    ]);
    const both = await telling(own, { report, events: [id('c2'), id('')] });
    expect((await enumerate(own, longBefore, 'auto', { origin: both })).warnings).toEqual([
      '2 closings arrived without a conversation id and are left out',
    ]);
  });

  test.each([
    ['events', { events: [id(''), id('')], report: [id('c1')] }],
    ['report', { events: [id('c1')], report: [id('')] }],
  ])('are a failure when the %s tell no other', async (_, told) => {
    const own = await world();
    const origin = await telling(own, told);
    const failure = await failureOf(enumerate(own, longBefore, 'auto', { origin }));
    expect([failure.kind, failure.code]).toEqual(['contract', 'closings_unreadable']);
    expect((await own.closings()).map(({ conversationId }) => conversationId)).toEqual(['c1']);
  });

  test('are warned of once by a backfill, also when it asks first', async () => {
    const own = await world();
    const origin = await telling(own, { events: [id('c1'), id('')] });
    for (const asks of [false, true]) {
      const told: string[] = [];
      const listener = { asks, warn: (sentence: string) => void told.push(sentence) };
      const document = await backfillOf(own.services({ origin }), hourBefore, { listener });
      expect(told).toEqual(['1 closing arrived without a conversation id and is left out']);
      expect(document.explanation).toEqual(expect.arrayContaining(told));
    }
  });

  test('let a tick that knows no other one fail, and its stretch is looked through again', async () => {
    const own = await world();
    own.time.now = noon - hour;
    const tick = (origin = own.sandbox.origin) => tickOf(own.services({ origin }));
    await tick();
    own.time.now = noon;
    const failure = await failureOf(tick(await telling(own, { events: [id('')] })));
    expect([failure.kind, failure.code]).toEqual(['contract', 'closings_unreadable']);
    expect(await readCheckpoint(own.ledger, { lane: 'live', name: 'until' })).toBe(iso(noon - hour));
    await tick();
    expect(await readCheckpoint(own.ledger, { lane: 'live', name: 'until' })).toBe(iso(noon));
  });
});

describe('one conversation, several closings', () => {
  async function twice(own: World, pauseMs: number): Promise<string> {
    const id = await own.tell();
    own.time.now += pauseMs;
    await own.change(id, 'reopen');
    own.time.now += pauseMs;
    await own.change(id, 'close');
    own.time.now += 2 * hour;
    return id;
  }

  test.each([
    ['events', 10 * minute],
    ['report', 10 * minute],
    ['auto', 10 * minute],
    ['events', 15_000],
    ['report', 15_000],
  ] as const)(
    'closed, reopened and closed again, by %s %i ms apart: the last one counts',
    async (source, pause) => {
      const own = await world();
      const since = own.time.now;
      const id = await twice(own, pause);
      for (let run = 0; run < 2; run += 1) {
        const document = await backfillOf(own.services(), [since, own.time.now], { source });
        expect(document.closings).toBe(2);
        expect(document.outcomes).toMatchObject({ sent: 1, suppressed: 1 });
        expect(document.reasons).toEqual({ reopened: 1 });
      }
      const [second, first] = await own.closings();
      expect(first).toMatchObject({ conversationId: id, closedAt: iso(since), state: 'suppressed' });
      expect(second).toMatchObject({
        conversationId: id,
        closedAt: iso(since + 2 * pause),
        state: 'sent',
      });
      expect(own.sandbox.mailbox()).toHaveLength(1);
    },
  );

  test('closed in the time of the report and reopened in that of the events, is over', async () => {
    const own = await world();
    const since = own.time.now;
    const id = await own.tell();
    own.time.now += 10 * hour;
    await own.change(id, 'reopen');
    own.time.now += 20 * hour;
    await enumerate(own, [since, own.time.now]);
    expect(await own.closings()).toMatchObject([
      {
        closedAt: iso(since),
        reopenedAt: iso(since + 10 * hour),
        state: 'suppressed',
        reasons: [{ code: 'reopened' }],
      },
    ]);
  });

  test('told by a webhook, events, the report and by name, at slightly different times, are one each', async () => {
    const own = await world();
    const since = own.time.now;
    const id = await twice(own, 10 * minute);
    const seen = (closedMs: number) => ({
      conversationId: id,
      customerId: null,
      closedAt: iso(closedMs),
      lane: 'live' as const,
      source: 'webhook' as const,
      seenAt: iso(closedMs),
    });
    await recordClosing(own.ledger, seen(since + 7000));
    await recordClosing(own.ledger, seen(since + 20 * minute - 9000));
    await enumerate(own, [since, own.time.now], 'events');
    await enumerate(own, [since - day, own.time.now], 'report');
    const named = await backfillNamed(own.services(), [id]);
    expect(named).toMatchObject({ closings: 1, outcomes: { sent: 1 } });
    expect((await keysOf(own)).filter((key) => key.startsWith(id))).toEqual([
      `${id}@${iso(since + 7000)}`,
      `${id}@${iso(since + 20 * minute - 9000)}`,
    ]);
  });

  test('asked about, then reopened and closed again: a closing of its own, within the suppression period', async () => {
    const own = await world();
    const since = own.time.now;
    const id = await own.tell();
    own.time.now += 5 * minute;
    await backfillOf(own.services(), [since, own.time.now]);
    await own.change(id, 'reopen');
    own.time.now += 5 * minute;
    await own.change(id, 'close');
    own.time.now += 5 * minute;
    const again = await backfillOf(own.services(), [since, own.time.now]);
    expect(again.outcomes).toMatchObject({ sent: 1, suppressed: 1 });
    expect(again.reasons).toEqual({ recently_surveyed: 1 });
    own.time.now += 8 * day;
    await own.change(id, 'reopen');
    own.time.now += 5 * minute;
    await own.change(id, 'close');
    own.time.now += 5 * minute;
    const later = await backfillOf(own.services(), [since, own.time.now]);
    expect(later.outcomes).toMatchObject({ sent: 2, suppressed: 1 });
    expect(own.sandbox.mailbox()).toHaveLength(2);
  });
});

describe('named conversations', () => {
  test('are read once each, repeated ones too, and open and unknown ones are told', async () => {
    const own = await world();
    const closed = await own.tell();
    const open = await own.tell({ close: false, customer: { email: 'open@example.org' } });
    own.time.now += 5 * minute;
    const document = await backfillNamed(own.services(), [closed, open, closed, 'no-such-id', open]);
    expect(document).toMatchObject({
      range: null,
      sources: ['conversations'],
      closings: 1,
      outcomes: { sent: 1, failed: 0 },
      thisRun: { sent: 1, failed: 1 },
      reasons: { not_closed: 1 },
      failures: [{ conversationId: 'no-such-id', error: { code: 'conversation_not_found' } }],
    });
    expect(document.requests.byOperation['getConversation']).toBe(3);
    const again = await backfillNamed(own.services(), [closed]);
    expect(again).toMatchObject({ closings: 1, outcomes: { sent: 1 }, thisRun: { sent: 0 } });
    expect(again.requests.byOperation).toEqual({ getConversation: 1 });
    expect(own.sandbox.mailbox()).toHaveLength(1);
  });
});
