import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { createIntake, type Intake } from '../../../src/workflow/serving/intake.ts';
import { failureOf } from '../../gladly/local-gladly.ts';
import { hour, iso, minute, noon, world, type World } from '../support.ts';

const closed = (conversationId: string, at = noon): unknown => ({
  type: 'CONVERSATION/CLOSED',
  timestamp: iso(at),
  content: { conversationId, customerId: 'customer' },
});

interface Told {
  intake: Intake;
  stored: () => number;
  ignored: string[];
  transactions: () => number;
}

function intakeOf(own: World): Told {
  let [stored, transactions] = [0, 0];
  const ignored: string[] = [];
  const ledger: Ledger = {
    ...own.ledger,
    write(...given) {
      transactions += 1;
      return own.ledger.write(...given);
    },
  };
  const intake = createIntake(own.services({ ledger }), {
    onStored: () => (stored += 1),
    onIgnored: (type) => ignored.push(type),
  });
  return { intake, stored: () => stored, ignored, transactions: () => transactions };
}

test('an event is in the ledger when it is accepted', async () => {
  const own = await world();
  const { intake, stored } = intakeOf(own);
  expect(await intake.accept(closed('one'))).toBe('stored');
  expect(await own.closings()).toMatchObject([
    { conversationId: 'one', state: 'pending', closedAt: iso(noon), source: 'webhook', dueAt: null },
  ]);
  expect(stored()).toBe(1);
});

test('events that arrive together share writes, and all are kept', async () => {
  const own = await world();
  const { intake, transactions } = intakeOf(own);
  const names = Array.from({ length: 300 }, (_, number) => `conversation ${number}`);
  await Promise.all(names.map((name) => intake.accept(closed(name))));
  expect(new Set((await own.closings()).map(({ conversationId }) => conversationId))).toEqual(new Set(names));
  expect(transactions()).toBeGreaterThan(0);
  expect(transactions()).toBeLessThanOrEqual(3);
});

test('a reopening calls off what waits', async () => {
  const own = await world();
  const { intake } = intakeOf(own);
  await intake.accept(closed('one'));
  const content = { conversationId: 'one' };
  await intake.accept({ type: 'CONVERSATION/REOPENED', timestamp: iso(noon + 1000), content });
  expect(await own.closings()).toMatchObject([{ state: 'suppressed', reasons: [{ code: 'reopened' }] }]);
});

test('a time that cannot be read is the time of arrival', async () => {
  const own = await world();
  const { intake } = intakeOf(own);
  await intake.accept({
    type: 'CONVERSATION/CLOSED',
    timestamp: 'yesterday',
    content: { conversationId: 'one' },
  });
  expect(await own.closings()).toMatchObject([{ closedAt: iso(own.time.now) }]);
});

test.each([
  '2099-01-01T00:00:00.000Z',
  '1970-01-01T00:00:00.000Z',
  iso(noon - 25 * hour),
  iso(noon + 2 * minute),
])('an event of %s happened when it arrived', async (timestamp) => {
  const own = await world();
  const { intake } = intakeOf(own);
  const told = { timestamp, content: { conversationId: 'one' } };
  await intake.accept({ type: 'CONVERSATION/CLOSED', ...told });
  expect(await own.closings()).toMatchObject([{ closedAt: iso(own.time.now), state: 'pending' }]);
  own.time.now += 1000;
  await intake.accept({ type: 'CONVERSATION/REOPENED', ...told });
  expect(await own.closings()).toMatchObject([{ reopenedAt: iso(own.time.now), state: 'suppressed' }]);
});

test('a ping and other events are answered, and leave nothing', async () => {
  const own = await world();
  const { intake, ignored, stored } = intakeOf(own);
  expect(await intake.accept({ type: 'PING' })).toBe('ping');
  expect(await intake.accept({ type: 'TASK/CREATED', content: {} })).toBe('ignored');
  expect([ignored, stored(), await own.closings()]).toEqual([['TASK/CREATED'], 0, []]);
});

test('what is no event is refused', async () => {
  const { intake } = intakeOf(await world());
  const refused = await failureOf(intake.accept({ type: 'CONVERSATION/CLOSED', content: {} }));
  expect(refused).toMatchObject({ kind: 'contract', code: 'webhook_event_invalid' });
});

test('what a full disk does not take is not accepted, and later events are', async () => {
  const own = await world();
  const { intake, stored } = intakeOf(own);
  await own.ledger.write('ledger', (trx) => sql`PRAGMA max_page_count = 1`.execute(trx));
  const long = 'x'.repeat(400);
  const refused = await Promise.allSettled(
    Array.from({ length: 200 }, (_, number) => intake.accept(closed(`${long} ${number}`))),
  );
  const kinds = refused.map((result) =>
    result.status === 'rejected' ? (result.reason as { kind: string }).kind : 'accepted',
  );
  expect(kinds).toContain('ledger');
  const accepted = kinds.filter((kind) => kind === 'accepted').length;
  expect(await own.closings()).toHaveLength(accepted);
  expect(accepted === 0).toBe(stored() === 0);
  await own.ledger.write('ledger', (trx) => sql`PRAGMA max_page_count = 1000000`.execute(trx));
  expect(await intake.accept(closed('after'))).toBe('stored');
});

test('an event that can not be written for a reason of its own does not take the others with it', async () => {
  const own = await world();
  const { intake, stored } = intakeOf(own);
  await own.ledger.write('ledger', (trx) =>
    sql`CREATE TRIGGER defect BEFORE INSERT ON closings WHEN NEW.conversation_id = 'broken'
    BEGIN SELECT RAISE(ABORT, 'a defect'); END`.execute(trx),
  );
  const [broken, whole] = await Promise.allSettled([
    intake.accept(closed('broken')),
    intake.accept(closed('whole')),
  ]);
  expect(broken).toMatchObject({
    status: 'rejected',
    reason: { message: expect.stringContaining('a defect') },
  });
  expect(whole).toEqual({ status: 'fulfilled', value: 'stored' });
  expect(await own.closings()).toMatchObject([{ conversationId: 'whole' }]);
  expect(stored()).toBe(1);
});
