/** Far less than the 30 s after which other processes take over the work of a suspended one. */
const longestMs = 10_000;
const everyMs = 1000;

export interface Standstill {
  /** This process was suspended since the watch began: by a signal, by a debugger, or together with its machine. */
  happened(): boolean;
  end(): void;
}

/** Timers alone cannot tell: after waking up, a process first handles what its connections brought meanwhile. */
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
