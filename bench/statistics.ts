/** The value below which a share (0 to 1) of the values lies, interpolated between the nearest two. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(place)] ?? Number.NaN, sorted[Math.ceil(place)] ?? Number.NaN];
  return below + (above - below) * (place - Math.floor(place));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** An exchange as a server saw it. Times are milliseconds of one clock. */
export interface Exchange {
  method: string;
  /** Without the query. */
  path: string;
  beganMs: number;
  endedMs: number;
  status: number;
}

/** The longest chain of exchanges in which each began after the one before had ended. */
export function depthOf(exchanges: readonly Exchange[]): number {
  const byEnd = [...exchanges].sort((a, b) => a.endedMs - b.endedMs);
  const depths: number[] = [];
  for (const exchange of byEnd) {
    const before = byEnd.slice(0, depths.length).map(({ endedMs }, index) => {
      return endedMs <= exchange.beganMs ? (depths[index] ?? 0) : 0;
    });
    depths.push(1 + Math.max(0, ...before));
  }
  return Math.max(0, ...depths);
}

/** The operation of a path: an id becomes `{id}`. */
export function operationOf({ method, path }: Pick<Exchange, 'method' | 'path'>): string {
  const [, , , noun = '', id, part] = path.split('/');
  return [method, noun, ...(id === undefined ? [] : ['{id}']), ...(part === undefined ? [] : [part])].join(
    ' ',
  );
}

export function countBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(keyOf(value), (counts.get(keyOf(value)) ?? 0) + 1);
  return counts;
}
