import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Closing } from '../../../src/domain/closing/closing.ts';
import { describe, expect, test } from 'vitest';
import {
  claimClosing,
  releaseClaim,
  renewClaim,
  resolveAbandonedSends,
  resolveInterruptedSend,
  stuckSends,
} from '../../../src/store/queue/claims.ts';
import { claimNextDue } from '../../../src/store/queue/next-due.ts';
import { closingById } from '../../../src/store/closings/closings.ts';
import { recordClosing } from '../../../src/store/closings/closing-reports.ts';
import { cancelClosing, retryClosing } from '../../../src/store/queue/acts.ts';
import {
  decideClosing,
  markLeaving,
  postponeClosing,
  recordFailure,
  recordDelivery,
} from '../../../src/store/queue/decisions.ts';
import { queueFigures } from '../../../src/store/views/counts.ts';
import { story } from '../../../src/store/views/story.ts';
import { currentWorker, type Worker } from '../../../src/store/ledger/workers.ts';
import {
  at,
  day,
  elsewhere,
  freshLedger,
  here,
  leaving,
  nothingRead,
  opened,
  scheduled,
  reported,
  startChild,
  temporaryPlace,
  toSend,
} from '../support.ts';

const error = { code: 'broken', message: 'It broke.', hint: 'Mend it.' };

async function endedWorker(): Promise<Worker> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return { ...here, pid: child.pid! };
}

describe('who may work', () => {
  test('this process is the same worker however often it is asked', () => {
    expect(currentWorker()).toEqual(here);
    expect(here.pid).toBe(process.pid);
  });

  test('a claim is exclusive, also within one process', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    const claims = await Promise.all([1, 2, 3].map(() => claimClosing(ledger, id, here, at(0))));
    // The server decides which claim is first.
    const refused = claims.filter(({ claimed }) => !claimed);
    expect(claims.filter(({ claimed }) => claimed)).toMatchObject([{ closing: { id } }]);
    expect(refused).toMatchObject([{ until: at(30) }, { until: at(30) }]);
    for (const claim of refused) {
      expect((claim as { heldBy: string }).heldBy).toContain(String(process.pid));
    }
  });

  test('a released closing is free, and only its holder can release it', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    await claimClosing(ledger, id, elsewhere, at(0));
    await releaseClaim(ledger, id, here);
    expect((await claimClosing(ledger, id, here, at(1))).claimed).toBe(false);
    await releaseClaim(ledger, id, elsewhere);
    expect(await claimClosing(ledger, id, here, at(1))).toMatchObject({ claimed: true });
  });

  test.each([
    [29.999, false],
    [30, true],
  ])('a claim of another host after %s s: free is %s', async (seconds, free) => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    await claimClosing(ledger, id, elsewhere, at(0));
    expect((await claimClosing(ledger, id, here, at(seconds))).claimed).toBe(free);
  });

  test('renewing holds it another 30 s; a lost claim is not renewed', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    await claimClosing(ledger, id, elsewhere, at(0));
    expect(await renewClaim(ledger, id, elsewhere, at(20))).toBe(true);
    expect((await claimClosing(ledger, id, here, at(49))).claimed).toBe(false);
    expect(await claimClosing(ledger, id, here, at(50))).toMatchObject({ claimed: true });
    expect(await renewClaim(ledger, id, elsewhere, at(51))).toBe(false);
  });

  test('this process keeps its claim, however late it renews it', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    await claimClosing(ledger, id, here, at(0));
    const other = { ...elsewhere, host: here.host };
    for (const seconds of [29, 31, 3600]) {
      expect((await claimClosing(ledger, id, other, at(seconds))).claimed).toBe(false);
      expect(await claimNextDue(ledger, here, at(seconds), 'live')).toBeNull();
      expect(await resolveAbandonedSends(ledger, at(seconds))).toEqual([]);
    }
  });

  test.each([
    [29.999, false],
    [30, true],
  ])(
    'a claim that a live process of this host does not renew for %s s, as a frozen one: free is %s',
    async (seconds, free) => {
      const location = temporaryPlace();
      const ledger = await opened(location);
      const { id } = await reported(ledger, 'c1');
      const child = await startChild({ action: 'take', location, now: at(0) });
      child.go();
      expect(await child.next()).toEqual([id]);
      expect((await claimNextDue(ledger, here, at(seconds), 'live'))?.id).toBe(free ? id : undefined);
      expect((await claimClosing(ledger, id, here, at(seconds))).claimed).toBe(false);
      // What the frozen process finds when it wakes up.
      const frozen = { ...here, pid: child.process.pid! };
      if (free)
        await expect(markLeaving(ledger, id, frozen, at(seconds))).rejects.toMatchObject({
          code: 'claim_lost',
        });
    },
  );

  test('a live process of this host whose message is leaving keeps its claim, however long it is frozen', async () => {
    const location = temporaryPlace();
    const ledger = await opened(location);
    const { id } = await scheduled(ledger, 'c1', { dueAt: at(0) });
    const child = await startChild({ action: 'leave', location, closingId: id, now: at(0) });
    child.go();
    expect(await child.next()).toBe('leaving');
    for (const seconds of [31, 3600]) {
      expect((await claimClosing(ledger, id, here, at(seconds))).claimed).toBe(false);
      expect(await claimNextDue(ledger, here, at(seconds), 'live')).toBeNull();
      expect(await resolveAbandonedSends(ledger, at(seconds))).toEqual([]);
    }
    expect(await stuckSends(ledger, at(60))).toEqual([]);
    expect(await stuckSends(ledger, at(61))).toEqual([
      { id, heldBy: expect.stringContaining(`process ${child.process.pid}`) as unknown },
    ]);
    expect((await queueFigures(ledger, at(61), 'live')).oldestClaimAt).toBe(at(0));
  });

  test('a dead process on this host loses it at once', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    await claimClosing(ledger, id, await endedWorker(), at(0));
    expect(await claimClosing(ledger, id, here, at(0.001))).toMatchObject({ claimed: true });
  });

  test('a process that got the pid of a dead one is not mistaken for it', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    await claimClosing(ledger, id, { ...here, startedAt: '1' }, at(0));
    expect(await claimClosing(ledger, id, here, at(1))).toMatchObject({ claimed: true });
  });

  test('the same pid in another container is another host', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    await claimClosing(ledger, id, { ...here, host: `${here.host}0`, startedAt: '1' }, at(0));
    expect((await claimClosing(ledger, id, here, at(1))).claimed).toBe(false);
  });
});

describe('the queue', () => {
  test('hands out what is due, the last due first, each once', async () => {
    const ledger = await freshLedger();
    const second = await reported(ledger, 'c2', 0, 20);
    const first = await scheduled(ledger, 'c1', { dueAt: at(10) });
    const third = await scheduled(ledger, 'c3', { dueAt: at(30) });
    await scheduled(ledger, 'c4', { dueAt: at(1000) });
    const taken = [];
    for (let time = 0; time < 4; time += 1)
      taken.push((await claimNextDue(ledger, here, at(100), 'live'))?.id ?? null);
    expect(taken).toEqual([third.id, second.id, first.id, null]);
  });

  test('what happens now does not wait for what a backfill found before', async () => {
    const ledger = await freshLedger();
    for (let number = 0; number < 50; number += 1) await reported(ledger, `old${number}`, number, 100);
    const { id } = await reported(ledger, 'new', 200, 205);
    expect((await claimNextDue(ledger, here, at(210), 'live'))?.id).toBe(id);
  });

  test('of one customer hands out one at a time, and of others meanwhile', async () => {
    const ledger = await freshLedger();
    const ofOne = async (number: number): Promise<string> => {
      const report = { lane: 'live', customerId: 'k', source: 'events', seenAt: at(100) } as const;
      const conversationId = `c${number}`;
      const { closing } = await recordClosing(ledger, { ...report, conversationId, closedAt: at(number) });
      return closing.id;
    };
    const [one, two] = [await ofOne(1), await ofOne(2)];
    const other = await reported(ledger, 'other', 0, 50);
    const first = await claimNextDue(ledger, here, at(110), 'live');
    expect([one, two]).toContain(first?.id);
    expect((await claimNextDue(ledger, here, at(110), 'live'))?.id).toBe(other.id);
    expect(await claimNextDue(ledger, here, at(110), 'live')).toBeNull();
    await releaseClaim(ledger, first!.id, here);
    expect([one, two]).toContain((await claimNextDue(ledger, here, at(110), 'live'))?.id);
  });

  test('those who claim at once take each closing once, and of one customer one', async () => {
    const ledger = await freshLedger();
    const customers = ['k1', 'k2', 'k3', 'k4', 'k5', 'k6'];
    for (const [number, customerId] of [...customers, ...customers, ...customers].entries()) {
      const report = { lane: 'live', source: 'events', closedAt: at(number), seenAt: at(100) } as const;
      await recordClosing(ledger, { ...report, conversationId: `c${number}`, customerId });
    }
    const taken: Closing[] = [];
    for (let round = 0; taken.length < 18 && round < 20; round += 1) {
      const claims = Array.from({ length: 10 }, () => claimNextDue(ledger, here, at(110), 'live'));
      const won = (await Promise.all(claims)).filter((closing) => closing !== null);
      const of = won.map(({ customerId }) => customerId);
      expect([...new Set(of)]).toEqual(of);
      for (const { id } of won) {
        await cancelClosing(ledger, id, at(120));
        await releaseClaim(ledger, id, here);
      }
      taken.push(...won);
    }
    expect(new Set(taken.map(({ id }) => id)).size).toBe(18);
    expect(taken).toHaveLength(18);
  });

  test('a time is reached when it is reached', async () => {
    const ledger = await freshLedger();
    const { id } = await scheduled(ledger, 'c1', { dueAt: at(60) });
    expect(await claimNextDue(ledger, here, at(59.999), 'live')).toBeNull();
    expect((await claimNextDue(ledger, here, at(60), 'live'))?.id).toBe(id);
  });

  test('a closing without a time is due even when the clock was put back', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1', 0, 5000);
    expect((await claimNextDue(ledger, here, at(0), 'live'))?.id).toBe(id);
  });

  test('a failed one comes back only with a time, and a postponed one when it has come', async () => {
    const ledger = await freshLedger();
    const again = await reported(ledger, 'c1');
    const never = await reported(ledger, 'c2');
    const later = await reported(ledger, 'c3');
    await recordFailure(ledger, again.id, here, at(10), error, at(100));
    await recordFailure(ledger, never.id, here, at(10), error, null);
    await postponeClosing(ledger, later.id, here, { at: at(10), dueAt: at(120) });
    expect(await claimNextDue(ledger, here, at(99), 'live')).toBeNull();
    expect(await claimNextDue(ledger, here, at(100), 'live')).toMatchObject({
      id: again.id,
      state: 'failed',
      attempts: 1,
    });
    expect(await claimNextDue(ledger, here, at(101), 'live')).toBeNull();
    expect((await claimNextDue(ledger, here, at(120), 'live'))?.id).toBe(later.id);
    await retryClosing(ledger, never.id, at(125));
    expect(await claimNextDue(ledger, here, at(125), 'live')).toMatchObject({
      id: never.id,
      attempts: 0,
      error: null,
    });
  });

  test('a postponed one that failed waits in the queue again, with what it failed of and its tries', async () => {
    const ledger = await freshLedger();
    for (const [conversationId, retryAt] of [
      ['again', at(50)],
      ['never', null],
    ] as const) {
      const { id } = await reported(ledger, conversationId);
      await recordFailure(ledger, id, here, at(10), error, retryAt);
      expect(await postponeClosing(ledger, id, here, { at: at(20), dueAt: at(120) })).toMatchObject({
        state: 'pending',
        dueAt: at(120),
        attempts: 1,
        error,
      });
      expect(await claimNextDue(ledger, here, at(119), 'live')).toBeNull();
      expect((await claimNextDue(ledger, here, at(120), 'live'))?.id).toBe(id);
    }
    const { id } = await leaving(ledger, 'leaving');
    await expect(postponeClosing(ledger, id, here, { at: at(20), dueAt: at(120) })).rejects.toMatchObject({
      code: 'closing_changed',
    });
  });

  test('what is settled never comes', async () => {
    const ledger = await freshLedger();
    await cancelClosing(ledger, (await reported(ledger, 'c1')).id, at(5));
    await leaving(ledger, 'c2');
    const sent = await leaving(ledger, 'c3');
    await recordDelivery(ledger, sent.id, at(20), { status: 'sent', externalId: null }, 0);
    expect(await claimNextDue(ledger, { ...elsewhere }, at(day), 'live')).toBeNull();
  });

  test('claims of the dead and of expired workers are handed out, those of the living are not', async () => {
    const ledger = await freshLedger();
    const dead = await reported(ledger, 'c1', 0, 1);
    const live = await reported(ledger, 'c2', 0, 2);
    const far = await reported(ledger, 'c3', 0, 3);
    await claimClosing(ledger, dead.id, await endedWorker(), at(5));
    await claimClosing(ledger, live.id, here, at(5));
    await claimClosing(ledger, far.id, elsewhere, at(5));
    expect((await claimNextDue(ledger, here, at(6), 'live'))?.id).toBe(dead.id);
    expect(await claimNextDue(ledger, here, at(34), 'live')).toBeNull();
    expect((await claimNextDue(ledger, here, at(35), 'live'))?.id).toBe(far.id);
    expect(await claimNextDue(ledger, here, at(35), 'live')).toBeNull();
  });

  test('two processes share the queue without taking anything twice', async () => {
    const location = temporaryPlace();
    const ledger = await opened(location);
    const ids = [];
    for (let number = 0; number < 60; number += 1) ids.push((await reported(ledger, `c${number}`)).id);
    const task = { action: 'take', location, now: at(100) } as const;
    // Both processes live until both have answered: the claims of an ended process would be handed out again.
    const children = await Promise.all([startChild(task), startChild(task)]);
    for (const child of children) child.go();
    const [one, other] = (await Promise.all(children.map((child) => child.next()))) as [string[], string[]];
    const both = [...one, ...other];
    expect(both.sort()).toEqual(ids.sort());
  });
});

describe('a worker that ended while a message was leaving', () => {
  test.each(['smtp', 'gladly-email', 'gladly-sms', 'medallia'] as const)(
    '%s: it may have left, so it is never repeated by itself',
    async (provider) => {
      const ledger = await freshLedger();
      const { id } = await leaving(ledger, 'c1', { provider, worker: await endedWorker() });
      const claim = await claimClosing(ledger, id, here, at(20));
      expect(claim).toMatchObject({ claimed: true, closing: { state: 'sending' } });
      const resolved = await resolveInterruptedSend(ledger, id, at(20));
      expect(resolved).toMatchObject({
        state: 'uncertain',
        error: { code: 'send_interrupted' },
        leftAt: at(12),
      });
      expect((await story(ledger, id)).messages).toMatchObject([
        { outcome: 'interrupted', settledAt: at(20) },
      ]);
      await releaseClaim(ledger, id, here);
      expect(await claimNextDue(ledger, here, at(day), 'live')).toBeNull();
    },
  );

  test('outbox: it does no harm twice, so it is repeated', async () => {
    const ledger = await freshLedger();
    const { id } = await leaving(ledger, 'c1', { provider: 'outbox', worker: await endedWorker() });
    await claimClosing(ledger, id, here, at(20));
    const resolved = await resolveInterruptedSend(ledger, id, at(20));
    expect(resolved).toMatchObject({ state: 'scheduled', dueAt: at(20), leftAt: null });
    await markLeaving(ledger, id, here, at(21));
    expect((await story(ledger, id)).messages.map(({ sequence, outcome }) => [sequence, outcome])).toEqual([
      [1, 'interrupted'],
      [2, null],
    ]);
  });

  test('handing out other work does not hide whose it was', async () => {
    const ledger = await freshLedger();
    const { id } = await leaving(ledger, 'c1', { worker: await endedWorker() });
    const { claimedBy } = (await closingById(ledger, id))!;
    expect(await claimNextDue(ledger, here, at(20), 'live')).toBeNull();
    expect(await closingById(ledger, id)).toMatchObject({ state: 'sending', claimedBy });
    expect(await claimClosing(ledger, id, here, at(20))).toMatchObject({ claimed: true });
  });

  test('resolving it twice changes nothing more', async () => {
    const ledger = await freshLedger();
    const closing = await leaving(ledger, 'c1');
    const first = await resolveInterruptedSend(ledger, closing.id, at(20));
    expect(await resolveInterruptedSend(ledger, closing.id, at(25))).toEqual(first);
  });

  test('every abandoned one is resolved, what is being sent is left alone', async () => {
    const ledger = await freshLedger();
    const abandoned = await leaving(ledger, 'c1', { worker: await endedWorker() });
    const far = await leaving(ledger, 'c2', { worker: elsewhere });
    const live = await leaving(ledger, 'c3');
    expect((await resolveAbandonedSends(ledger, at(20))).map(({ id }) => id)).toEqual([abandoned.id]);
    // Marking the message as leaving renewed the claim at 12 s.
    expect(await resolveAbandonedSends(ledger, at(41))).toEqual([]);
    await renewClaim(ledger, live.id, here, at(40));
    expect((await resolveAbandonedSends(ledger, at(42))).map(({ id }) => id)).toEqual([far.id]);
    expect((await closingById(ledger, live.id))?.state).toBe('sending');
  });

  test('a process killed while sending is found by the next run', async () => {
    const location = temporaryPlace();
    const ledger = await opened(location);
    const { id } = await scheduled(ledger, 'c1');
    const sender = await startChild({ action: 'leave', location, closingId: id, now: at(20) });
    sender.go();
    expect(await sender.next()).toBe('leaving');
    expect(await resolveAbandonedSends(ledger, at(21))).toEqual([]);
    sender.process.kill('SIGKILL');
    await sender.ended;
    expect(await resolveAbandonedSends(ledger, at(22))).toMatchObject([{ id, state: 'uncertain' }]);
  });
});

describe('a claim that was lost', () => {
  test('decides and sends nothing', async () => {
    const ledger = await freshLedger();
    const { id } = await scheduled(ledger, 'c1');
    await claimClosing(ledger, id, elsewhere, at(20));
    const input = {
      closingId: id,
      worker: here,
      at: at(21),
      address: 'a@example.com',
      since: null,
      reading: nothingRead,
    };
    const lost = { kind: 'ledger', code: 'claim_lost' };
    await expect(decideClosing(ledger, input, () => toSend(id, at(21)))).rejects.toMatchObject(lost);
    await expect(markLeaving(ledger, id, here, at(21))).rejects.toMatchObject(lost);
    await expect(postponeClosing(ledger, id, here, { at: at(21), dueAt: at(99) })).rejects.toMatchObject(
      lost,
    );
    expect(await closingById(ledger, id)).toMatchObject({ state: 'scheduled', dueAt: at(10) });
  });

  test('nothing leaves without a claim', async () => {
    const ledger = await freshLedger();
    const { id } = await scheduled(ledger, 'c1');
    await expect(markLeaving(ledger, id, here, at(21))).rejects.toMatchObject({ code: 'claim_lost' });
    expect((await story(ledger, id)).messages).toEqual([]);
  });
});

test('of two processes that want to send one closing, one does', async () => {
  const location = temporaryPlace();
  const ledger = await opened(location);
  const { id } = await scheduled(ledger, 'c1');
  const task = { action: 'leave', location, closingId: id, now: at(20) } as const;
  const senders = await Promise.all([startChild(task), startChild(task)]);
  for (const sender of senders) sender.go();
  const answers = await Promise.all(senders.map((sender) => sender.next()));
  expect(answers.filter((answer) => answer === 'leaving')).toHaveLength(1);
  expect((await story(ledger, id)).messages).toHaveLength(1);
});
