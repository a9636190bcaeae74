import { DatabaseSync } from '@photostructure/sqlite';
import { expect, test, vi } from 'vitest';
import type { Closing } from '../../../src/domain/closing/closing.ts';
import { closingById } from '../../../src/store/closings/closings.ts';
import { recordClosing } from '../../../src/store/closings/closing-reports.ts';
import { recordFailure, recordDelivery } from '../../../src/store/queue/decisions.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { endBackOffs, newerWaiting } from '../../../src/store/queue/waiting.ts';
import { engine } from '../../support/engine.ts';
import { at, freshLedger, here, leaving, scheduled, reported, onFiles } from '../support.ts';

const error = { code: 'network', message: 'broken', hint: 'again' };
const ask = (ledger: Ledger, { closedAt, lane }: Closing, seconds = 1000) =>
  newerWaiting(ledger, { customerId: 'customer-1', closedAt, lane }, at(seconds));

async function ofOneCustomer(ledger: Ledger): Promise<void> {
  await ledger.write('ledger', (trx) =>
    trx.updateTable('closings').set({ customer_id: 'customer-1' }).execute(),
  );
}

test('the newest of a customer that waits is named, and no older one', async () => {
  const ledger = await freshLedger();
  const oldest = await reported(ledger, 'c1', 0);
  const middle = await reported(ledger, 'c2', 100);
  const newest = await reported(ledger, 'c3', 200);
  await ofOneCustomer(ledger);
  expect([await ask(ledger, oldest), await ask(ledger, middle), await ask(ledger, newest)]).toEqual([
    newest.id,
    newest.id,
    null,
  ]);
});

test('closings that are done, not due, or of others do not count', async () => {
  const ledger = await freshLedger();
  const own = await reported(ledger, 'c1', -1000);
  const { id } = await leaving(ledger, 'sent');
  await recordDelivery(ledger, id, at(20), { status: 'sent', externalId: null }, 0);
  await scheduled(ledger, 'later', { dueAt: at(5000), closedAtSeconds: 100 });
  const failed = await reported(ledger, 'failed', 200);
  await recordFailure(ledger, failed.id, here, at(300), error, at(5000));
  await ofOneCustomer(ledger);
  const stranger = { conversationId: 'c9', customerId: 'customer-9', closedAt: at(400) };
  await recordClosing(ledger, { ...stranger, lane: 'live', source: 'events', seenAt: at(400) });
  expect(await ask(ledger, own)).toBeNull();
  expect(await ask(ledger, own, 6000)).toBe(failed.id);
});

test('a closing of an unknown customer waits for none', async () => {
  const ledger = await freshLedger();
  const unknown = { lane: 'live', customerId: null, source: 'events', seenAt: at(5) } as const;
  const first = await recordClosing(ledger, { ...unknown, conversationId: 'c1', closedAt: at(0) });
  await recordClosing(ledger, { ...unknown, conversationId: 'c2', closedAt: at(100) });
  expect(await newerWaiting(ledger, first.closing, at(1000))).toBeNull();
});

test('a closing waits for none of the other lane, whose queue never hands it out', async () => {
  const ledger = await freshLedger();
  const live = await reported(ledger, 'c1', -1000);
  const trial = await reported(ledger, 'c1', -1000, -995, 'trial');
  const newerLive = await scheduled(ledger, 'c2', { provider: 'smtp', dueAt: at(10) });
  await ofOneCustomer(ledger);
  expect([await ask(ledger, live), await ask(ledger, trial)]).toEqual([newerLive.id, null]);
  const newerTrial = await scheduled(ledger, 'c3', {
    provider: 'outbox',
    dueAt: at(10),
    closedAtSeconds: 100,
  });
  await ofOneCustomer(ledger);
  expect([await ask(ledger, live), await ask(ledger, trial)]).toEqual([newerLive.id, newerTrial.id]);
});

onFiles(() =>
  test('it is found by an index: a ledger may hold a million', async () => {
    const ledger = await freshLedger();
    const own = await reported(ledger, 'c1');
    const prepared = vi.spyOn(engine, 'prepare');
    await ask(ledger, own);
    const [sql] = prepared.mock.calls
      .map(([text]) => text)
      .filter((text) => text.includes('"customer_id" ='));
    prepared.mockRestore();
    const reader = new DatabaseSync(ledger.location);
    const plan = reader.prepare(`EXPLAIN QUERY PLAN ${sql!}`).all('a', 'b', 'c', 'd') as {
      detail: string;
    }[];
    reader.close();
    expect(plan.map(({ detail }) => detail).join('\n')).toMatch(/SEARCH closings USING INDEX/);
  }),
);

test('the pauses after failures end, in the range and the lane alone; other waiting goes on', async () => {
  const ledger = await freshLedger();
  const due = async ({ id }: Closing): Promise<string | null> => (await closingById(ledger, id))!.dueAt;
  const failed = await reported(ledger, 'failed', 100);
  await recordFailure(ledger, failed.id, here, at(300), error, at(5000));
  const tooOld = await reported(ledger, 'too old', -100);
  await recordFailure(ledger, tooOld.id, here, at(300), error, at(5000));
  const hopeless = await reported(ledger, 'hopeless', 110);
  await recordFailure(ledger, hopeless.id, here, at(300), error, null);
  const held = await leaving(ledger, 'held up');
  const notSent = { status: 'not_sent', temporary: true, failure: error } as const;
  await recordDelivery(ledger, held.id, at(4940), notSent, 0);
  const later = await scheduled(ledger, 'later', { dueAt: at(4000), closedAtSeconds: 120 });
  const trial = await reported(ledger, 'failed', 100, 105, 'trial');
  await recordFailure(ledger, trial.id, here, at(300), error, at(5000));
  const before = [await due(failed), await due(held), await due(trial)];
  expect(before).toEqual([at(5000), at(5000), at(5000)]);
  await endBackOffs(ledger, { since: at(0), until: at(1000) }, 'live', at(400));
  expect([await due(failed), await due(held)]).toEqual([at(400), at(400)]);
  expect([await due(tooOld), await due(hopeless), await due(later)]).toEqual([at(5000), null, at(4000)]);
  expect(await due(trial)).toBe(at(5000));
});
