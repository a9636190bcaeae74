import { isAhead } from './stored-time.ts';

/**
 * `requests` is for everything that we send to Gladly; `reports` is Gladly's slower limit for reports; `medallia` is
 * Agent Connect's.
 */
export type Bucket = 'requests' | 'reports' | 'medallia';

/** An interactive command goes before background work. */
export type Priority = 'interactive' | 'background';

/** Times are epoch milliseconds, with fractions. */
export interface LimiterState {
  nextAtMs: number;
  pausedUntilMs: number;
  /** An interactive command is active until then, and background work waits. */
  interactiveUntilMs: number;
}

export const freshLimiter: LimiterState = { nextAtMs: 0, pausedUntilMs: 0, interactiveUntilMs: 0 };

export interface SlotRequest {
  nowMs: number;
  /** Time between two requests, fractions allowed. */
  intervalMs: number;
  priority: Priority;
}

/** The time at which the request may leave; or the time to ask again, when nothing was reserved. */
export type Slot = { atMs: number } | { askAgainMs: number };

/** A stored time that lies further ahead than this, and than four intervals, is from before the clock was set back. */
const farthestMs = 120_000;

/** Slots are reserved at most this far ahead, so that a long queue does not look like a clock that was set back. */
const horizonMs = 60_000;

/**
 * One step of the generic cell rate algorithm without burst: the next slot is one interval after the last, not in the
 * past and not inside a pause.
 */
export function reserveSlot(state: LimiterState, request: SlotRequest): { state: LimiterState; slot: Slot } {
  const { nowMs, intervalMs, priority } = request;
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

/** No request leaves before `untilMs`. A shorter pause does not end a longer one. */
export function pauseSlots(state: LimiterState, untilMs: number): LimiterState {
  return { ...state, pausedUntilMs: Math.max(believable(state.pausedUntilMs, untilMs, farthestMs), untilMs) };
}

/** Whether a stored pause still holds. */
export function isPausedAt(pausedUntilMs: number, nowMs: number): boolean {
  return believable(pausedUntilMs, nowMs, farthestMs) > nowMs;
}

function believable(timeMs: number, nowMs: number, aheadMs: number): number {
  return isAhead(timeMs, nowMs, aheadMs) ? 0 : timeMs;
}
