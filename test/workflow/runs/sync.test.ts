import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import type { Services } from '../../../src/workflow/context/services.ts';
import { readCheckpoint } from '../../../src/store/checkpoints.ts';
import { recordAnswer } from '../../../src/store/answers/answers.ts';
import { sync } from '../../../src/workflow/runs/sync.ts';
import { failureOf } from '../../gladly/local-gladly.ts';
import { faultyProxy } from '../../support/faulty-proxy.ts';
import {
  backfillOf,
  conversationOf,
  day,
  hour,
  iso,
  mailsByAddress,
  minute,
  noon,
  silent,
  tickOf,
  unlimited,
  world,
  type World,
} from '../support.ts';

/** A ledger whose first tick was just now. */
async function begun(): Promise<World> {
  const own = await world();
  await tickOf(own.services());
  own.time.now += minute;
  return own;
}

describe('the first tick', () => {
  test('asks nobody about the past, marks the beginning, and says so', async () => {
    const own = await world({ size: 100 });
    await own.tell();
    own.time.now += minute;
    const document = await tickOf(own.services());
    expect(document).toMatchObject({
      startedAt: iso(own.time.now),
      closings: 0,
      thisRun: { sent: 0 },
      end: 'done',
      cards: { posted: 0, failed: 0 },
    });
    expect(await own.closings()).toEqual([]);
    own.time.now += hour;
    expect(await tickOf(own.services())).toMatchObject({ startedAt: document.startedAt, closings: 0 });
    expect(own.sandbox.mailbox()).toEqual([]);
  });

  test('as a dry run marks nothing', async () => {
    const own = await world();
    const dry = await tickOf(own.services(), true);
    expect(dry).toMatchObject({ dryRun: true, startedAt: iso(own.time.now) });
    expect(await readCheckpoint(own.ledger, { lane: 'live', name: 'started' })).toBeNull();
    expect(await readCheckpoint(own.ledger, { lane: 'live', name: 'until' })).toBeNull();
  });

  test('that cannot run marks nothing: what closes until the next one was not meant', async () => {
    const own = await world();
    const broken = new Failure('configuration', 'template_broken', 'no template', { hint: 'mend it' });
    const services = { ...own.services(), provider: () => Promise.reject(broken) };
    await expect(tickOf(services)).rejects.toBe(broken);
    expect(await readCheckpoint(own.ledger, { lane: 'live', name: 'started' })).toBeNull();
  });

  test('works on what a backfill left in the queue', async () => {
    const own = await world();
    await own.tell();
    own.time.now += minute;
    await backfillOf(own.services(), [noon, own.time.now], { limits: { ...unlimited, maxSends: 0 } });
    expect(await tickOf(own.services())).toMatchObject({ closings: 0, thisRun: { sent: 1 } });
    expect(own.sandbox.mailbox()).toHaveLength(1);
  });
});

describe('closings after the beginning', () => {
  test('are asked about at the next tick, once, however the ticks overlap', async () => {
    const own = await begun();
    for (let count = 0; count < 12; count += 1) {
      await own.tell({ customer: { email: `customer.${count}@example.org` } });
      own.time.now += 2 * minute;
      // Every third tick runs twice at once.
      const ticks = count % 3 === 0 ? [own.services(), own.services()] : [own.services()];
      await Promise.all(ticks.map((services) => tickOf(services)));
    }
    expect([...mailsByAddress(own).values()]).toEqual(Array.from({ length: 12 }, () => 1));
    expect((await own.closings()).length).toBe(12);
  });

  test('that the events do not tell yet are found by the next tick', async () => {
    const own = await begun();
    await own.tell();
    own.time.now += 5000;
    expect((await tickOf(own.services())).closings).toBe(0);
    own.time.now += minute;
    expect((await tickOf(own.services())).thisRun.sent).toBe(1);
  });

  test.each([3 * hour, 30 * hour, 5 * day])('are found after a pause of %i ms', async (pause) => {
    const own = await begun();
    const steps = 8;
    for (let step = 0; step < steps; step += 1) {
      await own.tell({ customer: { email: `customer.${step}@example.org` } });
      own.time.now += pause / steps;
    }
    const document = await tickOf(own.services());
    expect(document).toMatchObject({ closings: steps, outcomes: { sent: steps } });
  });

  test('are not lost when a tick fails in the middle', async () => {
    const own = await begun();
    await own.tell();
    own.time.now += minute;
    const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
      request === 'GET /api/v1/events' ? { status: 503 } : 'pass',
    );
    const failure = await failureOf(tickOf(own.services({ origin })));
    expect(failure.kind).toBe('temporary');
    own.time.now += 2 * hour;
    expect((await tickOf(own.services())).thisRun.sent).toBe(1);
  });

  test('cost a tick without news one request', async () => {
    const own = await begun();
    await own.tell();
    own.time.now += minute;
    await tickOf(own.services());
    own.time.now += minute;
    const quiet = await tickOf(own.services());
    expect(quiet.requests.byOperation).toEqual({ listEvents: 1 });
  });
});

describe('scheduled surveys', () => {
  const policy = { delay: 2 * hour };

  test('are sent by the tick after they are due, on fresh data', async () => {
    const own = await begun();
    const id = await own.tell();
    own.time.now += minute;
    expect(await tickOf(own.services({ policy }))).toMatchObject({ thisRun: { scheduled: 1, sent: 0 } });
    own.time.now += hour;
    expect(await tickOf(own.services({ policy }))).toMatchObject({ thisRun: { scheduled: 0, sent: 0 } });
    own.time.now += hour;
    const due = await tickOf(own.services({ policy }));
    expect(due.thisRun).toMatchObject({ sent: 1 });
    expect(due.requests.byOperation).toMatchObject({ getConversation: 1, getConversationItems: 1 });
    const [row] = await own.closings();
    expect(row).toMatchObject({ conversationId: id, state: 'sent', readAt: iso(own.time.now) });
  });

  test('are called off when the conversation was reopened meanwhile', async () => {
    const own = await begun();
    const id = await own.tell();
    own.time.now += minute;
    await tickOf(own.services({ policy }));
    own.time.now += hour;
    await own.change(id, 'reopen');
    own.time.now += 2 * hour;
    const document = await tickOf(own.services({ policy }));
    expect(document.thisRun.sent).toBe(0);
    expect((await own.closings()).map(({ state, reasons }) => [state, reasons[0]?.code])).toEqual([
      ['suppressed', 'reopened'],
    ]);
    expect(own.sandbox.mailbox()).toEqual([]);
  });

  test('are called off also where only the conversation itself tells of the reopening', async () => {
    const own = await begun();
    const id = await own.tell();
    own.time.now += minute;
    await tickOf(own.services({ policy }));
    const body = JSON.stringify({ ...(await conversationOf(own, id)), status: 'OPEN', closedAt: undefined });
    const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
      request === `GET /api/v1/conversations/${id}` ? { status: 200, body } : 'pass',
    );
    own.time.now += 3 * hour;
    const document = await tickOf(own.services({ policy, origin }));
    expect(document.thisRun).toMatchObject({ sent: 0, suppressed: 1 });
    expect(own.sandbox.mailbox()).toEqual([]);
  });

  test('give way to a newer closing of the same customer', async () => {
    const own = await begun();
    const customer = { email: 'twice@example.org' };
    await own.tell({ customer });
    own.time.now += hour;
    await tickOf(own.services({ policy }));
    const newer = await own.tell({ customer });
    own.time.now += minute;
    await tickOf(own.services({ policy }));
    own.time.now += 4 * hour;
    await tickOf(own.services({ policy }));
    const rows = await own.closings();
    expect(rows.map(({ conversationId, state }) => [conversationId === newer, state])).toEqual([
      [true, 'sent'],
      [false, 'suppressed'],
    ]);
    expect(mailsByAddress(own).get('twice@example.org')).toBe(1);
  });

  test('wait for the end of the quiet hours', async () => {
    const own = await begun();
    const zone = 'America/Chicago';
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' });
    await own.tell();
    own.time.now += minute;
    const hourThere = Number(clock.format(own.time.now));
    const quietHours = { from: hourThere * 60, until: ((hourThere + 3) % 24) * 60 };
    const quiet = { quietHours };
    expect((await tickOf(own.services({ policy: quiet }))).thisRun).toMatchObject({ scheduled: 1 });
    const [row] = await own.closings();
    expect(clock.format(Date.parse(row!.dueAt!))).toBe(String((hourThere + 3) % 24).padStart(2, '0'));
    own.time.now = Date.parse(row!.dueAt!) - minute;
    expect((await tickOf(own.services({ policy: quiet }))).thisRun).toMatchObject({ sent: 0 });
    own.time.now += 2 * minute;
    expect((await tickOf(own.services({ policy: quiet }))).thisRun).toMatchObject({ sent: 1 });
  });
});

describe('answers', () => {
  /** Makes this many surveyed closings with an answer but no card. Returns the ids of their customers. */
  async function answered(own: World, count: number): Promise<string[]> {
    for (let number = 0; number < count; number += 1) {
      await own.tell({ customer: { email: `answering.${number}@example.org` } });
    }
    own.time.now += minute;
    await tickOf(own.services());
    const rows = await own.closings();
    for (const { id, surveyId } of rows) {
      await recordAnswer(own.ledger, {
        surveyId: surveyId!,
        closingId: id,
        rating: 4,
        resolved: true,
        comment: null,
        at: iso(own.time.now),
        source: 'page',
      });
    }
    own.time.now += minute;
    return rows.map(({ customerId }) => customerId!);
  }

  test('without a card get one, once', async () => {
    const own = await begun();
    await answered(own, 1);
    const document = await tickOf(own.services());
    expect(document.cards).toEqual({ posted: 1, failed: 0 });
    expect(document.requests.byOperation['createCustomerItem']).toBe(1);
    own.time.now += minute;
    expect((await tickOf(own.services())).cards).toEqual({ posted: 0, failed: 0 });
  });

  test('whose card fails are told, stop no other, and are tried again', async () => {
    const own = await begun();
    const [failing] = await answered(own, 2);
    const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
      request === `POST /api/v1/customers/${failing!}/conversation-items` ? { status: 500 } : 'pass',
    );
    expect((await tickOf(own.services({ origin }))).cards).toEqual({ posted: 1, failed: 1 });
    own.time.now += minute;
    expect((await tickOf(own.services())).cards).toEqual({ posted: 1, failed: 0 });
  });

  test('whose card Gladly does not permit stop the tick only where it permits none', async () => {
    const own = await begun();
    const [first] = await answered(own, 3);
    const permits = { others: false };
    const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
      request.endsWith('/conversation-items') && !(permits.others && !request.includes(first!))
        ? { status: 403 }
        : 'pass',
    );
    expect(await failureOf(tickOf(own.services({ origin })))).toMatchObject({ code: 'forbidden' });
    permits.others = true;
    own.time.now += minute;
    expect((await tickOf(own.services({ origin }))).cards).toEqual({ posted: 2, failed: 1 });
  });

  test('whose card meets a defect of ours hold up no other', async () => {
    const own = await begun();
    const [failing] = await answered(own, 2);
    const services = own.services();
    const { createCustomerItem } = services.client;
    const defective: Services = {
      ...services,
      client: {
        ...services.client,
        createCustomerItem(customerId, item) {
          if (customerId === failing) throw new TypeError('a defect');
          return createCustomerItem(customerId, item);
        },
      },
    };
    expect((await tickOf(defective)).cards).toEqual({ posted: 1, failed: 1 });
    own.time.now += minute;
    expect((await tickOf(own.services())).cards).toEqual({ posted: 1, failed: 0 });
  });

  test('are left alone by a dry run', async () => {
    const own = await begun();
    await answered(own, 1);
    expect((await tickOf(own.services(), true)).cards).toEqual({ posted: 0, failed: 0 });
    expect((await tickOf(own.services())).cards.posted).toBe(1);
  });
});

test('a tick predicts the next one by a dry run', async () => {
  const own = await begun();
  for (let count = 0; count < 4; count += 1) {
    await own.tell({ customer: { email: `customer.${count}@example.org` } });
  }
  own.time.now += minute;
  const dry = await tickOf(own.services(), true);
  expect(await own.closings()).toEqual([]);
  const real = await tickOf(own.services());
  expect([dry.closings, dry.outcomes, dry.thisRun, dry.startedAt]).toEqual([
    real.closings,
    real.outcomes,
    real.thisRun,
    real.startedAt,
  ]);
});

test('what failed is tried again by a tick when its pause is over, not before', async () => {
  const own = await begun();
  await own.tell();
  own.time.now += minute;
  const state = { broken: true };
  const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
    state.broken && request.includes('/items') ? { status: 503 } : 'pass',
  );
  expect(await tickOf(own.services({ origin }))).toMatchObject({ thisRun: { failed: 1 } });
  state.broken = false;
  expect(await tickOf(own.services({ origin }))).toMatchObject({ thisRun: { sent: 0, failed: 0 } });
  own.time.now += 2 * minute;
  expect(await tickOf(own.services({ origin }))).toMatchObject({ thisRun: { sent: 1, failed: 0 } });
});

test('a closing of half an hour ago whose tick could not ask is found by the next one', async () => {
  const own = await begun();
  await own.tell();
  own.time.now += 30 * minute;
  const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
    request === 'GET /api/v1/events' ? { status: 503 } : 'pass',
  );
  expect((await failureOf(tickOf(own.services({ origin })))).kind).toBe('temporary');
  own.time.now += minute;
  expect((await tickOf(own.services())).thisRun.sent).toBe(1);
  expect(own.sandbox.mailbox()).toHaveLength(1);
});

describe('a past that cannot be read', () => {
  const sentence = { status: 200, body: 'Unexpected error occurred\n' };

  /** A tick three days ago, a closing now, and a closing two days ago that only the report has. */
  async function afterAPause() {
    const own = await world();
    await tickOf(own.services());
    own.time.now += day;
    await own.tell({ customer: { email: 'earlier@example.org' } });
    own.time.now += 2 * day;
    await own.tell({ customer: { email: 'today@example.org' } });
    own.time.now += 5 * minute;
    return own;
  }

  const until = (own: World) => readCheckpoint(own.ledger, { lane: 'live', name: 'until' });

  test.each([
    ['a sentence', sentence, 'temporary'],
    ['an outage', { status: 503 }, 'temporary'],
    ['no permission', { status: 403 }, 'credentials'],
    ['credentials that do not suffice', { status: 401 }, 'credentials'],
    ['a page about maintenance', { status: 302, headers: { location: '/maintenance' } }, 'contract'],
    [
      'another heading',
      { status: 200, body: 'Timestamp,Conversation\n1,2\n', headers: { 'content-type': 'text/csv' } },
      'contract',
    ],
  ] as const)(
    'because of %s does not stop the present, and is looked through later',
    async (_, fate, kind) => {
      const own = await afterAPause();
      const before = await until(own);
      const { origin } = await faultyProxy(own.sandbox.origin, (request) => {
        if (request.includes('/export/')) return { status: 403 };
        return request === 'POST /api/v1/reports' ? fate : 'pass';
      });
      const services = own.services({ origin });
      const request = { limits: unlimited, dryRun: false, timezone: 'UTC' };
      const { document, failure } = await sync(services, request, silent);
      expect(failure?.kind).toBe(kind);
      expect([...mailsByAddress(own).keys()]).toEqual(['today@example.org']);
      expect(document).toMatchObject({ thisRun: { sent: 1 }, missing: [{ source: 'report' }] });
      expect(document.missing[0]!.since).toBe(document.range!.since);
      expect(document.explanation.join(' ')).toContain('may be missing');
      expect(await until(own)).toBe(before);
      await tickOf(own.services());
      expect([...mailsByAddress(own).keys()]).toContain('earlier@example.org');
      expect(await until(own)).toBe(iso(own.time.now));
    },
  );

  test('is covered by the events as far as they reach, and by the report where the events stay away', async () => {
    const own = await begun();
    await own.tell({ customer: { email: 'hours.ago@example.org' } });
    own.time.now += 5 * hour;
    const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
      request === 'GET /api/v1/events' ? { status: 200, body: '<html>busy</html>' } : 'pass',
    );
    const request = { limits: unlimited, dryRun: false, timezone: 'UTC' };
    const { document, failure } = await sync(own.services({ origin }), request, silent);
    expect(failure?.kind).toBe('temporary');
    expect([...mailsByAddress(own).keys()]).toEqual(['hours.ago@example.org']);
    expect(document.missing).toMatchObject([{ source: 'events', since: iso(own.time.now - 1.5 * hour) }]);
    expect(await until(own)).toBe(iso(own.time.now - 1.5 * hour));
  });
});

describe('a checkpoint that a clock which was ahead has written', () => {
  test.each([
    ['by two hours', 2 * hour],
    ['by a year', 365 * day],
  ])('%s keeps no closing from being found', async (_, ahead) => {
    const own = await begun();
    own.time.now += ahead;
    await tickOf(own.services()).catch(() => undefined);
    own.time.now -= ahead;
    await own.tell();
    own.time.now += 30 * minute;
    const warned: string[] = [];
    const listener = { ...silent, warn: (sentence: string) => void warned.push(sentence) };
    const request = { limits: unlimited, dryRun: false, timezone: 'UTC' };
    const { document } = await sync(own.services(), request, listener);
    expect(document.thisRun.sent).toBe(1);
    expect(warned).toEqual(expect.arrayContaining([expect.stringContaining('the clock was wrong')]));
  });

  test('at the first tick delays nothing either', async () => {
    const own = await world();
    own.time.now += day;
    await tickOf(own.services());
    own.time.now -= day;
    await own.tell();
    own.time.now += minute;
    expect((await tickOf(own.services())).thisRun.sent).toBe(1);
  });
});
