import { describe, expect, test } from 'vitest';
import type { Policy } from '../../../src/domain/eligibility/policy.ts';
import { recordEvents } from '../../../src/store/closings/events.ts';
import { queueOf } from '../../../src/workflow/queue/due-closings.ts';
import { workQueue } from '../../../src/workflow/queue/work-queue.ts';
import { createSteps } from '../../../src/workflow/context/steps.ts';
import { previewConversation } from '../../../src/workflow/survey/preview.ts';
import { surveyConversation } from '../../../src/workflow/survey/survey-closing.ts';
import { backfillOf, hour, iso, minute, unlimited, world, type World } from '../support.ts';

const policy = { bulkClosings: 3, suppressionDays: 0 } satisfies Partial<Policy>;

/** Conversations that one initiator closed, a second apart. */
async function bulkOf(own: World, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let number = 0; number < count; number += 1) {
    ids.push(await own.tell({ customer: { email: `customer.${number}@example.org` } }));
    own.time.now += 1000;
  }
  return ids;
}

const statesOf = async (own: World) =>
  (await own.closings()).map(({ state, reasons }) => [state, ...reasons.map(({ code }) => code)].join(' '));

async function work(own: World, isLongRunning?: true): Promise<void> {
  const services = { ...own.services({ policy }), ...(isLongRunning && { isLongRunning }) };
  const { failure } = await workQueue(services, queueOf(services), unlimited, () => undefined);
  expect(failure).toBeNull();
}

/** Records a closing as the webhook reports it. */
async function heard(own: World, conversationId: string, closedAt: string): Promise<void> {
  const closedBy = { id: 'one-agent', type: 'AGENT' };
  const event = { conversationId, customerId: null, closedAt, closedBy, seenAt: iso(own.time.now) };
  await recordEvents(own.ledger, [{ kind: 'closed', ...event }], 'live');
}

describe('many closings by one initiator', () => {
  test('that a backfill finds are not surveyed, none of them', async () => {
    const own = await world();
    await bulkOf(own, 5);
    own.time.now += 3 * minute;
    await backfillOf(own.services({ policy }), [own.time.now - hour, own.time.now]);
    expect(await statesOf(own)).toEqual(Array.from({ length: 5 }, () => 'suppressed bulk_closed'));
    expect(own.sandbox.mailbox()).toEqual([]);
  });

  test('are surveyed where they are no more than the limit, or nobody asks', async () => {
    for (const [count, changes] of [
      [3, policy],
      [5, { ...policy, bulkClosings: null }],
    ] as const) {
      const own = await world();
      await bulkOf(own, count);
      own.time.now += 3 * minute;
      await backfillOf(own.services({ policy: changes }), [own.time.now - hour, own.time.now]);
      expect(own.sandbox.mailbox()).toHaveLength(count);
    }
  });

  test.each([
    ['in their order', (ids: string[]) => ids],
    ['the last first', (ids: string[]) => ids.toReversed()],
  ])(
    'come to one verdict where webhooks arrive one by one, %s, and a worker looks after each',
    async (_, ordered) => {
      const own = await world();
      const beginning = own.time.now;
      const ids = await bulkOf(own, 5);
      const times = new Map(ids.map((id, index) => [id, iso(beginning + index * 1000)]));
      for (const id of ordered(ids)) {
        await heard(own, id, times.get(id) ?? '');
        await work(own);
        own.time.now += 4000;
      }
      // Nothing was decided yet, and nothing was displaced.
      expect(new Set(await statesOf(own))).toEqual(new Set(['pending']));
      own.time.now = beginning + 2 * minute + 5000;
      await work(own);
      expect(new Set(await statesOf(own))).toEqual(new Set(['suppressed bulk_closed']));
      expect(own.sandbox.mailbox()).toEqual([]);
    },
  );

  test('that another process is finding come to one verdict by a server that works meanwhile', async () => {
    const own = await world();
    const beginning = own.time.now;
    const ids = await bulkOf(own, 5);
    own.time.now += 2 * hour;
    const find = (some: readonly string[]) =>
      Promise.all(some.map((id) => heard(own, id, iso(beginning + ids.indexOf(id) * 1000))));
    await find(ids.slice(0, 2));
    await work(own, true);
    expect(new Set(await statesOf(own))).toEqual(new Set(['pending']));
    own.time.now += 20_000;
    await find(ids.slice(2));
    await work(own, true);
    own.time.now += 50_000;
    await work(own, true);
    own.time.now += minute;
    await work(own, true);
    expect(await statesOf(own)).toEqual(ids.map(() => 'suppressed bulk_closed'));
    expect(own.sandbox.mailbox()).toEqual([]);
  });

  test('by hand is decided once the minute is over', async () => {
    const own = await world();
    const [id] = await bulkOf(own, 1);
    const slept: number[] = [];
    const services = own.services({ policy });
    const waiting = {
      ...services,
      sleep: async (ms: number, until?: AbortSignal) => {
        slept.push(ms);
        own.time.now += ms > minute ? ms : 0;
        await services.sleep(0, until);
      },
    };
    const steps = createSteps(waiting, () => undefined);
    const { document } = await surveyConversation(waiting, { conversationId: id!, closingId: null }, steps);
    expect(document.outcome).toBe('sent');
    expect(Math.max(...slept)).toBe(2 * minute - 1000);
    expect(own.sandbox.mailbox()).toHaveLength(1);
  });

  test('are told by a dry run as well', async () => {
    const own = await world();
    const ids = await bulkOf(own, 5);
    own.time.now += 3 * minute;
    await backfillOf(own.services({ policy }), [own.time.now - hour, own.time.now]);
    const services = own.services({ policy });
    const request = { conversationId: ids[2]!, closingId: null };
    const { document } = await previewConversation(
      services,
      request,
      createSteps(services, () => undefined),
    );
    expect(document.reasons).toMatchObject([
      {
        code: 'bulk_closed',
        detail: 'one of 5 closings by the same initiator within a minute; the limit is 3',
      },
    ]);
  });
});

test('closings of which nobody knows who made them are no bulk', async () => {
  const own = await world();
  const beginning = own.time.now;
  const ids = await bulkOf(own, 5);
  const events = ids.map((conversationId, index) => ({
    kind: 'closed' as const,
    ...{
      conversationId,
      customerId: null,
      closedAt: iso(beginning + index * 1000),
      seenAt: iso(own.time.now),
    },
  }));
  await recordEvents(own.ledger, events, 'live');
  expect((await own.closings()).map(({ closedBy }) => closedBy)).toEqual(ids.map(() => null));
  // A later source says who closed them.
  own.time.now += 3 * minute;
  await backfillOf(own.services({ policy, delivery: 'gladly-email' }), [own.time.now - hour, own.time.now]);
  expect(new Set((await own.closings()).map(({ closedBy }) => closedBy?.type))).toEqual(new Set(['AGENT']));
  expect(new Set(await statesOf(own))).toEqual(new Set(['suppressed bulk_closed']));
});
