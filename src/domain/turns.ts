/** Lends what only few can use at a time. */
export interface Turns {
  /** Resolves when it is this one's turn. `ahead`: before all those who wait already and did not ask for that. */
  take(order?: TurnOrder): Promise<void>;
  /** Ends the turn of one who has it. */
  end(): void;
}

export type TurnOrder = 'in line' | 'ahead';

/** @param mostAtOnce turns that may be had at the same time */
export function createTurns(mostAtOnce: number): Turns {
  const waiting: Record<TurnOrder, (() => void)[]> = { ahead: [], 'in line': [] };
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
