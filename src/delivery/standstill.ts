/** Far less than the 30 s after which others take over what a process that stands still was about. */
const longestMs = 10_000;
const everyMs = 1000;

export interface Standstill {
  /** This process stood still since the watch began: it was stopped, by a signal or by its debugger, or with its machine. */
  happened(): boolean;
  end(): void;
}

/** Not told by timers: a process that wakes up does first what its connections brought meanwhile. */
export function watchStandstill(): Standstill {
  let seen = performance.now();
  let longest = 0;
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - seen);
    seen = now;
  };
  const looking = setInterval(look, everyMs).unref();
  return {
    happened() {
      look();
      return longest > longestMs;
    },
    end: () => clearInterval(looking),
  };
}
