import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { claimClosing } from '../../../src/store/queue/claims.ts';
import { recordReopening } from '../../../src/store/closings/reopenings.ts';
import { cancelClosing } from '../../../src/store/queue/acts.ts';
import { story } from '../../../src/store/views/story.ts';
import type { Services } from '../../../src/workflow/context/services.ts';
import { createSemaphore } from '../../../src/domain/values/semaphore.ts';
import { createPacer, memoryLimiterStore } from '../../../src/gladly/http/pacing.ts';
import { failureOf } from '../../gladly/local-gladly.ts';
import { faultyProxy, type Fate } from '../../support/faulty-proxy.ts';
import {
  backfillNamed,
  backfillOf,
  conversationOf,
  day,
  hour,
  iso,
  mailsByAddress,
  minute,
  sumOf,
  unlimited,
  world,
  type World,
} from '../support.ts';

/** Makes this many customers with a closing each. Returns their conversations and range. */
async function customers(own: World, count: number, more: Record<string, unknown> = {}) {
  const since = own.time.now;
  const ids: string[] = [];
  for (let number = 0; number < count; number += 1) {
    own.time.now += 1000;
    ids.push(await own.tell({ customer: { email: `customer.${number}@example.org` }, ...more }));
  }
  own.time.now += 10 * minute;
  return { ids, range: [since, own.time.now] as const };
}

/** Services whose way to Gladly breaks as the test says. */
async function behindProxy(own: World, decide: (request: string, count: number) => Fate) {
  const { origin, seen } = await faultyProxy(own.sandbox.origin, decide);
  return { seen, services: (): Services => own.services({ origin }) };
}

/** Services whose client has a defect at one conversation. */
function defective(own: World, conversationId: string) {
  const debugged: string[] = [];
  const services = (): Services => {
    const given = own.services();
    const { client } = given;
    return {
      ...given,
      debug: (text) => void debugged.push(text),
      client: {
        ...client,
        getConversation(id) {
          if (id === conversationId) throw new TypeError('a secret');
          return client.getConversation(id);
        },
      },
    };
  };
  return { services, debugged };
}

/** How many minutes the failed closing waits after each of these runs. */
async function waitsOf(
  own: World,
  services: () => Services,
  range: readonly [number, number],
  runs: number,
): Promise<(number | null)[]> {
  const waits: (number | null)[] = [];
  for (let run = 0; run < runs; run += 1) {
    await backfillOf(services(), range);
    const [failed] = (await own.closings()).filter(({ state }) => state === 'failed');
    const due = failed?.dueAt ?? null;
    waits.push(due === null ? null : (Date.parse(due) - own.time.now) / minute);
    own.time.now += 2 * hour;
  }
  return waits;
}

describe('limits', () => {
  test.each([0, 1, 3, 16, 17])('--max-sends %i is exact, and the rest is left', async (maxSends) => {
    const own = await world();
    const { range } = await customers(own, 24);
    const limits = { ...unlimited, maxSends };
    const document = await backfillOf(own.services(), range, { limits });
    expect(own.sandbox.mailbox()).toHaveLength(maxSends);
    expect(document).toMatchObject({
      closings: 24,
      end: 'max_sends',
      outcomes: { sent: maxSends, pending: 24 - maxSends },
    });
    const rest = await backfillOf(own.services(), range);
    expect(rest).toMatchObject({ end: 'done', outcomes: { sent: 24 }, thisRun: { sent: 24 - maxSends } });
    expect([...mailsByAddress(own).values()]).toEqual(Array.from({ length: 24 }, () => 1));
  });

  test('--max-sends counts messages that may have left', async () => {
    const own = await world();
    const { range } = await customers(own, 8);
    const { services } = await behindProxy(own, (request) =>
      request.startsWith('POST /api/v1/communications') ? { status: 500 } : 'pass',
    );
    const limits = { ...unlimited, maxSends: 2 };
    const document = await backfillOf(services(), range, { limits });
    expect(document.outcomes).toMatchObject({ uncertain: 2, pending: 6 });
  });

  test('--limit is the number of closings that are worked on', async () => {
    const own = await world();
    const { range } = await customers(own, 24);
    const limits = { ...unlimited, maxClosings: 5 };
    const document = await backfillOf(own.services(), range, { limits });
    expect(document).toMatchObject({ end: 'limit', closings: 24, outcomes: { sent: 5, pending: 19 } });
  });

  test('after --max-duration what was begun is finished and nothing else is begun', async () => {
    const own = await world();
    const { range } = await customers(own, 60);
    const limits = { ...unlimited, deadline: own.time.now + minute };
    let done = 0;
    const document = await backfillOf(own.services(), range, {
      limits,
      listener: {
        finished() {
          done += 1;
          if (done === 10) own.time.now += 2 * minute;
        },
      },
    });
    expect(document.end).toBe('duration');
    expect(document.outcomes.sent).toBeGreaterThanOrEqual(10);
    // At most the sixteen that were already in work are finished, too.
    expect(document.outcomes.sent).toBeLessThanOrEqual(10 + 16);
    expect(document.outcomes.sent + document.outcomes.pending).toBe(60);
    expect((await own.closings()).filter(({ claimedBy }) => claimedBy !== null)).toEqual([]);
  });
});

describe('a closing that fails', () => {
  test.each<[string, Fate, string]>([
    ['404', { status: 404 }, 'conversation_not_found'],
    ['500', { status: 500 }, 'gladly_unavailable'],
    ['a cut answer', { status: 200, body: '{"id":"abc","custo' }, 'network'],
    ['a page', { status: 200, body: '<html>log in</html>' }, 'not_an_answer'],
    ['a broken connection', 'reset before', 'network'],
  ])('by %s is listed and kept, and stops no other', async (_, fate, code) => {
    const own = await world();
    const { ids, range } = await customers(own, 10);
    const poisoned = ids[3]!;
    const { services } = await behindProxy(own, (request) =>
      request === `GET /api/v1/conversations/${poisoned}` ? fate : 'pass',
    );
    const document = await backfillOf(services(), range);
    expect(document).toMatchObject({
      end: 'done',
      closings: 10,
      outcomes: { sent: 9, failed: 1, pending: 0 },
      thisRun: { sent: 9, failed: 1 },
    });
    const [failed] = (await own.closings()).filter(({ state }) => state === 'failed');
    expect(document.failures).toEqual([
      { conversationId: poisoned, error: { code, message: expect.any(String) }, retryAt: failed?.dueAt },
    ]);
    expect(failed).toMatchObject({ conversationId: poisoned, attempts: 1, claimedBy: null });
    expect(failed?.error?.code).toBe(code);
    expect(Date.parse(failed?.dueAt ?? '')).toBeGreaterThan(own.time.now);
  });

  test('is tried again when its time has come, not before, and then asked', async () => {
    const own = await world();
    const { ids, range } = await customers(own, 3);
    let broken = true;
    const { services, seen } = await behindProxy(own, (request) =>
      broken && request.includes(ids[0]!) ? { status: 503 } : 'pass',
    );
    await backfillOf(services(), range);
    const first = seen.length;
    const elsewhere: [number, number] = [range[0] - hour, range[0]];
    const soon = await backfillOf(services(), elsewhere);
    expect(soon).toMatchObject({ closings: 0, thisRun: { failed: 0 } });
    expect(seen.slice(first).filter((request) => request.includes(ids[0]!))).toEqual([]);
    broken = false;
    own.time.now += 90_000;
    expect(await backfillOf(services(), elsewhere)).toMatchObject({ thisRun: { sent: 1 } });
    const later = await backfillOf(services(), range);
    expect(later).toMatchObject({ outcomes: { sent: 3, failed: 0 }, failures: [] });
  });

  test('is no failure of the run any more where the same run asked after all', async () => {
    const own = await world();
    const { ids, range } = await customers(own, 6);
    let broken = true;
    const { services } = await behindProxy(own, (request) =>
      broken && request === `GET /api/v1/conversations/${ids[5]!}`
        ? { status: 200, body: '{"other": 1}' }
        : 'pass',
    );
    const listener = {
      finished() {
        broken = false;
        own.time.now += 30_000;
      },
    };
    const document = await backfillOf(services(), range, { listener });
    const told = { sent: 6, scheduled: 0, suppressed: 0, uncertain: 0, failed: 0 };
    expect(document).toMatchObject({ thisRun: told, outcomes: told, failures: [] });
    const { history } = await story(
      own.ledger,
      (await own.closings()).find((one) => one.conversationId === ids[5])!.id,
    );
    expect(history.map(({ transition }) => transition)).toContain('fail');
  });

  test('for good waits longer each time, and in the end for a person', async () => {
    const own = await world();
    const { ids, range } = await customers(own, 2);
    const { services } = await behindProxy(own, (request) =>
      request.includes(ids[0]!) ? { status: 400 } : 'pass',
    );
    expect(await waitsOf(own, services, range, 8)).toEqual([1, 2, 4, 8, 16, 32, 64, null]);
    const after = await backfillOf(services(), range);
    expect(after).toMatchObject({ outcomes: { sent: 1, failed: 1 }, thisRun: { failed: 0 } });
  });

  test.each([503, 403])('by %i, which may pass, is tried until it is too old', async (status) => {
    const own = await world();
    const { ids, range } = await customers(own, 2);
    let broken = true;
    const { services } = await behindProxy(own, (request) =>
      broken && request.includes(ids[0]!) ? { status } : 'pass',
    );
    const [first, ...more] = await waitsOf(own, services, range, 10);
    expect([first, ...more.slice(-3)]).toEqual([1, 64, 64, 64]);
    broken = false;
    expect((await backfillOf(services(), range)).outcomes).toMatchObject({ sent: 2, failed: 0 });
  });

  test('by an outage that outlasts the maximum age is not asked about', async () => {
    const own = await world();
    const { ids, range } = await customers(own, 2);
    const { services } = await behindProxy(own, (request) =>
      request.includes(ids[0]!) ? { status: 503 } : 'pass',
    );
    await backfillOf(services(), range);
    own.time.now += 31 * day;
    expect(await backfillOf(services(), range)).toMatchObject({
      outcomes: { sent: 1, suppressed: 1, failed: 0 },
      reasons: { too_old: 1 },
    });
  });

  test('because Gladly does not permit this one alone is listed, and stops no other', async () => {
    const own = await world();
    const { ids, range } = await customers(own, 8);
    const { services } = await behindProxy(own, (request) =>
      request === `GET /api/v1/conversations/${ids[0]!}` ? { status: 403 } : 'pass',
    );
    const document = await backfillOf(services(), range);
    expect(document).toMatchObject({
      outcomes: { sent: 7, failed: 1 },
      failures: [{ conversationId: ids[0], error: { code: 'forbidden' } }],
    });
    const named = await backfillNamed(services(), [ids[0]!, ids[1]!]);
    expect(named.failures).toMatchObject([{ conversationId: ids[0], error: { code: 'forbidden' } }]);
  });

  test('by a defect of ours is listed without what it says, and stops no other', async () => {
    const own = await world();
    const { ids, range } = await customers(own, 8);
    const { services, debugged } = defective(own, ids[0]!);
    const document = await backfillOf(services(), range);
    expect(document).toMatchObject({
      end: 'done',
      outcomes: { sent: 7, failed: 1 },
      failures: [{ conversationId: ids[0], error: { code: 'defect' } }],
    });
    expect(document.failures[0]?.error.message).not.toContain('secret');
    const [told] = debugged.filter((text) => text.includes('TypeError'));
    expect(told).toContain('work-queue.test');
    expect(told).not.toContain('secret');
    const named = await backfillNamed(services(), ids.slice(0, 2));
    expect(named.failures).toMatchObject([{ conversationId: ids[0], error: { code: 'defect' } }]);
    own.time.now += minute;
    expect((await backfillOf(own.services(), range)).outcomes).toMatchObject({ sent: 8 });
  });

  test('by a defect while its message leaves is in doubt, and not repeated', async () => {
    const own = await world();
    const { range } = await customers(own, 1);
    const services = own.services();
    services.provider = () =>
      Promise.resolve({
        name: 'smtp',
        repeatable: false,
        async deliver(_, leaving) {
          await leaving();
          throw new TypeError('after the message left');
        },
        close: () => Promise.resolve(),
      });
    expect((await backfillOf(services, range)).outcomes).toMatchObject({ uncertain: 1 });
    own.time.now += day;
    expect((await backfillOf(own.services(), range)).thisRun).toMatchObject({ sent: 0 });
  });

  test('with many others that fail lets the healthy ones through', async () => {
    const own = await world();
    const { ids, range } = await customers(own, 60);
    const poisoned = new Set(ids.filter((_, index) => index % 3 === 0));
    const { services } = await behindProxy(own, (request) =>
      poisoned.has(request.split('/')[4] ?? '') ? { status: 500 } : 'pass',
    );
    const document = await backfillOf(services(), range);
    expect(document.outcomes).toMatchObject({ sent: 40, failed: 20 });
    expect(new Set(document.failures.map(({ conversationId }) => conversationId))).toEqual(poisoned);
  });

  test('among named conversations stops no other', async () => {
    const own = await world();
    const { ids } = await customers(own, 6);
    const { services } = await behindProxy(own, (request) =>
      request.includes(ids[0]!) ? { status: 500 } : 'pass',
    );
    const document = await backfillNamed(services(), ids);
    expect(document).toMatchObject({
      closings: 5,
      outcomes: { sent: 5 },
      thisRun: { sent: 5, failed: 1 },
      failures: [{ conversationId: ids[0] }],
    });
  });

  test('because its message is refused is listed, and the others are sent', async () => {
    const own = await world();
    const { range } = await customers(own, 6);
    const body = JSON.stringify({ errors: [{ attr: 'to', code: 'invalid', detail: 'no such address' }] });
    const { services } = await behindProxy(own, (request, count) =>
      request.startsWith('POST /api/v1/communications') && count === 2 ? { status: 400, body } : 'pass',
    );
    const document = await backfillOf(services(), range);
    expect(document.outcomes).toMatchObject({ sent: 5, failed: 1 });
    expect(document.failures[0]?.error.message).toContain('no such address');
    expect(document.failures[0]?.retryAt).toBeNull();
    expect(own.sandbox.mailbox()).toHaveLength(5);
  });

  test('because its message could not leave is listed too, and sent by a later run', async () => {
    const own = await world();
    const { range } = await customers(own, 3);
    let busy = true;
    const { services } = await behindProxy(own, (request) =>
      busy && request.startsWith('POST /api/v1/communications') ? { status: 429 } : 'pass',
    );
    const document = await backfillOf(services(), range);
    expect(document.thisRun).toMatchObject({ sent: 0, failed: 3 });
    expect(document.failures).toHaveLength(3);
    expect(document.failures.every(({ retryAt }) => Date.parse(retryAt ?? '') > own.time.now)).toBe(true);
    expect(sumOf(document.outcomes)).toBe(3);
    busy = false;
    own.time.now += hour;
    const later = await backfillOf(services(), range);
    expect(later).toMatchObject({ outcomes: { sent: 3 }, failures: [] });
    expect([...mailsByAddress(own).values()]).toEqual([1, 1, 1]);
  });
});

describe('when everything fails', () => {
  test('for want of Gladly the run ends soon, and nothing is lost', async () => {
    const own = await world();
    const { range } = await customers(own, 100);
    let down = true;
    const { services, seen } = await behindProxy(own, (request) =>
      down && request.startsWith('GET /api/v1/conversations/') ? 'reset before' : 'pass',
    );
    const failure = await failureOf(backfillOf(services(), range));
    expect(failure.kind).toBe('temporary');
    expect(seen.length).toBeLessThan(250);
    const rows = await own.closings();
    expect(rows).toHaveLength(100);
    expect(rows.filter(({ claimedBy }) => claimedBy !== null)).toEqual([]);
    down = false;
    own.time.now += 5 * minute;
    expect(await backfillOf(services(), range)).toMatchObject({ outcomes: { sent: 100 } });
  });

  test('because no message can leave the run ends soon as well', async () => {
    const own = await world();
    const { range } = await customers(own, 60);
    const { services, seen } = await behindProxy(own, (request) =>
      request.startsWith('POST /api/v1/communications') ? { status: 429 } : 'pass',
    );
    const failure = await failureOf(backfillOf(services(), range));
    expect(failure.kind).toBe('temporary');
    expect(seen.filter((request) => request.startsWith('GET /api/v1/customer-profiles')).length).toBeLessThan(
      40,
    );
    expect(own.sandbox.mailbox()).toEqual([]);
  });

  test('so that nobody knows what left, the run ends soon: each message in doubt needs a person', async () => {
    const own = await world();
    const { range } = await customers(own, 60);
    const { services } = await behindProxy(own, (request) =>
      request.startsWith('POST /api/v1/communications') ? { status: 500 } : 'pass',
    );
    const failure = await failureOf(backfillOf(services(), range));
    expect(failure.kind).toBe('temporary');
    const rows = await own.closings();
    const doubtful = rows.filter(({ state }) => state === 'uncertain');
    expect(doubtful.length).toBeGreaterThanOrEqual(12);
    expect(doubtful.length).toBeLessThanOrEqual(12 + 16);
  });

  test('messages in doubt end the run, whatever else is done between them', async () => {
    const own = await world();
    const since = own.time.now;
    for (let number = 0; number < 120; number += 1) {
      own.time.now += 1000;
      const topics = number % 2 === 0 ? [] : ['do_not_send_stella'];
      await own.tell({ customer: { email: `customer.${number}@example.org` }, topics });
    }
    own.time.now += 10 * minute;
    const { services } = await behindProxy(own, (request) =>
      request.startsWith('POST /api/v1/communications') ? { status: 500 } : 'pass',
    );
    expect((await failureOf(backfillOf(services(), [since, own.time.now]))).kind).toBe('temporary');
    const rows = await own.closings();
    expect(rows.filter(({ state }) => state === 'uncertain').length).toBeLessThanOrEqual(12 + 16);
    expect(rows.some(({ state }) => state === 'suppressed')).toBe(true);
  });

  test.each([30, 2])('for want of permission it ends so too, with %i closings', async (count) => {
    const own = await world();
    const { range } = await customers(own, count);
    const { services } = await behindProxy(own, (request) =>
      request.startsWith('GET /api/v1/conversations/') ? { status: 403 } : 'pass',
    );
    expect(await failureOf(backfillOf(services(), range))).toMatchObject({
      kind: 'credentials',
      code: 'forbidden',
    });
    own.time.now += 5 * minute;
    expect((await backfillOf(own.services(), range)).outcomes).toMatchObject({ sent: count });
  });

  test('because nothing may be sent it ends at once', async () => {
    const own = await world();
    const { range } = await customers(own, 40);
    const { services, seen } = await behindProxy(own, (request) =>
      request.startsWith('POST /api/v1/communications') ? { status: 403 } : 'pass',
    );
    expect((await failureOf(backfillOf(services(), range))).code).toBe('forbidden');
    expect(seen.filter((request) => request.startsWith('POST')).length).toBeLessThanOrEqual(16);
  });

  test('for the wrong credentials it ends at once', async () => {
    const own = await world();
    const { range } = await customers(own, 30);
    const { services, seen } = await behindProxy(own, (request) =>
      request.startsWith('GET /api/v1/conversations/') ? { status: 401 } : 'pass',
    );
    const failure = await failureOf(backfillOf(services(), range));
    expect(failure.kind).toBe('credentials');
    expect(seen.filter((request) => request.includes('/conversations/')).length).toBeLessThanOrEqual(16);
    expect((await own.closings()).map(({ state }) => state)).toEqual(
      Array.from({ length: 30 }, () => 'pending'),
    );
  });
});

describe('whoever else works on the ledger', () => {
  test('two runs at once ask everybody once, and share the work', async () => {
    const own = await world();
    const { range } = await customers(own, 40);
    const documents = await Promise.all([
      backfillOf(own.services(), range),
      backfillOf(own.services({ policy: { sample: 100 } }), range),
    ]);
    expect([...mailsByAddress(own).values()]).toEqual(Array.from({ length: 40 }, () => 1));
    expect(documents.map(({ thisRun }) => thisRun.sent).reduce((sum, sent) => sum + sent)).toBe(40);
    expect(Math.min(...documents.map(({ thisRun }) => thisRun.sent))).toBeGreaterThan(0);
  });

  test('what another process holds is left to it, and taken when it has let go', async () => {
    const own = await world();
    const { range } = await customers(own, 3);
    const limits = { ...unlimited, maxSends: 0 };
    await backfillOf(own.services(), range, { limits });
    const [row] = await own.closings();
    const elsewhere = { host: 'another-host', pid: 1, startedAt: '1' };
    await claimClosing(own.ledger, row!.id, elsewhere, iso(own.time.now));
    expect((await backfillOf(own.services(), range)).outcomes).toMatchObject({ sent: 2, pending: 1 });
    own.time.now += minute;
    expect((await backfillOf(own.services(), range)).outcomes).toMatchObject({ sent: 3, pending: 0 });
  });

  test('a reopening or a cancelling in the middle of the work stops that closing alone', async () => {
    const own = await world();
    const { ids, range } = await customers(own, 12);
    let met = 0;
    const { services } = await behindProxy(own, (request, count) => {
      const id = ids.findIndex((one) => request === `GET /api/v1/conversations/${one}/items`);
      if (count > 1 || id < 0 || id > 1) return 'pass';
      met += 1;
      void (async () => {
        const row = (await own.closings()).find(({ conversationId }) => conversationId === ids[id]);
        if (id === 0) await cancelClosing(own.ledger, row!.id, iso(own.time.now));
        else await recordReopening(own.ledger, { conversationId: ids[id]!, reopenedAt: iso(own.time.now) });
      })();
      return 'pass';
    });
    const document = await backfillOf(services(), range);
    expect(met).toBe(2);
    expect(sumOf(document.outcomes)).toBe(12);
    expect(document.outcomes.sent).toBeGreaterThanOrEqual(10);
    expect(document.failures).toEqual([]);
  });
});

describe('a stop', () => {
  test('finishes what is in flight, keeps every closing, and the next run asks the rest', async () => {
    const own = await world();
    const { range } = await customers(own, 40);
    const controller = new AbortController();
    const reason = new Failure('interrupted', 'interrupted', 'stopped', { hint: 'run it again' });
    let done = 0;
    const failure = await failureOf(
      backfillOf(own.services({ signal: controller.signal }), range, {
        listener: {
          finished() {
            done += 1;
            if (done === 8) controller.abort(reason);
          },
        },
      }),
    );
    expect(failure).toBe(reason);
    const rows = await own.closings();
    expect(rows).toHaveLength(40);
    expect(rows.filter(({ state }) => state === 'sending' || state === 'uncertain')).toEqual([]);
    expect(rows.filter(({ claimedBy }) => claimedBy !== null)).toEqual([]);
    expect(rows.filter(({ state }) => state === 'sent')).toHaveLength(own.sandbox.mailbox().length);
    await backfillOf(own.services(), range);
    expect([...mailsByAddress(own).values()]).toEqual(Array.from({ length: 40 }, () => 1));
  });
});

describe('right after a closing', () => {
  test('a conversation that still looks open is looked at again, and then asked about', async () => {
    const own = await world();
    const { ids, range } = await customers(own, 2);
    let lagging = true;
    const stale = JSON.stringify({
      ...(await conversationOf(own, ids[0]!)),
      status: 'OPEN',
      closedAt: undefined,
    });
    const { services } = await behindProxy(own, (request) =>
      lagging && request === `GET /api/v1/conversations/${ids[0]!}` ? { status: 200, body: stale } : 'pass',
    );
    own.time.now = range[0] + 2 * minute;
    const first = await backfillOf(services(), range);
    expect(first).toMatchObject({ end: 'done', outcomes: { sent: 1, pending: 1 }, failures: [] });
    lagging = false;
    own.time.now += minute;
    expect(await backfillOf(services(), range)).toMatchObject({ outcomes: { sent: 2, pending: 0 } });
  });

  test('one that failed at first and then looks open waits as well', async () => {
    const own = await world();
    const { ids, range } = await customers(own, 2);
    let turn: 'fail' | 'open' | 'closed' = 'fail';
    const stale = JSON.stringify({
      ...(await conversationOf(own, ids[0]!)),
      status: 'OPEN',
      closedAt: undefined,
    });
    const { services } = await behindProxy(own, (request) => {
      if (turn === 'closed' || request !== `GET /api/v1/conversations/${ids[0]!}`) return 'pass';
      return turn === 'fail' ? { status: 500 } : { status: 200, body: stale };
    });
    own.time.now = range[0] + 30_000;
    expect((await backfillOf(services(), range)).outcomes).toMatchObject({ failed: 1, sent: 1 });
    turn = 'open';
    own.time.now += 90_000;
    expect((await backfillOf(services(), range)).outcomes).toMatchObject({ pending: 1, sent: 1 });
    turn = 'closed';
    own.time.now += minute;
    expect((await backfillOf(services(), range)).outcomes).toMatchObject({ sent: 2 });
  });

  test('after ten minutes it is not closed, and so not asked about', async () => {
    const own = await world();
    const id = await own.tell();
    const since = own.time.now;
    own.time.now += 11 * minute;
    const stale = JSON.stringify({ ...(await conversationOf(own, id)), status: 'OPEN', closedAt: undefined });
    const { services } = await behindProxy(own, (request) =>
      request === `GET /api/v1/conversations/${id}` ? { status: 200, body: stale } : 'pass',
    );
    const document = await backfillOf(services(), [since, own.time.now]);
    expect(document.outcomes).toMatchObject({ suppressed: 1 });
    expect(Object.keys(document.reasons)).toContain('not_closed');
  });
});

test('a message is decided on fresh data: a closing that waited for long is read again', async () => {
  const own = await world();
  const { ids, range } = await customers(own, 1);
  let slow = true;
  const { services, seen } = await behindProxy(own, (request) => {
    if (slow && request.startsWith('GET /api/v1/customer-profiles')) {
      slow = false;
      own.time.now += 3 * minute;
    }
    return 'pass';
  });
  const document = await backfillOf(services(), range);
  expect(document.outcomes.sent).toBe(1);
  expect(seen.filter((request) => request === `GET /api/v1/conversations/${ids[0]!}`)).toHaveLength(2);
  expect(own.sandbox.mailbox()).toHaveLength(1);
});

test('what was begun is finished before more is begun, so that a short life sends something', async () => {
  const own = await world();
  const { range } = await customers(own, 8);
  const { origin, seen } = await faultyProxy(own.sandbox.origin, () => 'pass');
  const limiter = memoryLimiterStore();
  const pacer = createPacer({
    // Slow enough for an answer to arrive between two requests.
    store: { ...limiter, reserve: (bucket, ask) => limiter.reserve(bucket, { ...ask, intervalMs: 100 }) },
    ratePercent: 80,
    priority: 'background',
    clock: () => performance.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });
  await backfillOf(own.services({ origin, pacer }), range);
  const requests = seen.map((request) => request.split(' ').slice(0, 2).join(' '));
  const firstMail = requests.findIndex((request) => request.includes('/communications/email'));
  const reads = requests.filter((request) => /\/conversations\/[^/]+$/.test(request));
  const before = requests.slice(0, firstMail).filter((request) => reads.includes(request));
  expect(reads).toHaveLength(8);
  expect(before.length).toBeGreaterThan(0);
  expect(before.length).toBeLessThan(8);
}, 30_000);

test('a delivery that takes minutes for a message has no conversation read again and again', async () => {
  const own = await world();
  const { ids, range } = await customers(own, 30);
  const { seen, services } = await behindProxy(own, () => 'pass');
  const given = services();
  const real = await given.provider();
  const sessions = createSemaphore(3);
  const slow = {
    ...real,
    slots: createSemaphore(3),
    async deliver(...[message, leaving]: Parameters<typeof real.deliver>) {
      await sessions.take();
      try {
        const sent = await real.deliver(message, leaving);
        // Three messages at once take a minute each.
        own.time.now += minute / 3;
        return sent;
      } finally {
        sessions.end();
      }
    },
  };
  const { thisRun } = await backfillOf({ ...given, provider: () => Promise.resolve(slow) }, range);
  expect(thisRun).toMatchObject({ sent: 30, failed: 0 });
  const reads = ids.map((id) => seen.filter((one) => one === `GET /api/v1/conversations/${id}`).length);
  expect(Math.max(...reads)).toBe(2);
  // Only conversations that began before there was a line are read twice.
  expect(reads.filter((count) => count > 1).length).toBeLessThan(16);
});
