import { expect, test } from 'vitest';
import { closingById } from '../../../src/store/closings/closings.ts';
import { isUnsubscribed } from '../../../src/store/addresses/unsubscribes.ts';
import {
  resubscribeAddress,
  unsubscribeAddress,
  unsubscribedAddresses,
} from '../../../src/workflow/operator/unsubscribed-addresses.ts';
import { at, freshLedger, scheduled } from '../../store/support.ts';

test('an operator unsubscribes an address however it is written, and takes it back; repeats change nothing', async () => {
  const ledger = await freshLedger();
  const waiting = await scheduled(ledger, 'c1', { address: 'kim@example.com' });
  const first = await unsubscribeAddress(ledger, ' Kim@Example.COM ', at(20));
  expect(first).toEqual({
    address: 'kim@example.com',
    unsubscribed: true,
    changed: true,
    suppressed: [waiting.id],
  });
  expect((await closingById(ledger, waiting.id))?.state).toBe('suppressed');
  expect(await unsubscribeAddress(ledger, 'kim@example.com', at(30))).toEqual({
    ...first,
    changed: false,
    suppressed: [],
  });
  expect(await unsubscribedAddresses(ledger)).toEqual([
    { address: 'kim@example.com', at: at(20), source: 'operator' },
  ]);
  const back = { address: 'kim@example.com', unsubscribed: false, suppressed: [] };
  expect(await resubscribeAddress(ledger, 'KIM@example.com')).toEqual({ ...back, changed: true });
  expect(await resubscribeAddress(ledger, 'kim@example.com')).toEqual({ ...back, changed: false });
  expect(await isUnsubscribed(ledger, 'kim@example.com')).toBe(false);
});

test('a phone number is one number, however it is written', async () => {
  const ledger = await freshLedger();
  await unsubscribeAddress(ledger, '+1 (415) 555-0100', at(0));
  expect(await isUnsubscribed(ledger, '+14155550100')).toBe(true);
  expect((await resubscribeAddress(ledger, '+1.415.555.0100')).changed).toBe(true);
});

test.each([
  'Kim Lee <kim@example.com>',
  'mailto:kim@example.com',
  'kim\uff20example.com',
  '<kim@example.com>',
])('an address is one mailbox as it is copied from a mail program: %j', async (typed) => {
  const ledger = await freshLedger();
  expect((await unsubscribeAddress(ledger, typed, at(0))).address).toBe('kim@example.com');
  expect(await isUnsubscribed(ledger, 'kim@example.com')).toBe(true);
  expect((await resubscribeAddress(ledger, typed)).changed).toBe(true);
});

test.each([
  'kim@bücher.example.',
  '"kim"@bücher.example',
  'kim@bücher。example',
  'mailto:kim@b%C3%BCcher.example',
  'mailto:%6bim@xn--bcher-kva.example',
])('an address that `surveys show` finds is one that can be unsubscribed: %j', async (typed) => {
  const ledger = await freshLedger();
  const address = 'kim@xn--bcher-kva.example';
  expect((await unsubscribeAddress(ledger, typed, at(0))).address).toBe(address);
  expect(await isUnsubscribed(ledger, address)).toBe(true);
  expect((await resubscribeAddress(ledger, typed)).changed).toBe(true);
});

test.each([
  '',
  'kim@example.com/path',
  'kim@xn--a.example',
  'mailto:kim%2Clee@example.com',
  '1-415-555-0100',
  'lee@example.com <kim@example.com>',
  'kim',
  'kim@',
  '4155550100',
  '+0123456',
  '+1415555010012345',
  'kim@example.com, lee@example.com',
])('%j is refused', async (typed) => {
  const ledger = await freshLedger();
  const refusal = { kind: 'usage', code: 'address_invalid' };
  await expect(unsubscribeAddress(ledger, typed, at(0))).rejects.toMatchObject(refusal);
  await expect(resubscribeAddress(ledger, typed)).rejects.toMatchObject(refusal);
  expect(await unsubscribedAddresses(ledger)).toEqual([]);
});
