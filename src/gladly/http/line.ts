import { setMaxListeners } from 'node:events';

/** Lets one caller through at a time, first come first served. */
export interface Line {
  /**
   * Resolves when it is the caller's turn; the caller then calls what it was given, once, to let the next one
   * through. An aborted signal ends the waiting at once with the signal's reason.
   */
  enter(signal?: AbortSignal): Promise<() => void>;
}

export function createLine(): Line {
  let last = Promise.resolve();
  return {
    async enter(signal) {
      const before = last;
      let leave = (): void => undefined;
      const turn = new Promise<void>((resolve) => {
        leave = resolve;
      });
      last = before.then(() => turn);
      try {
        await untilAborted(before, signal);
      } catch (reason) {
        leave();
        throw reason;
      }
      return leave;
    },
  };
}

async function untilAborted(waiting: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return waiting;
  signal.throwIfAborted();
  // One listener for each who waits: many are no leak here, and Node.js would warn of one.
  setMaxListeners(0, signal);
  await new Promise<void>((resolve) => {
    const settle = (): void => {
      signal.removeEventListener('abort', settle);
      resolve();
    };
    signal.addEventListener('abort', settle);
    void waiting.then(settle);
  });
  signal.throwIfAborted();
}
