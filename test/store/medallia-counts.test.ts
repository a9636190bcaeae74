import { expect, test } from 'vitest';
import { unsubscribe } from '../../src/store/addresses/unsubscribes.ts';
import { recordReopening } from '../../src/store/closings/reopenings.ts';
import { forget } from '../../src/store/erase/forget.ts';
import type { Ledger } from '../../src/store/ledger/ledger.ts';
import {
  countOf,
  countsDue,
  dropCount,
  dueCount,
  markCountLeaving,
  openCounts,
  postponeCount,
  recordCountOutcome,
} from '../../src/store/medallia/counts.ts';
import { pauseSending } from '../../src/store/closings/pause.ts';
import { cancelClosing, retryClosing } from '../../src/store/queue/acts.ts';
import { decideClosing } from '../../src/store/queue/decisions.ts';
import type { ReasonCode } from '../../src/domain/closing/reason.ts';
import type { Lane } from '../../src/domain/values/lanes.ts';
import { at, freshLedger, here, nothingRead, reported, scheduled, toSend } from './support.ts';

const error = { code: 'medallia_network', message: 'cut', hint: '' };

interface Suppressing {
  code?: ReasonCode;
  countsUnasked?: boolean;
  lane?: Lane;
}

/** @returns the id of a closing that is suppressed */
async function suppressed(ledger: Ledger, conversationId: string, given: Suppressing = {}): Promise<string> {
  const { code = 'opt_out_topic', countsUnasked = true, lane = 'live' } = given;
  const { id } = await reported(ledger, conversationId, 0, 5, lane);
  const times = { at: at(10), address: null, since: null };
  const input = { closingId: id, worker: here, ...times, reading: nothingRead, countsUnasked };
  await decideClosing(ledger, input, () => ({ suppress: [{ code, detail: '' }] }));
  return id;
}

test('what is to count is written with the suppression, where it is wanted and has ended', async () => {
  const ledger = await freshLedger();
  const id = await suppressed(ledger, 'c1');
  await suppressed(ledger, 'c2', { countsUnasked: false });
  await suppressed(ledger, 'c3', { lane: 'trial' });
  for (const code of ['not_closed', 'reopened', 'already_surveyed', 'too_old', 'forgotten'] as const)
    await suppressed(ledger, `not ${code}`, { code });
  expect(await countsDue(ledger, 100, at(10))).toEqual([id]);
  expect(await countsDue(ledger, 100, at(9))).toEqual([]);
  expect((await dueCount(ledger, id))?.closing.state).toBe('suppressed');
});

test('so is what a newer closing, a person, or the customer ends', async () => {
  const ledger = await freshLedger();
  const address = 'kim@example.org';
  const displaced = await scheduled(ledger, 'c1', { address });
  const newer = await reported(ledger, 'c2', 20);
  const times = { at: at(30), address, since: at(-900) };
  await decideClosing(
    ledger,
    { closingId: newer.id, worker: here, ...times, reading: nothingRead, countsUnasked: true },
    () => toSend(newer.id, at(40), 'smtp', [displaced.id]),
  );
  await unsubscribe(ledger, address, at(31), 'page', true);
  const cancelled = await scheduled(ledger, 'c3');
  await cancelClosing(ledger, cancelled.id, at(32), true);
  const reopened = await scheduled(ledger, 'c4');
  await recordReopening(ledger, { conversationId: 'c4', reopenedAt: at(33) });
  expect(await countsDue(ledger, 100, at(60))).toEqual([displaced.id, newer.id, cancelled.id]);
  expect(await countOf(ledger, reopened.id)).toBeNull();
});

test('a request that was begun is never begun again, and what Agent Connect shows settles it', async () => {
  const ledger = await freshLedger();
  const id = await suppressed(ledger, 'c1');
  expect(await markCountLeaving(ledger, id, at(20))).toBe(true);
  expect(await markCountLeaving(ledger, id, at(21))).toBe(false);
  // A process that finds the count like this after a crash learns that it may have left.
  expect(await dueCount(ledger, id)).toMatchObject({ count: { state: 'leaving' } });
  await recordCountOutcome(ledger, id, { state: 'uncertain', at: at(22), error });
  expect(await markCountLeaving(ledger, id, at(23))).toBe(false);
  expect(await countsDue(ledger, 100, at(900))).toEqual([]);
  expect(await openCounts(ledger)).toMatchObject({ count: 0, uncertain: 1 });
  expect(await recordCountOutcome(ledger, id, { state: 'counted', at: at(30), error: null })).toBe(true);
  expect(await recordCountOutcome(ledger, id, { state: 'uncertain', at: at(31), error })).toBe(false);
  expect(await countOf(ledger, id)).toMatchObject({ state: 'counted', error: null });
  expect(await openCounts(ledger)).toEqual({
    count: 0,
    failed: 0,
    oldestAt: null,
    uncertain: 0,
    leftOut: 0,
  });
});

test('nothing leaves of a closing that is decided again, and one that counts is not told twice', async () => {
  const ledger = await freshLedger();
  const id = await suppressed(ledger, 'c1');
  await retryClosing(ledger, id, at(20));
  expect(await markCountLeaving(ledger, id, at(21))).toBe(false);
  expect(await countOf(ledger, id)).toBeNull();
  const again = { closingId: id, worker: here, at: at(30), address: null, since: null, countsUnasked: true };
  const suppress = () => ({ suppress: [{ code: 'opt_out_topic', detail: '' }] as const });
  await decideClosing(ledger, { ...again, reading: nothingRead }, suppress);
  expect(await markCountLeaving(ledger, id, at(31))).toBe(true);
  await recordCountOutcome(ledger, id, { state: 'counted', at: at(32), error: null });
  await retryClosing(ledger, id, at(33));
  await decideClosing(ledger, { ...again, reading: nothingRead }, suppress);
  expect(await countOf(ledger, id)).toMatchObject({ state: 'counted' });
  await dropCount(ledger, id);
  expect(await countOf(ledger, id)).toMatchObject({ state: 'counted' });
});

test('a pause holds it, a failed try is kept, and what cannot be told is tried where it is suppressed again', async () => {
  const ledger = await freshLedger();
  const id = await suppressed(ledger, 'c1');
  await pauseSending(ledger, { pausedAt: at(11), until: at(20), reason: null });
  await expect(markCountLeaving(ledger, id, at(15))).rejects.toMatchObject({ code: 'sending_paused' });
  expect(await markCountLeaving(ledger, id, at(21))).toBe(true);
  await postponeCount(ledger, id, { dueAt: at(50), error });
  expect(await countsDue(ledger, 100, at(49))).toEqual([]);
  expect(await openCounts(ledger)).toMatchObject({ count: 1, failed: 1, oldestAt: at(10) });
  expect(await dueCount(ledger, id)).toMatchObject({ count: { tries: 1, error } });
  await recordCountOutcome(ledger, id, { state: 'left_out', at: at(51), error });
  expect(await openCounts(ledger)).toMatchObject({ count: 0, leftOut: 1 });
  await retryClosing(ledger, id, at(60));
  const input = { closingId: id, worker: here, at: at(70), address: null, since: null, countsUnasked: true };
  await decideClosing(ledger, { ...input, reading: nothingRead }, () => ({
    suppress: [{ code: 'opt_out_topic', detail: '' }],
  }));
  expect(await countOf(ledger, id)).toMatchObject({ state: 'due', tries: 0, dueAt: at(70) });
});

test('nobody is told of a customer who was forgotten', async () => {
  const ledger = await freshLedger();
  const id = await suppressed(ledger, 'c1');
  const who = { customerId: 'customer of c1', address: 'customer of c1' };
  expect(await forget(ledger, who, { at: at(20), keepCards: true })).toMatchObject({ done: true });
  expect(await countOf(ledger, id)).toBeNull();
  expect(await markCountLeaving(ledger, id, at(21))).toBe(false);
});
