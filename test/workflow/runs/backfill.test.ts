import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import type { BackfillDocument } from '../../../src/documents/backfill.ts';
import { faultyProxy } from '../../support/faulty-proxy.ts';
import { failureOf } from '../../gladly/local-gladly.ts';
import {
  backfillNamed,
  backfillOf,
  day,
  hour,
  mailsByAddress,
  minute,
  noon,
  sumOf,
  tickOf,
  unlimited,
  world,
  type World,
} from '../support.ts';

const directories = ['getAgents', 'getInboxes', 'getTopics', 'getOrganization'];

/** Everything in the sandbox, including its special conversations. */
const range = [noon - 4 * day, noon - minute] as const;

/** Makes this many customers with a closing each. Returns their range. */
async function customers(own: World, count: number): Promise<readonly [number, number]> {
  const since = own.time.now;
  for (let number = 0; number < count; number += 1) {
    own.time.now += 1000;
    await own.tell({ customer: { email: `customer.${number}@example.org` } });
  }
  own.time.now += 10 * minute;
  return [since, own.time.now];
}

describe('requests', () => {
  test('are those of the budget: three for a survey, one for an opt-out, one for each customer', async () => {
    const own = await world({ size: 60 });
    const document = await backfillOf(own.services(), range);
    const { byOperation } = document.requests;
    const rows = await own.closings();
    const asked = rows.filter(({ state }) => state === 'sent');
    const certain = rows.filter(({ reasons }) => reasons.some(({ code }) => code === 'opt_out_topic'));
    const neverRead = rows.filter(({ readAt }) => readAt === null);
    expect(asked.length).toBeGreaterThan(20);
    expect(certain.length).toBeGreaterThan(2);
    expect(byOperation['getConversation']).toBe(rows.length - neverRead.length);
    expect(byOperation['getConversationItems']).toBeLessThanOrEqual(rows.length - certain.length);
    const distinct = new Set(rows.map(({ customerId }) => customerId));
    expect(byOperation['getCustomer']).toBeLessThanOrEqual(distinct.size + 2);
    expect(byOperation['sendEmail']).toBe(asked.length);
    for (const directory of directories) expect(byOperation[directory]).toBe(1);
  });

  test('an opted-out closing costs one read, one that is too old none', async () => {
    const own = await world();
    const since = own.time.now;
    await own.tell({ topics: ['do_not_send_stella'] });
    own.time.now += 5 * minute;
    const optedOut = await backfillOf(own.services(), [since, own.time.now]);
    expect(optedOut.reasons).toEqual({ opt_out_topic: 1 });
    expect(optedOut.requests.byOperation).toEqual({
      listEvents: 1,
      getConversation: 1,
      ...Object.fromEntries(directories.map((name) => [name, 1])),
    });
    const other = own.time.now;
    await own.tell();
    own.time.now += 5 * minute;
    const tooOld = await backfillOf(own.services({ policy: { maxAge: minute } }), [other, own.time.now]);
    expect(tooOld.reasons).toEqual({ too_old: 1 });
    expect(tooOld.requests.byOperation).toEqual({ listEvents: 1 });
  });

  test('a customer with many closings is read once', async () => {
    const own = await world();
    const since = own.time.now;
    for (let count = 0; count < 8; count += 1) {
      own.time.now += minute;
      await own.tell({ customer: { email: 'regular@example.org' } });
    }
    own.time.now += 5 * minute;
    const document = await backfillOf(own.services(), [since, own.time.now]);
    expect(document.closings).toBe(8);
    expect(document.requests.byOperation['getCustomer']).toBe(1);
  });

  test('of a second run over a finished range are those of finding it again', async () => {
    const own = await world({ size: 60 });
    await backfillOf(own.services(), range);
    const mails = own.sandbox.mailbox().length;
    const again = await backfillOf(own.services(), range);
    expect(again.requests.byOperation).toEqual({ generateReport: 1, listEvents: 1 });
    expect(again.thisRun).toEqual({ sent: 0, scheduled: 0, suppressed: 0, uncertain: 0, failed: 0 });
    expect(sumOf(again.outcomes)).toBe(again.closings);
    expect(own.sandbox.mailbox()).toHaveLength(mails);
  });
});

describe('the document', () => {
  test('counts every closing once, and asks nobody twice', async () => {
    const own = await world({ size: 60 });
    const document = await backfillOf(own.services(), range);
    const rows = await own.closings();
    expect(document.closings).toBe(rows.length);
    expect(sumOf(document.outcomes)).toBe(document.closings);
    expect(document.outcomes.sent).toBe(own.sandbox.mailbox().length);
    expect({ ...document.thisRun, pending: 0 }).toEqual(document.outcomes);
    expect(rows.filter(({ reasons }) => reasons[0]?.code === 'reopened').length).toBeGreaterThan(0);
    expect(document.outcomes).toMatchObject({ failed: 0, pending: 0, uncertain: 0 });
    expect(sumOf(document.reasons)).toBeGreaterThanOrEqual(document.outcomes.suppressed);
    expect([...mailsByAddress(own).values()].filter((count) => count !== 1)).toEqual([]);
    expect(document.end).toBe('done');
  });

  test('counts the range alone, and works on the one queue', async () => {
    const own = await world();
    const [since] = await customers(own, 6);
    await backfillOf(own.services(), [since, own.time.now], { limits: { ...unlimited, maxSends: 0 } });
    const later = own.time.now;
    await own.tell({ customer: { email: 'later@example.org' } });
    own.time.now += 5 * minute;
    const document = await backfillOf(own.services(), [later, own.time.now]);
    expect(document).toMatchObject({ closings: 1, outcomes: { sent: 1 }, thisRun: { sent: 7 } });
  });
});

describe('a dry run', () => {
  /** What a run came to, the same for a dry run and a real one. */
  const verdict = ({ closings, outcomes, reasons, thisRun }: BackfillDocument) => ({
    closings,
    outcomes,
    reasons,
    thisRun,
  });
  const stored = ({ folder }: World): Record<string, string> =>
    Object.fromEntries(
      readdirSync(folder)
        .filter((file) => !file.startsWith('ledger.db'))
        .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
    );

  test.each(['gladly-email', 'outbox'] as const)(
    'by %s leaves no closing and no message, and tells exactly what the real run then does',
    async (delivery) => {
      const own = await world({ size: 60 });
      const files = stored(own);
      const dry = await backfillOf(own.services({ delivery }), range, { dryRun: true });
      expect(await own.closings()).toEqual([]);
      expect(await own.ledger.read((db) => db.selectFrom('history').selectAll().execute())).toEqual([]);
      expect(stored(own)).toEqual(files);
      expect(own.sandbox.mailbox()).toEqual([]);
      expect(dry.dryRun).toBe(true);
      const real = await backfillOf(own.services({ delivery }), range);
      expect(verdict(dry)).toEqual(verdict(real));
      expect(dry.plan?.wouldSend).toBe(real.thisRun.sent);
      for (const table of [dry.plan?.byAgent, dry.plan?.byInbox, dry.plan?.byDay]) {
        expect(sumOf(table ?? {})).toBe(real.thisRun.sent);
      }
      const days: Record<string, number> = {};
      for (const { state, closedAt } of await own.closings()) {
        if (state === 'sent') days[closedAt.slice(0, 10)] = (days[closedAt.slice(0, 10)] ?? 0) + 1;
      }
      expect(dry.plan?.byDay).toEqual(days);
    },
  );

  test('over a range that is half done changes no byte of the closings, and tells the other half', async () => {
    const own = await world();
    const whole = await customers(own, 20);
    await backfillOf(own.services(), whole, { limits: { ...unlimited, maxSends: 8 } });
    const tables = async (): Promise<unknown[]> =>
      Promise.all(
        (['closings', 'history', 'messages', 'checkpoints'] as const).map((table) =>
          own.ledger.read((db) => db.selectFrom(table).selectAll().execute()),
        ),
      );
    const before = JSON.stringify(await tables());
    own.time.now += 1000;
    const dry = await backfillOf(own.services(), whole, { dryRun: true });
    expect(dry).toMatchObject({ outcomes: { sent: 20 }, thisRun: { sent: 12 }, plan: { wouldSend: 12 } });
    expect(sumOf(dry.plan?.byAgent ?? {})).toBe(12);
    expect(JSON.stringify(await tables())).toBe(before);
    expect(own.sandbox.mailbox()).toHaveLength(8);
  });

  test('also tells what a limit would leave', async () => {
    const own = await world();
    const whole = await customers(own, 12);
    const limits = { ...unlimited, maxSends: 5 };
    const dry = await backfillOf(own.services(), whole, { dryRun: true, limits });
    expect(dry).toMatchObject({
      end: 'max_sends',
      outcomes: { sent: 5, pending: 7 },
      plan: { wouldSend: 5 },
    });
  });

  test('of named conversations writes nothing either', async () => {
    const own = await world();
    const id = await own.tell();
    own.time.now += 5 * minute;
    const dry = await backfillNamed(own.services(), [id], { dryRun: true });
    expect(dry).toMatchObject({ closings: 1, outcomes: { sent: 1 }, plan: { wouldSend: 1 } });
    expect(await own.closings()).toEqual([]);
    expect(own.sandbox.mailbox()).toEqual([]);
  });

  test('leaves no copy of the ledger behind, even when it fails', async () => {
    const own = await world();
    await customers(own, 2);
    const copies = (): string[] => readdirSync('/tmp').filter((name) => name.startsWith('gcsat-dry-run-'));
    const before = copies();
    let during: string[] = [];
    const failure = await failureOf(
      backfillOf(own.services(), [noon, own.time.now], {
        dryRun: true,
        listener: {
          async ready() {
            during = copies().filter((name) => !before.includes(name));
            throw new Failure('temporary', 'test', 'stop here', { hint: 'none' });
          },
        },
      }),
    );
    expect(failure.code).toBe('test');
    expect(during).not.toEqual([]);
    expect(during.filter((name) => existsSync(join('/tmp', name)))).toEqual([]);
  });
});

describe('of several closings of one customer in the range', () => {
  test.each([
    [2, 24],
    [4, 8],
  ])('the newest of %i is asked about, though the older ones are found first', async (count, others) => {
    const own = await world();
    const since = own.time.now;
    const ids: string[] = [];
    for (let turn = 0; turn < count; turn += 1) {
      own.time.now += hour;
      ids.push(await own.tell({ customer: { email: 'twice@example.org' } }));
      // So many other closings are between them that the workers finish an older one before they come to the next.
      for (let other = 0; other < others; other += 1) {
        own.time.now += 1000;
        await own.tell({ customer: { email: `other.${turn}.${other}@example.org` } });
      }
    }
    own.time.now += 5 * minute;
    const document = await backfillOf(own.services(), [since, own.time.now]);
    expect(document.reasons).toEqual({ recently_surveyed: count - 1 });
    const rows = (await own.closings()).filter(({ conversationId }) => ids.includes(conversationId));
    expect(rows.map(({ conversationId, state }) => [conversationId, state])).toEqual(
      ids.toReversed().map((id, index) => [id, index === 0 ? 'sent' : 'suppressed']),
    );
    expect(mailsByAddress(own).get('twice@example.org')).toBe(1);
  });

  test('an older one is asked about when the newest cannot be read', async () => {
    const own = await world();
    const since = own.time.now;
    const customer = { email: 'twice@example.org' };
    const older = await own.tell({ customer });
    own.time.now += hour;
    const newest = await own.tell({ customer });
    own.time.now += hour;
    const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
      request.includes(newest) ? { status: 500 } : 'pass',
    );
    const document = await backfillOf(own.services({ origin }), [since, own.time.now]);
    expect(document.outcomes).toMatchObject({ sent: 1, failed: 1 });
    const sent = (await own.closings()).filter(({ state }) => state === 'sent');
    expect(sent.map(({ conversationId }) => conversationId)).toEqual([older]);
  });

  test('what failed is tried again when it is run again, however soon', async () => {
    const own = await world();
    const [since] = await customers(own, 3);
    const trouble = { left: true };
    const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
      trouble.left && (request.includes('/items') || request.includes('/communications'))
        ? { status: 503 }
        : 'pass',
    );
    const first = await backfillOf(own.services({ origin }), [since, own.time.now]);
    expect(first.outcomes).toMatchObject({ sent: 0, failed: 3 });
    trouble.left = false;
    const second = await backfillOf(own.services({ origin }), [since, own.time.now]);
    expect(second.outcomes).toMatchObject({ sent: 3, failed: 0 });
    expect(own.sandbox.mailbox()).toHaveLength(3);
  });

  test('each is asked about when addresses may be asked again at once', async () => {
    const own = await world();
    const since = own.time.now;
    for (let turn = 0; turn < 4; turn += 1) {
      own.time.now += minute;
      await own.tell({ customer: { email: 'often@example.org' } });
    }
    own.time.now += 5 * minute;
    const policy = { suppressionDays: 0 };
    const document = await backfillOf(own.services({ policy }), [since, own.time.now]);
    expect(document.outcomes.sent).toBe(4);
  });
});

describe('a trial', () => {
  test('by outbox never keeps a real run from asking, and the other way round it asks nobody again', async () => {
    const own = await world();
    const whole = await customers(own, 6);
    await backfillOf(own.services({ delivery: 'outbox' }), whole);
    expect(readdirSync(join(own.folder, 'outbox')).filter((file) => file.endsWith('.eml'))).toHaveLength(6);
    const dry = await backfillOf(own.services(), whole, { dryRun: true });
    expect(dry.plan?.wouldSend).toBe(6);
    const real = await backfillOf(own.services(), whole);
    expect(real).toMatchObject({ closings: 6, outcomes: { sent: 6 }, thisRun: { sent: 6 } });
    const trial = await backfillOf(own.services({ delivery: 'outbox' }), whole);
    expect(trial).toMatchObject({ outcomes: { sent: 6 }, thisRun: { sent: 0 } });
    const again = await backfillOf(own.services(), whole);
    expect(again.thisRun.sent).toBe(0);
    expect([...mailsByAddress(own).values()]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('of named conversations gives way as well', async () => {
    const own = await world();
    const id = await own.tell();
    own.time.now += 5 * minute;
    await backfillNamed(own.services({ delivery: 'outbox' }), [id]);
    const real = await backfillNamed(own.services(), [id]);
    expect(real).toMatchObject({ outcomes: { sent: 1 }, thisRun: { sent: 1 } });
    expect(own.sandbox.mailbox()).toHaveLength(1);
  });

  test('that stopped early leaves nothing to a real tick: the past is for a backfill', async () => {
    const own = await world();
    const whole = await customers(own, 6);
    const few = { limits: { ...unlimited, maxSends: 2 } };
    const trial = await backfillOf(own.services({ delivery: 'outbox' }), whole, few);
    expect(trial).toMatchObject({ outcomes: { sent: 2, pending: 4 }, left: 4 });
    expect(await tickOf(own.services())).toMatchObject({ thisRun: { sent: 0 }, left: 0 });
    expect(own.sandbox.mailbox()).toEqual([]);
    expect(await backfillOf(own.services(), whole)).toMatchObject({ outcomes: { sent: 6 } });
  });

  test('uses up nothing that a real run left, though it looks at the same time', async () => {
    const own = await world();
    const whole = await customers(own, 6);
    await backfillOf(own.services(), whole, { limits: { ...unlimited, maxSends: 2 } });
    const trial = await backfillOf(own.services({ delivery: 'outbox' }), whole);
    expect(trial).toMatchObject({ outcomes: { sent: 4, suppressed: 2 }, end: 'done' });
    expect(trial.reasons).toEqual({ already_surveyed: 2 });
    const live = (await own.closings()).filter(({ lane }) => lane === 'live');
    expect(live.filter(({ state }) => state === 'pending')).toHaveLength(4);
    expect(await tickOf(own.services())).toMatchObject({ thisRun: { sent: 4 } });
    expect([...mailsByAddress(own).values()]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('tick looks through nothing that the real ticks have not', async () => {
    const own = await world();
    await tickOf(own.services());
    await tickOf(own.services({ delivery: 'outbox' }));
    own.time.now += minute;
    await own.tell();
    own.time.now += hour;
    expect(await tickOf(own.services({ delivery: 'outbox' }))).toMatchObject({ thisRun: { sent: 1 } });
    own.time.now += minute;
    expect(await tickOf(own.services())).toMatchObject({ thisRun: { sent: 1 } });
    expect(own.sandbox.mailbox()).toHaveLength(1);
  });

  test('that found no address of its kind says nothing of those of another kind', async () => {
    const own = await world();
    const since = own.time.now;
    await own.tell({ customer: { phone: '+15550100123' } });
    own.time.now += 5 * minute;
    const whole: [number, number] = [since, own.time.now];
    const trial = await backfillOf(own.services({ delivery: 'outbox' }), whole);
    expect(trial.reasons).toEqual({ no_address: 1 });
    const services = own.services({ delivery: 'gladly-sms' });
    expect(await backfillOf(services, whole)).toMatchObject({ outcomes: { sent: 1 } });
  });

  test('two real runs at once after a trial ask everybody once', async () => {
    const own = await world();
    const whole = await customers(own, 10);
    await backfillOf(own.services({ delivery: 'outbox' }), whole);
    await Promise.all([backfillOf(own.services(), whole), backfillOf(own.services(), whole)]);
    expect([...mailsByAddress(own).values()]).toEqual(Array.from({ length: 10 }, () => 1));
  });
});

describe('a person who is asked', () => {
  test('and declines has nothing sent, nothing queued, and sees how many it would have been', async () => {
    const own = await world();
    const whole = await customers(own, 5);
    let asked = 0;
    const document = await backfillOf(own.services(), whole, {
      listener: { asks: true, ready: (due) => Promise.resolve((asked = due) === 0) },
    });
    expect(asked).toBe(5);
    expect(document).toMatchObject({ end: 'declined', closings: 5, outcomes: { pending: 5 } });
    // What was declined must not be sent by the next tick of sync.
    expect(await own.closings()).toEqual([]);
    expect(own.sandbox.mailbox()).toEqual([]);
  });

  test('and agrees has everything sent', async () => {
    const own = await world();
    const whole = await customers(own, 5);
    const document = await backfillOf(own.services(), whole, { listener: { asks: true } });
    expect(document).toMatchObject({ end: 'done', thisRun: { sent: 5 } });
  });

  test('is asked for no more than --limit lets happen, and for named conversations too', async () => {
    const own = await world();
    const whole = await customers(own, 5);
    const asked: number[] = [];
    const listener = { asks: true, ready: (due: number) => Promise.resolve(asked.push(due) === 0) };
    await backfillOf(own.services(), whole, { listener, limits: { ...unlimited, maxClosings: 3 } });
    const named = await backfillNamed(own.services(), ['a', 'b', 'a'], { listener });
    expect(asked).toEqual([3, 2]);
    expect(named).toMatchObject({ end: 'declined', requests: { gladly: 0 } });
  });
});

test('closings that are in the queue for later wait', async () => {
  const own = await world();
  const whole = await customers(own, 3);
  const policy = { delay: day };
  const first = await backfillOf(own.services({ policy }), whole);
  expect(first).toMatchObject({ outcomes: { scheduled: 3 }, thisRun: { scheduled: 3 }, end: 'done' });
  const again = await backfillOf(own.services({ policy }), whole);
  expect(again).toMatchObject({ outcomes: { scheduled: 3 }, thisRun: { scheduled: 0 } });
  expect(own.sandbox.mailbox()).toEqual([]);
});
