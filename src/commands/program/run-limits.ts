import { parseDuration } from '../../config/codecs.ts';
import { readValue } from '../../config/invalid-value.ts';
import type { QueueLimits } from '../../workflow/queue/work-queue.ts';
import { wholeNumber } from './whole-number.ts';

/** The flags that limit a long run, as typed. */
export interface RunLimitOptions {
  maxSends?: string | undefined;
  limit?: string | undefined;
  maxDuration?: string | undefined;
}

/** @throws Failure kind usage */
export function runLimits({ maxSends, limit, maxDuration }: RunLimitOptions, nowMs: number): QueueLimits {
  return {
    maxSends: countOf('--max-sends', maxSends, 0),
    maxClosings: countOf('--limit', limit, 1),
    deadline: maxDuration === undefined ? null : nowMs + durationOf('--max-duration', maxDuration),
  };
}

function countOf(flag: string, text: string | undefined, least: number): number | null {
  return text === undefined ? null : wholeNumber(flag, text, { code: 'bad_count', least });
}

/** @returns milliseconds. @throws Failure kind usage */
export function durationOf(flag: string, text: string): number {
  return readValue('usage', flag, parseDuration, text, 'bad_duration');
}
