/** The clock of a sandbox with a history: it shows the past until the history is told, then the time of this machine. */
export interface SandboxTime {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** For the sandbox's rate limits, which would keep weeks of requests waiting: each is seconds after the one before. */
  readonly limits: () => number;
  /** Goes on to this moment of the past; never back. */
  goTo(at: number): void;
  /** The history is told. */
  arrive(): void;
}

/** Longer than what limits count by, so that no request of the past is one too many. */
const betweenRequestsMs = 10_000;

/** @param clock of this machine, in epoch milliseconds */
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
