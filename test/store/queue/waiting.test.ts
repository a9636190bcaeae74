import Database from 'libsql';
import { expect, test, vi } from 'vitest';
import type { Closing } from '../../../src/store/closings/closing.ts';
import { closingById, recordClosing } from '../../../src/store/closings/closings.ts';
import { recordFailure, recordDelivery } from '../../../src/store/queue/decisions.ts';
import type { Ledger } from '../../../src/store/open.ts';
import { endPauses, newerWaiting } from '../../../src/store/queue/waiting.ts';
import { at, freshLedger, here, leaving, scheduled, sighted } from '../support.ts';

const error = { code: 'network', message: 'broken', hint: 'again' };
const ask = (ledger: Ledger, { closedAt }: Closing, seconds = 1000) =>
  newerWaiting(ledger, { customerId: 'customer-1', closedAt }, at(seconds), 'smtp');

async function ofOneCustomer({ db }: Ledger): Promise<void> {
  await db.updateTable('closings').set({ customer_id: 'customer-1' }).execute();
}

test('the newest of a customer that waits is named, and no older one', async () => {
  const ledger = await freshLedger();
  const oldest = await sighted(ledger, 'c1', 0);
  const middle = await sighted(ledger, 'c2', 100);
  const newest = await sighted(ledger, 'c3', 200);
  await ofOneCustomer(ledger);
  expect([await ask(ledger, oldest), await ask(ledger, middle), await ask(ledger, newest)]).toEqual([
    newest.id,
    newest.id,
    null,
  ]);
});

test('closings that are done, not due, or of others do not count', async () => {
  const ledger = await freshLedger();
  const own = await sighted(ledger, 'c1', -1000);
  const { id } = await leaving(ledger, 'sent');
  await recordDelivery(ledger, id, at(20), { status: 'sent', externalId: null });
  await scheduled(ledger, 'later', { dueAt: at(5000), closedAtSeconds: 100 });
  const failed = await sighted(ledger, 'failed', 200);
  await recordFailure(ledger, failed.id, here, at(300), error, at(5000));
  await ofOneCustomer(ledger);
  const stranger = { conversationId: 'c9', customerId: 'customer-9', closedAt: at(400) };
  await recordClosing(ledger, { ...stranger, source: 'events', seenAt: at(400) });
  expect(await ask(ledger, own)).toBeNull();
  expect(await ask(ledger, own, 6000)).toBe(failed.id);
});

test('a closing of nobody known waits for none', async () => {
  const ledger = await freshLedger();
  const unknown = { customerId: null, source: 'events' as const, seenAt: at(5) };
  const first = await recordClosing(ledger, { ...unknown, conversationId: 'c1', closedAt: at(0) });
  await recordClosing(ledger, { ...unknown, conversationId: 'c2', closedAt: at(100) });
  expect(await newerWaiting(ledger, first.closing, at(1000), 'smtp')).toBeNull();
});

test('a trial does not wait for what a real delivery scheduled, which it is never given', async () => {
  const ledger = await freshLedger();
  const own = await sighted(ledger, 'c1', -1000);
  const real = await scheduled(ledger, 'c2', { provider: 'smtp', dueAt: at(10) });
  await ofOneCustomer(ledger);
  expect(await newerWaiting(ledger, { ...own, customerId: 'customer-1' }, at(1000), 'outbox')).toBeNull();
  expect(await ask(ledger, own)).toBe(real.id);
});

test('it is found by an index: a ledger may hold a million', async () => {
  const ledger = await freshLedger();
  const own = await sighted(ledger, 'c1');
  const prepared = vi.spyOn(Database.prototype, 'prepare');
  await ask(ledger, own);
  const [sql] = prepared.mock.calls.map(([text]) => text).filter((text) => text.includes('"customer_id" ='));
  prepared.mockRestore();
  const reader = new Database(ledger.location);
  const plan = reader.prepare(`EXPLAIN QUERY PLAN ${sql!}`).all('a', 'b', 'c', 1) as { detail: string }[];
  reader.close();
  expect(plan.map(({ detail }) => detail).join('\n')).toMatch(/SEARCH closings USING INDEX/);
});

test('the pauses after failures end, within the stretch alone; other waiting goes on', async () => {
  const ledger = await freshLedger();
  const failed = await sighted(ledger, 'failed', 100);
  await recordFailure(ledger, failed.id, here, at(300), error, at(5000));
  const tooOld = await sighted(ledger, 'too old', -100);
  await recordFailure(ledger, tooOld.id, here, at(300), error, at(5000));
  const hopeless = await sighted(ledger, 'hopeless', 110);
  await recordFailure(ledger, hopeless.id, here, at(300), error, null);
  const held = await leaving(ledger, 'held up');
  const notSent = { status: 'not_sent', temporary: true, retryAt: at(5000), error } as const;
  await recordDelivery(ledger, held.id, at(20), notSent);
  const later = await scheduled(ledger, 'later', { dueAt: at(4000), closedAtSeconds: 120 });
  await endPauses(ledger, { since: at(0), until: at(1000) }, at(400));
  const due = async ({ id }: { id: string }): Promise<string | null> =>
    (await closingById(ledger, id))!.dueAt;
  expect([await due(failed), await due(held)]).toEqual([at(400), at(400)]);
  expect([await due(tooOld), await due(hopeless), await due(later)]).toEqual([at(5000), null, at(4000)]);
});
