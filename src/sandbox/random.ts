/** Repeatable randomness: the same key gives the same sequence on every machine. */
export interface Random {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number from the lowest to the highest, both included. */
  integer(lowest: number, highest: number): number;
  pick<T>(list: readonly T[]): T;
  chance(probability: number): boolean;
}

/** Spreads a 32-bit number over all its bits (the finalizer of MurmurHash3). */
function spread(value: number): number {
  let bits = value >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** A 32-bit hash of a key of numbers and words. */
export function mix(...key: readonly (number | string)[]): number {
  let state = 0x9e3779b9;
  const add = (value: number): void => {
    state = spread(Math.imul(state ^ value, 0x01000193) + 0x7f4a7c15);
  };
  for (const part of key) {
    if (typeof part === 'number') add(part);
    else for (let index = 0; index < part.length; index += 1) add(part.charCodeAt(index));
  }
  return state;
}

export function randomFrom(...key: readonly (number | string)[]): Random {
  let state = mix(...key);
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    return spread(state) / 4_294_967_296;
  };
  const integer = (lowest: number, highest: number): number =>
    lowest + Math.floor(next() * (highest - lowest + 1));
  return {
    next,
    integer,
    chance: (probability) => next() < probability,
    pick: (list) => {
      const found = list[integer(0, list.length - 1)];
      if (found === undefined) throw new RangeError('nothing to pick from');
      return found;
    },
  };
}
