import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DeliveryName } from '../../../src/domain/delivery.ts';
import type { Lane } from '../../../src/domain/values/lanes.ts';
import type { Closing } from '../../../src/domain/closing/closing.ts';
import { closingById, closingsOfConversation } from '../../../src/store/closings/closings.ts';
import { recordClosing } from '../../../src/store/closings/closing-reports.ts';
import { recordReopening } from '../../../src/store/closings/reopenings.ts';
import { claimClosing } from '../../../src/store/queue/claims.ts';
import { cancelClosing } from '../../../src/store/queue/acts.ts';
import {
  decideClosing,
  markLeaving,
  recordFailure,
  recordDelivery,
} from '../../../src/store/queue/decisions.ts';
import { recordEvents, type LedgerEvent } from '../../../src/store/closings/events.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { story } from '../../../src/store/views/story.ts';
import { at, freshLedger, here, nothingRead, often, onFiles, opened, reported, toSend } from '../support.ts';
import { isOnServer } from '../../support/tested-ledger.ts';

const closed = (seconds: number, conversationId = 'c1'): LedgerEvent => ({
  kind: 'closed',
  conversationId,
  customerId: 'customer-1',
  closedAt: at(seconds),
  seenAt: at(5000),
});

const reopened = (seconds: number, conversationId = 'c1'): LedgerEvent => ({
  kind: 'reopened',
  conversationId,
  reopenedAt: at(seconds),
});

/** Each row as its time, its reopening and whether it still waits; oldest first. */
async function rows(ledger: Ledger, lane: Lane = 'live'): Promise<unknown[]> {
  const closings = await closingsOfConversation(ledger, 'c1', lane);
  return closings.reverse().map(({ closedAt, reopenedAt, state }) => ({ closedAt, reopenedAt, state }));
}

const over = (seconds: number, reopenedSeconds: number): unknown => ({
  closedAt: at(seconds),
  reopenedAt: at(reopenedSeconds),
  state: 'suppressed',
});

const waits = (seconds: number): unknown => ({ closedAt: at(seconds), reopenedAt: null, state: 'pending' });

async function survey(
  ledger: Ledger,
  id: string,
  decidedAt: string,
  provider: DeliveryName = 'smtp',
): Promise<void> {
  await claimClosing(ledger, id, here, decidedAt);
  const input = {
    closingId: id,
    worker: here,
    at: decidedAt,
    address: null,
    since: null,
    reading: nothingRead,
  };
  await decideClosing(ledger, input, () => toSend(id, decidedAt, provider));
  await markLeaving(ledger, id, here, decidedAt);
  await recordDelivery(ledger, id, decidedAt, { status: 'sent', externalId: null }, 0);
}

describe('events', () => {
  test('say what was new', async () => {
    const ledger = await freshLedger();
    const events = [closed(0), closed(0), closed(30), closed(0, 'c2'), reopened(40), reopened(40)];
    expect(await recordEvents(ledger, events, 'live')).toEqual([
      'new',
      'known',
      'known',
      'new',
      'reopened',
      'known',
    ]);
    expect(await recordEvents(ledger, [], 'live')).toEqual([]);
  });

  test('of one batch are written all or none', async () => {
    const ledger = await freshLedger();
    const broken = { ...closed(0, 'c2'), closedAt: 'soon' } as LedgerEvent;
    await expect(recordEvents(ledger, [closed(0), broken], 'live')).rejects.toThrow(/soon/);
    expect(await rows(ledger)).toEqual([]);
  });

  test('name a new closing as any source does, by its time in UTC', async () => {
    const ledger = await freshLedger();
    const event = { ...closed(0), closedAt: '2026-11-22T11:00:00.0004+01:00' } as LedgerEvent;
    await recordEvents(ledger, [event], 'live');
    const [closing] = await closingsOfConversation(ledger, 'c1', 'live');
    expect(closing).toMatchObject({ id: `c1@${at(0)}`, closedAt: at(0), source: 'webhook', dueAt: null });
  });

  test('a reopening reported before its closing ends it', async () => {
    const ledger = await freshLedger();
    expect(await recordEvents(ledger, [reopened(20), closed(0)], 'live')).toEqual(['reopened', 'new']);
    const [closing] = await closingsOfConversation(ledger, 'c1', 'live');
    expect(closing).toMatchObject({
      state: 'suppressed',
      reopenedAt: at(20),
      reasons: [{ code: 'reopened' }],
    });
    expect((await story(ledger, closing!.id)).history).toMatchObject([
      { transition: 'suppress', from: 'pending', at: at(5000) },
    ]);
  });

  test('the same for a source that is asked', async () => {
    const ledger = await freshLedger();
    await recordReopening(ledger, { conversationId: 'c1', reopenedAt: at(20) });
    expect(await reported(ledger, 'c1', 0)).toMatchObject({ state: 'suppressed', reopenedAt: at(20) });
    expect(await reported(ledger, 'c1', 21)).toMatchObject({ state: 'pending', reopenedAt: null });
  });

  test('the earliest reopening at or after a closing is its own, in whichever order they are reported', async () => {
    const ledger = await freshLedger();
    await recordEvents(ledger, [closed(0), reopened(500), reopened(90), reopened(300)], 'live');
    expect(await rows(ledger)).toEqual([over(0, 90)]);
  });

  test('a closing that would be tried again is over, too; one that waits for a person stays', async () => {
    const ledger = await freshLedger();
    const error = { code: 'network', message: 'broken', hint: 'again' };
    await recordEvents(ledger, [closed(0, 'c1'), closed(0, 'c2'), closed(0, 'c3')], 'live');
    await recordFailure(ledger, `c1@${at(0)}`, here, at(5), error, at(100));
    await recordFailure(ledger, `c2@${at(0)}`, here, at(5), error, null);
    await cancelClosing(ledger, `c3@${at(0)}`, at(5));
    await recordEvents(ledger, [reopened(20, 'c1'), reopened(20, 'c2'), reopened(20, 'c3')], 'live');
    expect(await closingById(ledger, `c1@${at(0)}`)).toMatchObject({
      state: 'suppressed',
      reasons: [{ code: 'reopened' }],
    });
    expect(await closingById(ledger, `c2@${at(0)}`)).toMatchObject({ state: 'failed', reopenedAt: at(20) });
    expect((await closingById(ledger, `c3@${at(0)}`))?.reasons).toMatchObject([{ code: 'cancelled' }]);
  });
});

describe('a reopening that is reported after two closings within 60 s were taken for one', () => {
  test('the later closing waits on its own', async () => {
    const ledger = await freshLedger();
    await recordEvents(ledger, [closed(0), closed(30)], 'live');
    expect(await rows(ledger)).toEqual([waits(0)]);
    const { changed } = await recordReopening(ledger, { conversationId: 'c1', reopenedAt: at(15) });
    expect(changed.map(({ id, state }) => [id, state])).toEqual([
      [`c1@${at(0)}`, 'suppressed'],
      [`c1@${at(30)}`, 'pending'],
    ]);
    expect(await rows(ledger)).toEqual([over(0, 15), waits(30)]);
    expect(await recordEvents(ledger, [closed(0), closed(30), reopened(15)], 'live')).toEqual([
      'known',
      'known',
      'known',
    ]);
  });

  test('the row of the later one stays, and the earlier one is over', async () => {
    const ledger = await freshLedger();
    await recordEvents(ledger, [closed(30), closed(0), reopened(15)], 'live');
    expect(await rows(ledger)).toEqual([over(0, 15), waits(30)]);
  });

  test('the later one keeps the customer', async () => {
    const ledger = await freshLedger();
    await recordEvents(
      ledger,
      [closed(0), { ...closed(30), customerId: null } as LedgerEvent, reopened(15)],
      'live',
    );
    expect((await closingsOfConversation(ledger, 'c1', 'live')).map(({ customerId }) => customerId)).toEqual([
      'customer-1',
      'customer-1',
    ]);
  });

  test('a survey decided before the later closing does not cover that one', async () => {
    const ledger = await freshLedger();
    await recordEvents(ledger, [closed(0)], 'live');
    await survey(ledger, `c1@${at(0)}`, at(10));
    await recordEvents(ledger, [closed(30), reopened(15)], 'live');
    expect(await rows(ledger)).toEqual([{ closedAt: at(0), reopenedAt: at(15), state: 'sent' }, waits(30)]);
  });

  test('a survey decided after both covers both: there is no second one', async () => {
    const ledger = await freshLedger();
    await recordEvents(ledger, [closed(0), closed(30)], 'live');
    await survey(ledger, `c1@${at(0)}`, at(40));
    await recordEvents(ledger, [reopened(15)], 'live');
    const [later] = await closingsOfConversation(ledger, 'c1', 'live');
    expect(later).toMatchObject({
      closedAt: at(30),
      state: 'suppressed',
      reasons: [{ code: 'already_surveyed' }],
    });
  });

  test('a trial decided after both covers both in its own lane alone: the live one waits for its survey', async () => {
    const ledger = await freshLedger();
    for (const lane of ['live', 'trial'] as const) await recordEvents(ledger, [closed(0), closed(30)], lane);
    await survey(ledger, `c1@${at(0)}#trial`, at(40), 'outbox');
    await recordEvents(ledger, [reopened(15)], 'live');
    expect(await rows(ledger)).toEqual([over(0, 15), waits(30)]);
    expect(await rows(ledger, 'trial')).toEqual([
      { closedAt: at(0), reopenedAt: at(15), state: 'sent' },
      { closedAt: at(30), reopenedAt: null, state: 'suppressed' },
    ]);
  });

  test('a report of a row that was surveyed makes no other', async () => {
    const ledger = await freshLedger();
    await recordEvents(ledger, [closed(0)], 'live');
    await survey(ledger, `c1@${at(0)}`, at(10));
    expect(await recordEvents(ledger, [closed(40), closed(-40), closed(0)], 'live')).toEqual([
      'known',
      'known',
      'known',
    ]);
    expect(await rows(ledger)).toHaveLength(1);
  });
});

/** The closings of one conversation, each reported with up to two times, and the reopenings between them. */
interface Life {
  closings: { times: number[]; reopenedAt: number | null }[];
  events: LedgerEvent[];
}

const step = fc.oneof(fc.integer({ min: 1, max: 40_000 }), fc.integer({ min: 1, max: 400_000 }));

/** Times in milliseconds. A closing's other times stay within 25 s of it and before its reopening. */
const life: fc.Arbitrary<Life> = fc
  .record({
    steps: fc.array(
      fc.record({
        open: step,
        echo: fc.option(fc.integer({ min: 1, max: 25_000 }), { nil: null }),
        closed: step,
      }),
      { minLength: 1, maxLength: 5 },
    ),
    isOpenAtTheEnd: fc.boolean(),
  })
  .map(({ steps, isOpenAtTheEnd }) => {
    const closings: Life['closings'] = [];
    let now = 0;
    steps.forEach(({ open, echo, closed: length }, index) => {
      const closedAt = now + open;
      const times = echo === null ? [closedAt] : [closedAt, closedAt + echo];
      const last = index === steps.length - 1;
      const reopenedAt = last && !isOpenAtTheEnd ? null : Math.max(...times) + length;
      closings.push({ times, reopenedAt });
      now = reopenedAt ?? 0;
    });
    const events = closings.flatMap(({ times, reopenedAt }) => [
      ...times.map((ms) => closed(ms / 1000)),
      ...(reopenedAt === null ? [] : [reopened(reopenedAt / 1000)]),
    ]);
    return { closings, events };
  });

/** Reports in any order, some of them twice, with work done on the queue in between. */
const reports = life.chain(({ closings, events }) =>
  fc
    .record({
      repeats: fc.subarray(events),
      works: fc.array(fc.constantFrom('survey' as const, 'source' as const), { maxLength: 3 }),
    })
    .chain(({ repeats, works }) => {
      const all: (LedgerEvent | 'survey' | 'source')[] = [...events, ...repeats, ...works];
      return fc.record({
        closings: fc.constant(closings),
        order: fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
      });
    }),
);

/** The events of each run belong to another conversation, so that all runs can share a ledger. */
function conversations(): () => string {
  let number = 0;
  return () => `conversation-${(number += 1)}`;
}

async function report(ledger: Ledger, event: LedgerEvent, bySource: boolean): Promise<void> {
  if (!bySource) await recordEvents(ledger, [event], 'live');
  else if (event.kind === 'reopened') await recordReopening(ledger, event);
  else await recordClosing(ledger, { ...event, lane: 'live', source: 'report' });
}

async function rowOfTime(ledger: Ledger, rowsKnown: readonly Closing[], ms: number): Promise<Closing[]> {
  const kept = await ledger.read((db) =>
    db
      .selectFrom('closing_reports')
      .select('closing_id')
      .where('closed_at', '=', at(ms / 1000))
      .where('conversation_id', '=', rowsKnown[0]?.conversationId ?? '')
      .execute(),
  );
  const ids = new Set(kept.map(({ closing_id }) => closing_id));
  return rowsKnown.filter(({ id, closedAt }) => closedAt === at(ms / 1000) || ids.has(id));
}

describe('any order', () => {
  test('of events, some of them twice, ends in the same rows', async () => {
    const ledger = isOnServer ? await freshLedger() : await opened(':memory:');
    const nextConversation = conversations();
    await fc.assert(
      fc.asyncProperty(reports, async ({ closings, order }) => {
        const conversationId = nextConversation();
        let bySource = false;
        for (const event of order) {
          if (event === 'source') bySource = !bySource;
          else if (event !== 'survey') await report(ledger, { ...event, conversationId }, bySource);
          else {
            const waiting = (await closingsOfConversation(ledger, conversationId, 'live')).filter(
              ({ state }) => state === 'pending',
            );
            for (const { id } of waiting) await survey(ledger, id, at(10_000));
          }
        }
        const known = await closingsOfConversation(ledger, conversationId, 'live');
        expect(known).toHaveLength(closings.length);
        for (const { times, reopenedAt } of closings) {
          const found = (await Promise.all(times.map((ms) => rowOfTime(ledger, known, ms)))).flat();
          const [row, ...others] = [...new Set(found)];
          expect(others).toEqual([]);
          expect(row?.reopenedAt).toBe(reopenedAt === null ? null : at(reopenedAt / 1000));
          if (reopenedAt === null) expect(row?.reasons.map(({ code }) => code)).not.toContain('reopened');
          else expect(['sent', 'suppressed']).toContain(row?.state);
        }
        const surveyed = known.filter(({ state }) => state === 'sent');
        expect(new Set(surveyed.map(({ surveyId }) => surveyId)).size).toBe(surveyed.length);
        // A closing that no reopening followed waits, was surveyed, or is covered by a survey decided after it.
        const lasting = known.find(({ reopenedAt }) => reopenedAt === null);
        if (lasting?.state === 'suppressed') {
          expect(lasting.reasons).toMatchObject([{ code: 'already_surveyed' }]);
          expect(surveyed.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: often(600, 40) },
    );
  });

  test('without work in between even the states are the same', async () => {
    const orders = life.chain(({ events }) => {
      const whole = { minLength: events.length, maxLength: events.length };
      return fc.tuple(
        fc.constant(events),
        fc.shuffledSubarray(events, whole),
        fc.array(fc.constantFrom(...events)),
      );
    });
    const ledger = isOnServer ? await freshLedger() : await opened(':memory:');
    const nextConversation = conversations();
    const endOf = async (events: readonly LedgerEvent[]): Promise<unknown[]> => {
      const conversationId = nextConversation();
      await recordEvents(
        ledger,
        events.map((event) => ({ ...event, conversationId })),
        'live',
      );
      const closings = await closingsOfConversation(ledger, conversationId, 'live');
      return closings.map(({ reopenedAt, state }) => ({ reopenedAt, state }));
    };
    await fc.assert(
      fc.asyncProperty(orders, async ([events, shuffled, repeated]) => {
        expect(await endOf([...repeated, ...shuffled])).toEqual(await endOf(events));
      }),
      { numRuns: often(600, 40) },
    );
  });
});

// A server has no line of waiting work.
onFiles(() =>
  test('an event that Gladly waits for does not wait for the work that is lined up', async () => {
    const ledger = await freshLedger();
    const order: string[] = [];
    const work = (name: string): Promise<unknown> =>
      ledger
        .write('ledger', (trx) => trx.selectFrom('closings').selectAll().execute())
        .then(() => order.push(name));
    await Promise.all([
      ...['1', '2', '3', '4', '5'].map(work),
      recordEvents(ledger, [closed(0)], 'live').then(() => order.push('event')),
    ]);
    expect(order).toEqual(['1', 'event', '2', '3', '4', '5']);
  }),
);
