import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  freshLimiter,
  isPausedAt,
  pauseSlots,
  reserveSlot,
  type Priority,
} from '../../../src/domain/values/request-slot.ts';

const ask = { nowMs: 1000, intervalMs: 100, priority: 'background' as const };

test('is at the earliest time that is neither past, nor reserved, nor paused', () => {
  expect(reserveSlot(freshLimiter, ask)).toEqual({
    state: { nextAtMs: 1100, pausedUntilMs: 0, interactiveUntilMs: 0 },
    slot: { atMs: 1000 },
  });
  expect(reserveSlot({ ...freshLimiter, nextAtMs: 1050 }, ask).slot).toEqual({ atMs: 1050 });
  expect(reserveSlot({ ...freshLimiter, nextAtMs: 1050, pausedUntilMs: 3000 }, ask).slot).toEqual({
    atMs: 3000,
  });
});

test('leaves two intervals to an interactive command', () => {
  const hand = reserveSlot(freshLimiter, { ...ask, priority: 'interactive' });
  expect(hand.state.interactiveUntilMs).toBe(1200);
  expect(reserveSlot(hand.state, ask)).toEqual({ state: hand.state, slot: { askAgainMs: 1200 } });
  expect(reserveSlot(hand.state, { ...ask, nowMs: 1200 }).slot).toEqual({ atMs: 1200 });
});

test.each(['nextAtMs', 'pausedUntilMs', 'interactiveUntilMs'] as const)(
  'does not believe a %s of more than two minutes ahead: the clock was set back',
  (field) => {
    expect(reserveSlot({ ...freshLimiter, [field]: 121_001 }, ask).slot).toEqual({ atMs: 1000 });
    expect(reserveSlot({ ...freshLimiter, [field]: 121_000 }, ask).slot).not.toEqual({ atMs: 1000 });
  },
);

test('believes a time of four intervals ahead where those are longer', () => {
  const slow = { ...ask, intervalMs: 100_000 };
  const far = { ...freshLimiter, nextAtMs: 401_000 };
  expect(reserveSlot(far, slow).slot).toEqual({ askAgainMs: 341_000 });
  expect(reserveSlot({ ...far, nextAtMs: 401_001 }, slow).slot).toEqual({ atMs: 1000 });
  const busy = { ...freshLimiter, interactiveUntilMs: 401_000 };
  expect(reserveSlot(busy, slow).slot).toEqual({ askAgainMs: 401_000 });
});

test('never brings two slots closer than one interval, nor one into a pause', () => {
  const asks = fc.array(
    fc.record({
      passedMs: fc.nat(500),
      priority: fc.constantFrom<Priority>('interactive', 'background'),
      pauseMs: fc.option(fc.nat(3000), { nil: null, freq: 4 }),
    }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(asks, fc.integer({ min: 1, max: 1000 }), (steps, intervalMs) => {
      let state = freshLimiter;

      let nowMs = 10_000;
      let last = Number.NEGATIVE_INFINITY;
      for (const { passedMs, priority, pauseMs } of steps) {
        nowMs += passedMs;
        if (pauseMs !== null) state = { ...state, pausedUntilMs: nowMs + pauseMs };
        const step = reserveSlot(state, { nowMs, intervalMs, priority });
        if ('atMs' in step.slot) {
          expect(step.slot.atMs).toBeGreaterThanOrEqual(
            Math.max(nowMs, state.pausedUntilMs, last + intervalMs),
          );
          last = step.slot.atMs;
        } else {
          expect(priority).toBe('background');
          expect(step.slot.askAgainMs).toBeGreaterThan(nowMs);
        }
        state = step.state;
      }
    }),
  );
});

test('is not reserved more than a minute ahead: instead, the result is the time to ask again', () => {
  const far = { ...freshLimiter, nextAtMs: 61_500 };
  expect(reserveSlot(far, ask)).toEqual({ state: far, slot: { askAgainMs: 1500 } });
  expect(reserveSlot({ ...far, nextAtMs: 61_000 }, ask).slot).toEqual({ atMs: 61_000 });
});

test('a shorter pause does not end a longer one, but ends an impossible one', () => {
  const paused = pauseSlots(freshLimiter, 5000);
  expect(pauseSlots(paused, 3000).pausedUntilMs).toBe(5000);
  expect(pauseSlots(paused, 9000).pausedUntilMs).toBe(9000);
  expect(pauseSlots({ ...freshLimiter, pausedUntilMs: 1e9 }, 3000).pausedUntilMs).toBe(3000);
  expect([isPausedAt(5000, 4999), isPausedAt(5000, 5000), isPausedAt(1e9, 5000)]).toEqual([
    true,
    false,
    false,
  ]);
});
