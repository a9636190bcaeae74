/** Lends what only few can use at a time. */
export interface Semaphore {
  /** Resolves when it is this one's turn. `ahead`: before all those who wait already and did not ask for that. */
  take(order?: PermitOrder): Promise<void>;
  /** Ends the turn of one who has it. */
  end(): void;
}

export type PermitOrder = 'in line' | 'ahead';

/** @param mostAtOnce turns that may be had at the same time */
export function createSemaphore(mostAtOnce: number): Semaphore {
  const waiting: Record<PermitOrder, (() => void)[]> = { ahead: [], 'in line': [] };
  let free = mostAtOnce;
  return {
    take(order = 'in line') {
      if (free === 0) return new Promise((resolve) => waiting[order].push(resolve));
      free -= 1;
      return Promise.resolve();
    },
    end() {
      const next = waiting.ahead.shift() ?? waiting['in line'].shift();
      if (next === undefined) free += 1;
      else next();
    },
  };
}
