import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConsideredItem } from '../../../src/domain/attribution/credit.ts';
import { keptItems } from '../../../src/domain/attribution/kept-items.ts';

const item = (itemId: string, more: Partial<ConsideredItem> = {}): ConsideredItem => ({
  itemId,
  type: 'CHAT_MESSAGE',
  initiator: 'CUSTOMER',
  agentId: null,
  at: null,
  counts: false,
  why: 'from CUSTOMER',
  ...more,
});
const winner = item('winner', { agentId: 'a', counts: true, why: 'last response' });
const rival = (id: string): ConsideredItem =>
  item(id, { agentId: 'b', counts: true, why: 'earlier response' });
const idsOf = (items: readonly ConsideredItem[]): (string | null)[] => items.map(({ itemId }) => itemId);

describe('the items that are kept', () => {
  test('are all of a short timeline', () => {
    const considered = [rival('1'), winner];
    expect(keptItems(considered, 2)).toEqual({ kept: considered, omitted: null });
  });

  test('are the winner, then its newest rivals, then the newest of the rest, in order', () => {
    const considered = [item('1'), winner, rival('2'), item('3'), rival('4'), item('5'), item('6')];
    expect(idsOf(keptItems(considered, 2).kept)).toEqual(['winner', '4']);
    expect(idsOf(keptItems(considered, 4).kept)).toEqual(['winner', '2', '4', '6']);
    expect(keptItems(considered, 2).omitted).toEqual({
      items: 5,
      reasons: { 'earlier response': 1, 'from CUSTOMER': 4 },
    });
  });

  test('include what an agent did that does not count, and what counts of an unnamed one', () => {
    const note = item('note', { agentId: 'b', why: 'note' });
    const unnamed = item('unnamed', { counts: true, why: 'earlier response' });
    const considered = [winner, note, unnamed, item('1'), item('2')];
    expect(idsOf(keptItems(considered, 1).kept)).toEqual(['winner']);
    expect(idsOf(keptItems(considered, 2).kept)).toEqual(['winner', 'unnamed']);
    expect(idsOf(keptItems(considered, 3).kept)).toEqual(['winner', 'note', 'unnamed']);
  });

  test('leave out no more than thirty reasons by name, each with all of its items', () => {
    const reasons = Array.from({ length: 32 }, (_, index) => `reason ${index}`);
    const left = [...reasons, ...reasons].map((why) => item(why, { why }));
    const counts = Object.entries(keptItems([...left, winner], 1).omitted?.reasons ?? {});
    expect(counts).toEqual([...reasons.slice(0, 30).map((why) => [why, 2]), ['other', 4]]);
  });

  test('have a bound, and with those left out they are all', () => {
    const any = fc.array(
      fc.record({ agentId: fc.option(fc.string()), counts: fc.boolean(), why: fc.string({ maxLength: 2 }) }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 50 }), (items, most) => {
        const considered = items.map((more, position) => item(String(position), more));
        const { kept, omitted } = keptItems(considered, most);
        expect(kept.length).toBeLessThanOrEqual(most);
        const reasons = Object.values(omitted?.reasons ?? {});
        expect(reasons.length).toBeLessThanOrEqual(31);
        expect(reasons.reduce((sum, one) => sum + one, kept.length)).toBe(considered.length);
        expect(kept.length + (omitted?.items ?? 0)).toBe(considered.length);
      }),
    );
  });
});
