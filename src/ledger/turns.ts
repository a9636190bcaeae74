/** Lends what only one can use to one after the other. */
export interface Turns {
  /** Resolves when it is this one's turn. `ahead`: before all those who wait already and did not ask for that. */
  take(order: TurnOrder): Promise<void>;
  /** Ends the turn of the one who has it. */
  end(): void;
}

export type TurnOrder = 'in line' | 'ahead';

export function createTurns(): Turns {
  const waiting: Record<TurnOrder, (() => void)[]> = { ahead: [], 'in line': [] };
  let isTaken = false;
  return {
    take(order) {
      if (isTaken) return new Promise((resolve) => waiting[order].push(resolve));
      isTaken = true;
      return Promise.resolve();
    },
    end() {
      const next = waiting.ahead.shift() ?? waiting['in line'].shift();
      if (next === undefined) isTaken = false;
      else next();
    },
  };
}
