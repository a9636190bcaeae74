import { InvalidValue } from '../config/invalid-value.ts';
import { parseDuration } from '../config/policy.ts';
import { Failure } from '../failure.ts';
import type { QueueLimits } from '../workflow/queue/work-queue.ts';

/** The flags that bound a long run, as typed. */
export interface RunLimitOptions {
  maxSends?: string | undefined;
  limit?: string | undefined;
  maxDuration?: string | undefined;
}

/** @throws Failure kind usage */
export function runLimits(options: RunLimitOptions, nowMs: number): QueueLimits {
  return {
    maxSends: countOf('--max-sends', options.maxSends, 0),
    maxClosings: countOf('--limit', options.limit, 1),
    deadline:
      options.maxDuration === undefined ? null : nowMs + durationOf('--max-duration', options.maxDuration),
  };
}

function countOf(flag: string, text: string | undefined, least: number): number | null {
  if (text === undefined) return null;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= least) return count;
  throw new Failure('usage', 'bad_count', `${flag} must be a whole number from ${least}, not '${text}'`, {
    hint: `e.g. ${flag} 500`,
  });
}

/** Milliseconds. @throws Failure kind usage */
export function durationOf(flag: string, text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new Failure('usage', 'bad_duration', `${flag}: ${error.message}`, { hint: error.hint });
  }
}
