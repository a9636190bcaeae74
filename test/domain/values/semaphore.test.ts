import { describe, expect, test } from 'vitest';
import { createSemaphore, type PermitOrder } from '../../../src/domain/values/semaphore.ts';

describe('turns', () => {
  test('are given one at a time, in the order of asking, to those ahead first', async () => {
    const turns = createSemaphore(1);
    const order: string[] = [];
    let users = 0;
    const use = async (name: string, turn: PermitOrder = 'in_line'): Promise<void> => {
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
      use('hurried', 'first'),
      use('hurried, later', 'first'),
      use('fourth'),
    ]);
    expect(order).toEqual(['first', 'hurried', 'hurried, later', 'second', 'third', 'fourth']);
    await use('when nobody waits');
    expect(order.at(-1)).toBe('when nobody waits');
  });

  test('are given to as many at a time as there may be', async () => {
    const turns = createSemaphore(2);
    await Promise.all([turns.take(), turns.take()]);
    const seen: string[] = [];
    const third = turns.take().then(() => seen.push('third'));
    await Promise.resolve();
    expect(seen).toEqual([]);
    turns.end();
    await third;
    expect(seen).toEqual(['third']);
  });
});
