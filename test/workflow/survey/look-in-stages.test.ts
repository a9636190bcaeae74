import { describe, expect, test } from 'vitest';
import { recordClosing } from '../../../src/store/closings/closing-reports.ts';
import { recordReopening } from '../../../src/store/closings/reopenings.ts';
import { queueOf } from '../../../src/workflow/queue/due-closings.ts';
import { workQueue } from '../../../src/workflow/queue/work-queue.ts';
import { hour, iso, minute, noon, unlimited, world, type World } from '../support.ts';

async function work({ services }: World): Promise<void> {
  const own = services({ policy: { suppressionDays: 0 } });
  await workQueue(own, queueOf(own), unlimited, () => undefined);
}

async function hear({ ledger, time }: World, conversationId: string, closedAt: number): Promise<void> {
  await recordClosing(ledger, {
    conversationId,
    customerId: null,
    closedAt: iso(closedAt),
    lane: 'live',
    source: 'webhook',
    seenAt: iso(time.now),
  });
}

describe('a closing that is told of with a later time than the conversation tells', () => {
  test('is that closing: it is surveyed, and once, when other sources tell its own time', async () => {
    const own = await world();
    const id = await own.tell({});
    own.time.now += hour;
    await hear(own, id, own.time.now);
    await work(own);
    expect(await own.closings()).toMatchObject([{ closedAt: iso(noon + hour), state: 'sent' }]);
    await hear(own, id, noon);
    await hear(own, id, noon + minute / 2);
    await work(own);
    expect(await own.closings()).toHaveLength(1);
    expect(own.sandbox.mailbox()).toHaveLength(1);
  });

  test('is the closing of the row that has its own time, if there is one', async () => {
    const own = await world();
    const id = await own.tell({});
    await hear(own, id, noon);
    await work(own);
    own.time.now += hour;
    await hear(own, id, own.time.now);
    await work(own);
    expect(await own.closings()).toMatchObject([
      { state: 'suppressed', reasons: [{ code: 'already_surveyed' }] },
      { state: 'sent' },
    ]);
    expect(own.sandbox.mailbox()).toHaveLength(1);
  });

  test('is another one when a reopening between is known: the read is behind, and is waited for', async () => {
    const own = await world();
    const id = await own.tell({});
    own.time.now += hour;
    await recordReopening(own.ledger, { conversationId: id, reopenedAt: iso(noon + 30 * minute) });
    await hear(own, id, own.time.now);
    await work(own);
    expect(await own.closings()).toMatchObject([{ state: 'pending', reasons: [] }]);
    own.time.now += 11 * minute;
    await work(own);
    expect(await own.closings()).toMatchObject([{ state: 'suppressed', reasons: [{ code: 'reopened' }] }]);
    expect(own.sandbox.mailbox()).toEqual([]);
  });
});
