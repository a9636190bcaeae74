import { describe, expect, test } from 'vitest';
import type { ClosingState } from '../../../src/domain/closing/transitions.ts';
import type { DeliveryName } from '../../../src/domain/delivery.ts';
import { recordAnswer } from '../../../src/store/answers/answers.ts';
import { cardsDue } from '../../../src/store/answers/cards-due.ts';
import { claimNextDue, nextDueAt, releaseClaim } from '../../../src/store/queue/claims.ts';
import type { Closing } from '../../../src/store/closings/closing.ts';
import { closingById, recordClosing, recordReopening } from '../../../src/store/closings/closings.ts';
import {
  cancelClosing,
  decideClosing,
  recordFailure,
  retryClosing,
  recordDelivery,
} from '../../../src/store/queue/decisions.ts';
import { recordEvents } from '../../../src/store/closings/events.ts';
import type { Ledger } from '../../../src/store/open.ts';
import { story } from '../../../src/store/closings/story.ts';
import { countDue, queueFigures } from '../../../src/store/queue/counts.ts';
import { newerWaiting } from '../../../src/store/queue/waiting.ts';
import {
  at,
  freshLedger,
  here,
  leaving,
  noFacts,
  opened,
  scheduled,
  seenForReal,
  sighted,
  temporaryFile,
  toSend,
} from '../support.ts';

async function sent(ledger: Ledger, conversationId: string, provider: DeliveryName): Promise<Closing> {
  const { id } = await leaving(ledger, conversationId, { provider });
  await releaseClaim(ledger, id, here);
  return recordDelivery(ledger, id, at(20), { status: 'sent', externalId: 'x' });
}

/** A closing that only a trial has seen. */
async function tried(ledger: Ledger, conversationId: string, closedAtSeconds = 0): Promise<Closing> {
  const { closing } = await recordClosing(ledger, {
    conversationId,
    customerId: 'customer-1',
    closedAt: at(closedAtSeconds),
    source: 'events',
    seenAt: at(closedAtSeconds + 5),
    delivery: 'outbox',
  });
  return closing;
}

const untouched = {
  state: 'pending',
  provider: null,
  surveyId: null,
  address: null,
  dueAt: null,
  reasons: [],
};

describe('what only trials have seen, once it is seen for real,', () => {
  const verdict = (ledger: Ledger, id: string, code: 'no_address' | 'cancelled'): Promise<Closing> =>
    decideClosing(
      ledger,
      {
        closingId: id,
        worker: here,
        at: at(10),
        address: null,
        since: null,
        facts: noFacts,
        delivery: 'outbox',
      },
      () => ({ suppress: [{ code, detail: '' }] }),
    );

  test.each<[ClosingState, (ledger: Ledger) => Promise<Closing>]>([
    ['sent', (ledger) => sent(ledger, 'c1', 'outbox')],
    ['pending', (ledger) => tried(ledger, 'c1')],
    ['scheduled', (ledger) => scheduled(ledger, 'c1', { provider: 'outbox', dueAt: at(500) })],
    ['suppressed', async (ledger) => verdict(ledger, (await tried(ledger, 'c1')).id, 'no_address')],
    [
      'failed',
      async (ledger) => {
        const { id } = await tried(ledger, 'c1');
        const error = { code: 'outbox_full', message: 'full', hint: 'tidy up' };
        return recordFailure(ledger, id, here, at(10), error, at(70));
      },
    ],
  ])('begins anew: %s', async (state, stage) => {
    const ledger = await freshLedger();
    const closing = await stage(ledger);
    expect(closing).toMatchObject({ state, provider: 'outbox' });
    await seenForReal(ledger, closing.id, at(30));
    expect(await closingById(ledger, closing.id)).toMatchObject({ ...untouched, attempts: 0, error: null });
    expect((await claimNextDue(ledger, here, at(31), 'smtp'))?.id).toBe(closing.id);
    const { history } = await story(ledger, closing.id);
    expect(history.at(-1)).toMatchObject({ transition: 'supersede_trial', note: 'outbox was a trial' });
  });

  test('begins anew also where a webhook tells of it', async () => {
    const ledger = await freshLedger();
    const { id } = await sent(ledger, 'c1', 'outbox');
    const event = {
      kind: 'closed',
      conversationId: 'c1',
      customerId: null,
      closedAt: at(1),
      seenAt: at(30),
    } as const;
    expect(await recordEvents(ledger, [event], 'outbox')).toEqual(['known']);
    expect(await closingById(ledger, id)).toMatchObject({ state: 'sent' });
    expect(await recordEvents(ledger, [event], 'gladly-email')).toEqual(['known']);
    expect(await closingById(ledger, id)).toMatchObject(untouched);
  });

  test('gets no card of what was answered to the trial', async () => {
    const ledger = await freshLedger();
    const closing = await sent(ledger, 'c1', 'outbox');
    const given = { rating: 1, resolved: null, comment: 'tried', at: at(25), source: 'page' };
    await recordAnswer(ledger, { surveyId: closing.surveyId!, closingId: closing.id, ...given });
    expect(await cardsDue(ledger, 9)).toHaveLength(1);
    await seenForReal(ledger, closing.id, at(30));
    expect(await cardsDue(ledger, 9)).toEqual([]);
  });

  test('stays as it is where a person called it off, or its trial is under way', async () => {
    const ledger = await freshLedger();
    const closings = [
      await cancelClosing(ledger, (await tried(ledger, 'cancelled')).id, at(10)),
      await leaving(ledger, 'leaving', { provider: 'outbox' }),
      await sent(ledger, 'real', 'smtp'),
    ];
    const before = await Promise.all(closings.map(({ id }) => closingById(ledger, id)));
    for (const { id } of closings) await seenForReal(ledger, id, at(30));
    expect(await Promise.all(closings.map(({ id }) => closingById(ledger, id)))).toEqual(before);
  });

  test('is not taken back from a real delivery by who saw the trial late', async () => {
    const file = temporaryFile();
    const [one, other] = [await opened(file), await opened(file)];
    const seen = await sent(one, 'c1', 'outbox');
    await seenForReal(one, seen.id, at(30));
    const real = await sent(one, 'c1', 'smtp');
    expect(real.id).toBe(seen.id);
    await seenForReal(other, seen.id, at(40));
    expect(await closingById(one, seen.id)).toMatchObject({ state: 'sent', provider: 'smtp' });
  });
});

describe('the two queues', () => {
  test('never meet: each delivery takes, counts and waits for its own', async () => {
    const ledger = await freshLedger();
    const trial = await tried(ledger, 'trial', 100);
    const { closing: real } = await recordClosing(ledger, {
      conversationId: 'real',
      customerId: 'customer-1',
      closedAt: at(200),
      source: 'events',
      seenAt: at(205),
      delivery: 'smtp',
    });
    for (const [delivery, own] of [
      ['outbox', trial],
      ['smtp', real],
      ['gladly-sms', real],
    ] as const) {
      expect(await countDue(ledger, at(300), delivery)).toBe(1);
      expect(await queueFigures(ledger, at(300), delivery)).toMatchObject({
        due: 1,
        oldestDueAt: own.firstSeenAt,
      });
      expect(
        await newerWaiting(ledger, { customerId: 'customer-1', closedAt: at(0) }, at(300), delivery),
      ).toBe(own.id);
      const claimed = await claimNextDue(ledger, here, at(300), delivery);
      expect(claimed?.id).toBe(own.id);
      await releaseClaim(ledger, own.id, here);
    }
    await scheduled(ledger, 'later', { provider: 'outbox', dueAt: at(900) });
    expect(await nextDueAt(ledger, at(300), 'outbox')).toBe(at(900));
    expect(await nextDueAt(ledger, at(300), 'smtp')).toBeNull();
  });

  test('a trial decides on nothing that waits to be asked about for real, though it saw it before that', async () => {
    const ledger = await freshLedger();
    const { id } = await tried(ledger, 'c1');
    await seenForReal(ledger, id, at(20));
    const input = {
      closingId: id,
      worker: here,
      at: at(30),
      address: 'kim@example.com',
      since: null,
      facts: noFacts,
    };
    for (const decision of [
      toSend(id, at(30), 'outbox'),
      { suppress: [{ code: 'too_old', detail: '' } as const] },
    ]) {
      const deciding = decideClosing(ledger, { ...input, delivery: 'outbox' }, () => decision);
      await expect(deciding).rejects.toMatchObject({ code: 'closing_changed' });
    }
    expect(await closingById(ledger, id)).toMatchObject(untouched);
  });

  test('what a reopening parts stays in the queue that it was in', async () => {
    const ledger = await freshLedger();
    const { id } = await tried(ledger, 'c1');
    await tried(ledger, 'c1', 40);
    const { changed } = await recordReopening(ledger, { conversationId: 'c1', reopenedAt: at(20) });
    expect(changed.map(({ state, provider }) => [state, provider])).toEqual([
      ['suppressed', 'outbox'],
      ['pending', 'outbox'],
    ]);
    expect(changed[0]?.id).toBe(id);
  });

  test('a person moves a closing from the one to the other', async () => {
    const ledger = await freshLedger();
    const { id } = await sighted(ledger, 'c1');
    for (const [delivery, provider] of [
      ['outbox', 'outbox'],
      [undefined, 'outbox'],
      ['smtp', null],
      [undefined, null],
    ] as const) {
      await decideClosing(
        ledger,
        { closingId: id, worker: here, at: at(10), address: null, since: null, facts: noFacts },
        () => ({ suppress: [{ code: 'too_old', detail: '' }] }),
      );
      expect(await retryClosing(ledger, id, at(20), delivery)).toMatchObject({ state: 'pending', provider });
    }
  });
});
