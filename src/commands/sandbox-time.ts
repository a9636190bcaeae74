/**
 * The clock of a sandbox with a history: it shows the past until the history is complete, then the time of this
 * machine.
 */
export interface SandboxTime {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /**
   * For the sandbox's rate limits, which would delay weeks of requests: each request appears to come seconds after
   * the previous one.
   */
  readonly limits: () => number;
  /** Moves the clock forward to this moment of the past; never back. */
  goTo(at: number): void;
  /** Ends the history: the clock shows the time of this machine again. */
  arrive(): void;
}

/** Longer than the window of the rate limits, so that no request of the past exceeds them. */
const betweenRequestsMs = 10_000;

/** @param clock this machine's clock, in epoch milliseconds */
export function sandboxTime(clock: () => number = Date.now): SandboxTime {
  let behindMs = 0;
  let isPast = false;
  let skippedMs = 0;
  return {
    now: () => clock() - behindMs,
    limits: () => performance.now() + (isPast ? (skippedMs += betweenRequestsMs) : skippedMs),
    goTo(at) {
      const to = isPast ? Math.max(at, clock() - behindMs) : at;
      behindMs = Math.max(0, clock() - to);
      isPast = true;
    },
    arrive() {
      behindMs = 0;
      isPast = false;
    },
  };
}
