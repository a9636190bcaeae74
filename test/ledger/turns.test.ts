import { describe, expect, test } from 'vitest';
import { recordEvents } from '../../src/ledger/events.ts';
import { within } from '../../src/ledger/open.ts';
import { createTurns, type TurnOrder } from '../../src/ledger/turns.ts';
import { at, freshLedger } from './support.ts';

describe('turns', () => {
  test('are given one at a time, in the order of asking, to those ahead first', async () => {
    const turns = createTurns();
    const order: string[] = [];
    let users = 0;
    const use = async (name: string, turn: TurnOrder = 'in line'): Promise<void> => {
      await turns.take(turn);
      users += 1;
      expect(users).toBe(1);
      order.push(name);
      await Promise.resolve();
      users -= 1;
      turns.end();
    };
    await Promise.all([
      use('first'),
      use('second'),
      use('third'),
      use('hurried', 'ahead'),
      use('hurried, later', 'ahead'),
      use('fourth'),
    ]);
    expect(order).toEqual(['first', 'hurried', 'hurried, later', 'second', 'third', 'fourth']);
    await use('when nobody waits');
    expect(order.at(-1)).toBe('when nobody waits');
  });
});

test('an event that Gladly waits for does not wait for the work that is lined up', async () => {
  const ledger = await freshLedger();
  const order: string[] = [];
  const work = (name: string): Promise<unknown> =>
    within(ledger, (trx) => trx.selectFrom('closings').selectAll().execute()).then(() => order.push(name));
  const event = {
    kind: 'closed',
    conversationId: 'c1',
    customerId: null,
    closedAt: at(0),
    seenAt: at(1),
  } as const;
  await Promise.all([
    ...['1', '2', '3', '4', '5'].map(work),
    recordEvents(ledger, [event]).then(() => order.push('event')),
  ]);
  expect(order).toEqual(['1', 'event', '2', '3', '4', '5']);
});
