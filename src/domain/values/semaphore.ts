/** Lends what only so many can use at a time. */
export interface Semaphore {
  /** Resolves when there is a permit. `first`: before all those who wait and did not ask for that. */
  take(order?: PermitOrder): Promise<void>;
  /** Gives a permit back. */
  end(): void;
}

export type PermitOrder = 'in_line' | 'first';

/** @param permits how many can hold one at the same time */
export function createSemaphore(permits: number): Semaphore {
  const waiting: Record<PermitOrder, (() => void)[]> = { first: [], in_line: [] };
  let free = permits;
  return {
    take(order = 'in_line') {
      if (free === 0) return new Promise((resolve) => waiting[order].push(resolve));
      free -= 1;
      return Promise.resolve();
    },
    end() {
      const next = waiting.first.shift() ?? waiting.in_line.shift();
      if (next === undefined) free += 1;
      else next();
    },
  };
}
