/** `requests` is everything that we send to Gladly; `reports` is Gladly's own, slower limit for reports. */
export type Bucket = 'requests' | 'reports';

/** A command run by hand goes before work in the background. */
export type Priority = 'interactive' | 'background';

/** Times are epoch milliseconds, with fractions. */
export interface LimiterState {
  nextAtMs: number;
  pausedUntilMs: number;
  /** Until then a hand-run command is at work, and work in the background waits. */
  interactiveUntilMs: number;
}

export const freshLimiter: LimiterState = { nextAtMs: 0, pausedUntilMs: 0, interactiveUntilMs: 0 };

export interface SlotAsk {
  nowMs: number;
  /** Time between two requests, fractions allowed. */
  intervalMs: number;
  priority: Priority;
}

/** Either the time at which this request may leave, or the time to ask again; then nothing was reserved. */
export type Slot = { atMs: number } | { askAgainMs: number };

/** A stored time further ahead than this, or than four intervals, was written before the clock was set back. */
const farthestMs = 120_000;

/** Slots are given out this far ahead at most, so that a long queue is never mistaken for a clock put back. */
const horizonMs = 60_000;

/**
 * One step of the generic cell rate algorithm without burst: the next slot is one interval after the last one,
 * never in the past, never inside a pause.
 */
export function reserveSlot(state: LimiterState, ask: SlotAsk): { state: LimiterState; slot: Slot } {
  const { nowMs, intervalMs, priority } = ask;
  const aheadMs = Math.max(farthestMs, 4 * intervalMs);
  const known: LimiterState = {
    nextAtMs: believable(state.nextAtMs, nowMs, aheadMs),
    pausedUntilMs: believable(state.pausedUntilMs, nowMs, farthestMs),
    interactiveUntilMs: believable(state.interactiveUntilMs, nowMs, aheadMs),
  };
  if (priority === 'background' && nowMs < known.interactiveUntilMs) {
    return { state: known, slot: { askAgainMs: known.interactiveUntilMs } };
  }
  const atMs = Math.max(nowMs, known.nextAtMs, known.pausedUntilMs);
  if (atMs > nowMs + horizonMs) return { state: known, slot: { askAgainMs: atMs - horizonMs } };
  return {
    state: {
      ...known,
      nextAtMs: atMs + intervalMs,
      interactiveUntilMs: priority === 'interactive' ? atMs + 2 * intervalMs : known.interactiveUntilMs,
    },
    slot: { atMs },
  };
}

/** Nothing leaves before `untilMs`; a shorter pause does not end a longer one. */
export function pauseSlots(state: LimiterState, untilMs: number): LimiterState {
  return { ...state, pausedUntilMs: Math.max(believable(state.pausedUntilMs, untilMs, farthestMs), untilMs) };
}

/** Whether a stored pause still holds. */
export function isPausedAt(pausedUntilMs: number, nowMs: number): boolean {
  return believable(pausedUntilMs, nowMs, farthestMs) > nowMs;
}

function believable(timeMs: number, nowMs: number, aheadMs: number): number {
  return timeMs > nowMs + aheadMs ? 0 : timeMs;
}
