import { setMaxListeners } from 'node:events';

/** Lends out something that only a few can use at a time, first come, first served. */
export interface Semaphore {
  /**
   * Resolves when the caller has a permit. `first` goes before everybody who waits in line. An aborted signal ends the
   * wait with its reason, and the permit goes to the next in line.
   */
  take(order?: PermitOrder, signal?: AbortSignal): Promise<void>;
  /** Gives the permit back. */
  end(): void;
  /** Whether somebody waits in line. */
  isCrowded(): boolean;
}

export type PermitOrder = 'in_line' | 'first';

/** @param mostAtOnce how many can have a permit at the same time */
export function createSemaphore(mostAtOnce: number): Semaphore {
  const waiting: Record<PermitOrder, Set<() => void>> = { first: new Set(), in_line: new Set() };
  let free = mostAtOnce;

  const wait = (line: Set<() => void>, signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        line.delete(start);
        signal?.removeEventListener('abort', abort);
      };
      const start = (): void => {
        leave();
        resolve();
      };
      const abort = (): void => {
        leave();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the caller chose the reason
        reject(signal?.reason);
      };
      line.add(start);
      if (signal === undefined) return;
      // Many may wait for one signal; without this, Node.js warns of a leak.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', abort);
    });

  return {
    async take(order = 'in_line', signal) {
      signal?.throwIfAborted();
      if (free === 0) return wait(waiting[order], signal);
      free -= 1;
    },
    end() {
      const [next = waiting.in_line.values().next().value] = waiting.first;
      if (next === undefined) free += 1;
      else next();
    },
    isCrowded: () => waiting.first.size + waiting.in_line.size > 0,
  };
}
