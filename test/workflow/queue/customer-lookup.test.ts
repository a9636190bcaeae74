import { expect, test, vi } from 'vitest';
import type { Customer } from '../../../src/gladly/resources/customers.ts';
import { recordClosing } from '../../../src/store/closings/closing-reports.ts';
import { customerLookup } from '../../../src/workflow/queue/customer-lookup.ts';
import { queueOf } from '../../../src/workflow/queue/due-closings.ts';
import type { Services } from '../../../src/workflow/context/services.ts';
import { workQueue, type NextWork } from '../../../src/workflow/queue/work-queue.ts';
import { faultyProxy } from '../../support/faulty-proxy.ts';
import {
  backfillNamed,
  iso,
  minute,
  unlimited,
  world,
  type ServicesChanges,
  type World,
} from '../support.ts';

/** A closing whose customer gets another address in Gladly once `onRead`, which gets the count of reads, says so. */
async function moving(own: World, onRead: (count: number) => boolean) {
  const id = await own.tell({ customer: { email: 'old@example.org' } });
  own.time.now += minute;
  const email = { original: 'new@example.org', normalized: 'new@example.org', primary: true };
  const { origin, seen } = await faultyProxy(own.sandbox.origin, (request, count) =>
    request.includes('/customer-profiles/') && onRead(count)
      ? { status: 200, body: JSON.stringify({ id: request.split('/').at(-1), emails: [email] }) }
      : 'pass',
  );
  const services = (changes: ServicesChanges = {}): Services => own.services({ origin, ...changes });
  const reads = (): number => seen.filter((request) => request.includes('/customer-profiles/')).length;
  return { id, services, reads };
}

const addresses = ({ sandbox }: World): string[] => sandbox.mailbox().map(({ to }) => to);

test('what was scheduled goes to the address that the customer has when it leaves, in the same run', async () => {
  const own = await world();
  let moved = false;
  const { id, services, reads } = await moving(own, () => moved);
  const later = services({ policy: { delay: 20 * minute } });
  const closedAt = iso(own.time.now - minute);
  const seenAt = iso(own.time.now);
  await recordClosing(own.ledger, {
    conversationId: id,
    customerId: null,
    closedAt,
    lane: 'live',
    source: 'webhook',
    seenAt,
  });
  const queue = queueOf(later);
  let waited = false;
  const next: NextWork = async (ended) => {
    const work = await queue(ended);
    if (work !== null || waited) return work;
    waited = true;
    await vi.waitFor(async () => expect(await own.closings()).toMatchObject([{ state: 'scheduled' }]), 5000);
    moved = true;
    own.time.now += 21 * minute;
    return queue(ended);
  };
  await workQueue(later, next, unlimited, () => undefined);
  expect(addresses(own)).toEqual(['new@example.org']);
  expect(reads()).toBe(2);
});

test('what is decided again, because the read grew old, is decided on a customer read again', async () => {
  const own = await world();
  const { id, services, reads } = await moving(own, (count) => {
    if (count === 1) own.time.now += 3 * minute;
    return count > 1;
  });
  await backfillNamed(services(), [id]);
  expect(addresses(own)).toEqual(['new@example.org']);
  expect(reads()).toBe(2);
});

function lookup() {
  const time = { now: 0 };
  const waiting: ((fail: boolean) => void)[] = [];
  const client = {
    getCustomer: (id: string) =>
      new Promise<{ customer: Customer }>((resolve, reject) => {
        const customer = { id, name: String(waiting.length), emails: [], phones: [] };
        waiting.push((fail) => (fail ? reject(new Error('gone')) : resolve({ customer })));
      }),
  };
  const steps = { run: (_: string, work: () => unknown) => work() };
  const ask = customerLookup({ client, clock: () => time.now } as never);
  return { time, waiting, ask: (again: boolean) => ask('k1', { again, steps: steps as never }) };
}

test('one customer is asked for once in half an hour; for a decision made again, once in two minutes', async () => {
  const { time, waiting, ask } = lookup();
  const first = ask(false);
  waiting[0]!(false);
  time.now += 2 * minute - 1;
  expect(await ask(true)).toBe(await first);
  time.now += 1;
  expect(await ask(false)).toBe(await first);
  const second = ask(true);
  waiting[1]!(false);
  expect(await second).toMatchObject({
    customer: { name: '1' },
    customerReadAt: new Date(time.now).toISOString(),
  });
  time.now += 30 * minute - 1;
  expect(await ask(false)).toBe(await second);
  time.now += 1;
  void ask(false);
  expect(waiting).toHaveLength(3);
});

test('an older question that fails late does not make a newer answer forgotten', async () => {
  const { time, waiting, ask } = lookup();
  const first = ask(false);
  time.now += 3 * minute;
  const second = ask(true);
  waiting[1]!(false);
  waiting[0]!(true);
  await expect(first).rejects.toThrow('gone');
  expect(await ask(false)).toBe(await second);
  expect(waiting).toHaveLength(2);
});

test('of two closings of one customer, minutes apart in one run, the second one asks the address that is theirs then', async () => {
  const own = await world();
  const { id, services } = await moving(own, (count) => count > 1);
  const other = await own.tell({ customer: { email: 'old@example.org' } });
  own.time.now += minute;
  const run = services({ policy: { suppressionDays: 0 } });
  const queue = queueOf(run);
  for (const conversationId of [id, other]) {
    const seenAt = iso(own.time.now);
    await recordClosing(own.ledger, {
      conversationId,
      customerId: null,
      closedAt: seenAt,
      lane: 'live',
      source: 'webhook',
      seenAt,
    });
  }
  let taken = 0;
  const next: NextWork = async (ended) => {
    taken += 1;
    if (taken > 2) return null;
    if (taken === 2) {
      await vi.waitFor(() => expect(addresses(own)).toEqual(['old@example.org']), 5000);
      own.time.now += 3 * minute;
    }
    return queue(ended);
  };
  await workQueue(
    { ...run, settings: { ...run.settings, ratePercent: 1 } },
    next,
    unlimited,
    () => undefined,
  );
  expect(addresses(own)).toEqual(['old@example.org', 'new@example.org']);
});
