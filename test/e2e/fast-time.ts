/**
 * Time that passes faster than real time, for the program and for the Gladly that it talks to: the pace of requests and
 * the waits between tries are real, but a test need not wait for them. Time-outs and signals keep real time.
 */
export interface FastTime {
  /** Epoch milliseconds. */
  now: () => number;
  /** When it began to pass faster: epoch milliseconds in this time. */
  start: number;
  factor: number;
  /** For the environment of the program. */
  nodeOptions: string;
  /** Gladly's clock: runs along, and can be set back and forth. */
  gladly: { clock: () => number; aheadMs: number };
}

/** @param start when it begins, for what depends on the time of day */
export function fastTime(factor = 8, start = Date.now()): FastTime {
  const began = Date.now();
  const now = (): number => Math.floor(start + (Date.now() - began) * factor);
  const gladly = { clock: () => now() + gladly.aheadMs, aheadMs: 0 };
  const preload = `
    import timers from 'node:timers/promises';
    import { syncBuiltinESMExports } from 'node:module';
    const realNow = Date.now, realWait = timers.setTimeout, realInterval = globalThis.setInterval;
    Date.now = () => Math.floor(${start} + (realNow() - ${began}) * ${factor});
    timers.setTimeout = (ms, ...rest) => realWait(ms / ${factor}, ...rest);
    globalThis.setInterval = (run, ms, ...rest) => realInterval(run, ms / ${factor}, ...rest);
    syncBuiltinESMExports();
  `;
  return {
    now,
    start,
    factor,
    gladly,
    nodeOptions: `--import=data:text/javascript,${encodeURIComponent(preload)}`,
  };
}

/**
 * Starts a Gladly whose last hour is empty. Its special conversations lie before the day of its start, so one that
 * starts soon after midnight would have some of them in that hour.
 */
export async function startedAnHourAgo<T>({ gladly }: FastTime, startGladly: () => Promise<T>): Promise<T> {
  gladly.aheadMs = -3_600_000;
  try {
    return await startGladly();
  } finally {
    gladly.aheadMs = 0;
  }
}
