import { expect, test } from 'vitest';
import { closingById } from '../../src/store/closings/closings.ts';
import { directoryCache } from '../../src/store/directories.ts';
import {
  isUnsubscribed,
  listUnsubscribes,
  resubscribe,
  unsubscribe,
} from '../../src/store/addresses/unsubscribes.ts';
import { at, freshLedger, leaving, opened, scheduled, temporaryPlace } from './support.ts';

test('an unsubscribed address stays so, until it is subscribed again', async () => {
  const location = temporaryPlace();
  const ledger = await opened(location);
  expect(await isUnsubscribed(ledger, 'kim@example.com')).toBe(false);
  await unsubscribe(ledger, 'kim@example.com', at(0), 'page');
  await unsubscribe(ledger, 'kim@example.com', at(9), 'mail');
  const other = await opened(location);
  expect(await isUnsubscribed(other, 'kim@example.com')).toBe(true);
  expect(await isUnsubscribed(other, 'kim@example.org')).toBe(false);
  const rows = await ledger.read((db) => db.selectFrom('unsubscribes').selectAll().execute());
  expect(rows).toEqual([{ address: 'kim@example.com', at: at(0), source: 'page' }]);
  expect(await resubscribe(ledger, 'kim@example.com')).toBe(true);
  expect(await resubscribe(ledger, 'kim@example.com')).toBe(false);
  expect(await isUnsubscribed(other, 'kim@example.com')).toBe(false);
});

test('unsubscribing stops what is scheduled for the address and nothing else', async () => {
  const ledger = await freshLedger();
  const waiting = await scheduled(ledger, 'c1', { address: 'kim@example.com' });
  const gone = await leaving(ledger, 'c2', { address: 'kim@example.com' });
  const other = await scheduled(ledger, 'c3', { address: 'lee@example.com' });
  expect(await unsubscribe(ledger, 'kim@example.com', at(30), 'page')).toMatchObject({
    isNew: true,
    suppressed: [{ id: waiting.id, state: 'suppressed', reasons: [{ code: 'unsubscribed' }] }],
  });
  expect(await unsubscribe(ledger, 'kim@example.com', at(40), 'page')).toEqual({
    isNew: false,
    suppressed: [],
  });
  expect((await closingById(ledger, gone.id))?.state).toBe('sending');
  expect((await closingById(ledger, other.id))?.state).toBe('scheduled');
});

test('directories are kept by kind and id, the last answer counts', async () => {
  const ledger = await freshLedger();
  const cache = directoryCache(ledger);
  expect(await cache.read('agents', '')).toBeNull();
  await cache.write('agents', '', [{ id: 'a1', name: 'A\0da' }], at(0));
  await cache.write('topics', '', [], at(1));
  await cache.write('agents', 'a9', null, at(2));
  expect(await cache.read('agents', '')).toEqual({ body: [{ id: 'a1', name: 'A\0da' }], fetchedAt: at(0) });
  await cache.write('agents', '', { changed: true }, at(3));
  expect(await cache.read('agents', '')).toEqual({ body: { changed: true }, fetchedAt: at(3) });
  expect(await cache.read('agents', 'a9')).toEqual({ body: null, fetchedAt: at(2) });
  expect(await cache.read('topics', '')).toEqual({ body: [], fetchedAt: at(1) });
});

test('the unsubscribed are listed, the newest first', async () => {
  const ledger = await freshLedger();
  expect(await listUnsubscribes(ledger)).toEqual([]);
  await unsubscribe(ledger, 'kim@example.com', at(0), 'page');
  await unsubscribe(ledger, '+14155550100', at(5), 'operator');
  await unsubscribe(ledger, 'kim@example.com', at(9), 'operator');
  expect(await listUnsubscribes(ledger)).toEqual([
    { address: '+14155550100', at: at(5), source: 'operator' },
    { address: 'kim@example.com', at: at(0), source: 'page' },
  ]);
});
