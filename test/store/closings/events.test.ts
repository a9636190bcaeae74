import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DeliveryName } from '../../../src/domain/delivery.ts';
import type { Closing } from '../../../src/store/closings/closing.ts';
import {
  closingById,
  closingsOfConversation,
  recordClosing,
  recordReopening,
} from '../../../src/store/closings/closings.ts';
import { claimClosing } from '../../../src/store/queue/claims.ts';
import {
  cancelClosing,
  decideClosing,
  markLeaving,
  recordFailure,
  recordDelivery,
} from '../../../src/store/queue/decisions.ts';
import { recordEvents, type LedgerEvent } from '../../../src/store/closings/events.ts';
import { within, type Ledger } from '../../../src/store/open.ts';
import { story } from '../../../src/store/closings/story.ts';
import { at, freshLedger, here, noFacts, opened, sighted, toSend } from '../support.ts';

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
async function rows(ledger: Ledger, conversationId = 'c1'): Promise<unknown[]> {
  const closings = await closingsOfConversation(ledger, conversationId);
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
  const input = { closingId: id, worker: here, at: decidedAt, address: null, since: null, facts: noFacts };
  await decideClosing(ledger, input, () => toSend(id, decidedAt, provider));
  await markLeaving(ledger, id, here, decidedAt);
  await recordDelivery(ledger, id, decidedAt, { status: 'sent', externalId: null });
}

describe('events', () => {
  test('tell what was new', async () => {
    const ledger = await freshLedger();
    const events = [closed(0), closed(0), closed(30), closed(0, 'c2'), reopened(40), reopened(40)];
    expect(await recordEvents(ledger, events)).toEqual(['new', 'known', 'known', 'new', 'reopened', 'known']);
    expect(await recordEvents(ledger, [])).toEqual([]);
  });

  test('of one batch are written all or none', async () => {
    const ledger = await freshLedger();
    const broken = { ...closed(0, 'c2'), closedAt: 'soon' } as LedgerEvent;
    await expect(recordEvents(ledger, [closed(0), broken])).rejects.toThrow(/soon/);
    expect(await rows(ledger)).toEqual([]);
  });

  test('name a new closing as any source does, by its time in UTC', async () => {
    const ledger = await freshLedger();
    const event = { ...closed(0), closedAt: '2026-11-22T11:00:00.0004+01:00' } as LedgerEvent;
    await recordEvents(ledger, [event]);
    const [closing] = await closingsOfConversation(ledger, 'c1');
    expect(closing).toMatchObject({ id: `c1@${at(0)}`, closedAt: at(0), source: 'webhook', dueAt: null });
  });

  test('a reopening told before its closing ends it', async () => {
    const ledger = await freshLedger();
    expect(await recordEvents(ledger, [reopened(20), closed(0)])).toEqual(['reopened', 'new']);
    const [closing] = await closingsOfConversation(ledger, 'c1');
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
    expect(await sighted(ledger, 'c1', 0)).toMatchObject({ state: 'suppressed', reopenedAt: at(20) });
    expect(await sighted(ledger, 'c1', 21)).toMatchObject({ state: 'pending', reopenedAt: null });
  });

  test('the earliest reopening at or after a closing is its own, in whichever order they are told', async () => {
    const ledger = await freshLedger();
    await recordEvents(ledger, [closed(0), reopened(500), reopened(90), reopened(300)]);
    expect(await rows(ledger)).toEqual([over(0, 90)]);
  });

  test('a closing that would be tried again is over, too; one that waits for a person stays', async () => {
    const ledger = await freshLedger();
    const error = { code: 'network', message: 'broken', hint: 'again' };
    await recordEvents(ledger, [closed(0, 'c1'), closed(0, 'c2'), closed(0, 'c3')]);
    await recordFailure(ledger, `c1@${at(0)}`, here, at(5), error, at(100));
    await recordFailure(ledger, `c2@${at(0)}`, here, at(5), error, null);
    await cancelClosing(ledger, `c3@${at(0)}`, at(5));
    await recordEvents(ledger, [reopened(20, 'c1'), reopened(20, 'c2'), reopened(20, 'c3')]);
    expect(await closingById(ledger, `c1@${at(0)}`)).toMatchObject({
      state: 'suppressed',
      reasons: [{ code: 'reopened' }],
    });
    expect(await closingById(ledger, `c2@${at(0)}`)).toMatchObject({ state: 'failed', reopenedAt: at(20) });
    expect((await closingById(ledger, `c3@${at(0)}`))?.reasons).toMatchObject([{ code: 'cancelled' }]);
  });
});

describe('a reopening that is told after two closings within 60 s were taken for one', () => {
  test('the later closing waits on its own', async () => {
    const ledger = await freshLedger();
    await recordEvents(ledger, [closed(0), closed(30)]);
    expect(await rows(ledger)).toEqual([waits(0)]);
    const { changed } = await recordReopening(ledger, { conversationId: 'c1', reopenedAt: at(15) });
    expect(changed.map(({ id, state }) => [id, state])).toEqual([
      [`c1@${at(0)}`, 'suppressed'],
      [`c1@${at(30)}`, 'pending'],
    ]);
    expect(await rows(ledger)).toEqual([over(0, 15), waits(30)]);
    expect(await recordEvents(ledger, [closed(0), closed(30), reopened(15)])).toEqual([
      'known',
      'known',
      'known',
    ]);
  });

  test('the row of the later one stays, and the earlier one is over', async () => {
    const ledger = await freshLedger();
    await recordEvents(ledger, [closed(30), closed(0), reopened(15)]);
    expect(await rows(ledger)).toEqual([over(0, 15), waits(30)]);
  });

  test('the later one keeps the customer', async () => {
    const ledger = await freshLedger();
    await recordEvents(ledger, [closed(0), { ...closed(30), customerId: null } as LedgerEvent, reopened(15)]);
    expect((await closingsOfConversation(ledger, 'c1')).map(({ customerId }) => customerId)).toEqual([
      'customer-1',
      'customer-1',
    ]);
  });

  test('a survey decided on before the later closing does not ask about that one', async () => {
    const ledger = await freshLedger();
    await recordEvents(ledger, [closed(0)]);
    await survey(ledger, `c1@${at(0)}`, at(10));
    await recordEvents(ledger, [closed(30), reopened(15)]);
    expect(await rows(ledger)).toEqual([{ closedAt: at(0), reopenedAt: at(15), state: 'sent' }, waits(30)]);
  });

  test('a survey decided on after both asks about both: there is no second one', async () => {
    const ledger = await freshLedger();
    await recordEvents(ledger, [closed(0), closed(30)]);
    await survey(ledger, `c1@${at(0)}`, at(40));
    await recordEvents(ledger, [reopened(15)]);
    const [later] = await closingsOfConversation(ledger, 'c1');
    expect(later).toMatchObject({
      closedAt: at(30),
      state: 'suppressed',
      reasons: [{ code: 'already_surveyed' }],
    });
  });

  test('but a trial asks nobody: the later one waits for its own survey', async () => {
    const ledger = await freshLedger();
    await recordEvents(ledger, [closed(0), closed(30)]);
    await survey(ledger, `c1@${at(0)}`, at(40), 'outbox');
    await recordEvents(ledger, [reopened(15)]);
    expect(await rows(ledger)).toEqual([{ closedAt: at(0), reopenedAt: at(15), state: 'sent' }, waits(30)]);
  });

  test('a sighting that means a row already surveyed makes no other', async () => {
    const ledger = await freshLedger();
    await recordEvents(ledger, [closed(0)]);
    await survey(ledger, `c1@${at(0)}`, at(10));
    expect(await recordEvents(ledger, [closed(40), closed(-40), closed(0)])).toEqual([
      'known',
      'known',
      'known',
    ]);
    expect(await rows(ledger)).toHaveLength(1);
  });
});

/** Closings of one conversation, each told with up to two times, and the reopening between each and the next. */
interface Life {
  closings: { times: number[]; reopenedAt: number | null }[];
  events: LedgerEvent[];
}

const step = fc.oneof(fc.integer({ min: 1, max: 40_000 }), fc.integer({ min: 1, max: 400_000 }));

/** Milliseconds. Other times of a closing stay within 25 s of it and before its reopening. */
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

/** What is told, in any order and some of it twice, with work done on the queue in between. */
const told = life.chain(({ closings, events }) =>
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

/** The events of each run are of another conversation, so that all runs can share a ledger. */
function conversations(): () => string {
  let number = 0;
  return () => `conversation-${(number += 1)}`;
}

async function tell(ledger: Ledger, event: LedgerEvent, bySource: boolean): Promise<void> {
  if (!bySource) await recordEvents(ledger, [event]);
  else if (event.kind === 'reopened') await recordReopening(ledger, event);
  else await recordClosing(ledger, { ...event, source: 'report' });
}

async function rowOfTime(ledger: Ledger, rowsKnown: readonly Closing[], ms: number): Promise<Closing[]> {
  const kept = await ledger.db
    .selectFrom('sightings')
    .select('closing_id')
    .where('closed_at', '=', at(ms / 1000))
    .where('conversation_id', '=', rowsKnown[0]?.conversationId ?? '')
    .execute();
  const ids = new Set(kept.map(({ closing_id }) => closing_id));
  return rowsKnown.filter(({ id, closedAt }) => closedAt === at(ms / 1000) || ids.has(id));
}

describe('any order', () => {
  test('of events, some told twice, ends in the same rows', async () => {
    const ledger = await opened(':memory:');
    const nextConversation = conversations();
    await fc.assert(
      fc.asyncProperty(told, async ({ closings, order }) => {
        const conversationId = nextConversation();
        let bySource = false;
        for (const event of order) {
          if (event === 'source') bySource = !bySource;
          else if (event !== 'survey') await tell(ledger, { ...event, conversationId }, bySource);
          else {
            const waiting = (await closingsOfConversation(ledger, conversationId)).filter(
              ({ state }) => state === 'pending',
            );
            for (const { id } of waiting) await survey(ledger, id, at(10_000));
          }
        }
        const known = await closingsOfConversation(ledger, conversationId);
        expect(known).toHaveLength(closings.length);
        for (const { times, reopenedAt } of closings) {
          const found = (await Promise.all(times.map((ms) => rowOfTime(ledger, known, ms)))).flat();
          const [row, ...others] = [...new Set(found)];
          expect(others).toEqual([]);
          expect(row?.reopenedAt).toBe(reopenedAt === null ? null : at(reopenedAt / 1000));
          if (reopenedAt === null) expect(row?.reasons.map(({ code }) => code)).not.toContain('reopened');
          else expect(['sent', 'suppressed']).toContain(row?.state);
        }
        const asked = known.filter(({ state }) => state === 'sent');
        expect(new Set(asked.map(({ surveyId }) => surveyId)).size).toBe(asked.length);
        // A closing that no reopening followed waits, was asked about, or was by a survey that came after it.
        const lasting = known.find(({ reopenedAt }) => reopenedAt === null);
        if (lasting?.state === 'suppressed') {
          expect(lasting.reasons).toMatchObject([{ code: 'already_surveyed' }]);
          expect(asked.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 600 },
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
    const ledger = await opened(':memory:');
    const nextConversation = conversations();
    const endOf = async (events: readonly LedgerEvent[]): Promise<unknown[]> => {
      const conversationId = nextConversation();
      await recordEvents(
        ledger,
        events.map((event) => ({ ...event, conversationId })),
      );
      const closings = await closingsOfConversation(ledger, conversationId);
      return closings.map(({ reopenedAt, state }) => ({ reopenedAt, state }));
    };
    await fc.assert(
      fc.asyncProperty(orders, async ([events, shuffled, repeated]) => {
        expect(await endOf([...repeated, ...shuffled])).toEqual(await endOf(events));
      }),
      { numRuns: 600 },
    );
  });
});

test('an event that Gladly waits for does not wait for the work that is lined up', async () => {
  const ledger = await freshLedger();
  const order: string[] = [];
  const work = (name: string): Promise<unknown> =>
    within(ledger, (trx) => trx.selectFrom('closings').selectAll().execute()).then(() => order.push(name));
  await Promise.all([
    ...['1', '2', '3', '4', '5'].map(work),
    recordEvents(ledger, [closed(0)]).then(() => order.push('event')),
  ]);
  expect(order).toEqual(['1', 'event', '2', '3', '4', '5']);
});
