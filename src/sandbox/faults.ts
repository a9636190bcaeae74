import type { Random } from './random.ts';

/** What goes wrong on the way; percentages of the requests to the API, and of the events sent to webhooks. */
export interface Faults {
  latencyMs: number;
  /** Added to the latency, evenly spread from 0. */
  jitterMs: number;
  rateLimitPercent: number;
  serverErrorPercent: number;
  resetPercent: number;
  /** The body is cut in the middle. */
  cutPercent: number;
  /** No answer ever comes. */
  hangPercent: number;
  /** Seconds in Retry-After of a 429; null leaves the header out. */
  retryAfter: number | null;
  /** Events wait that long before they are sent to a webhook. */
  webhookDelayMs: number;
  /** Added to that, evenly spread from 0: events overtake each other. */
  webhookJitterMs: number;
  /** Sent twice. */
  webhookDuplicatePercent: number;
  /** Never sent, as in an outage. */
  webhookDropPercent: number;
}

export const noFaults: Faults = {
  latencyMs: 0,
  jitterMs: 0,
  rateLimitPercent: 0,
  serverErrorPercent: 0,
  resetPercent: 0,
  cutPercent: 0,
  hangPercent: 0,
  retryAfter: null,
  webhookDelayMs: 0,
  webhookJitterMs: 0,
  webhookDuplicatePercent: 0,
  webhookDropPercent: 0,
};

/** A day. Beyond 24.8 of them Node's timers do not wait at all. */
const longestWaitMs = 86_400_000;

/** The faults that the values describe; a sentence about what is wrong with them otherwise. */
export function readFaults(values: Readonly<Record<string, unknown>>): Partial<Faults> | string {
  for (const [name, value] of Object.entries(values)) {
    if (!Object.hasOwn(noFaults, name)) return `there is no fault named ${name}`;
    if (name === 'retryAfter' && value === null) continue;
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
      return `${name} must be a number, 0 or more`;
    if (name.endsWith('Percent') && value > 100) return `${name} must not be more than 100`;
    if (name.endsWith('Ms') && value > longestWaitMs) return `${name} must not be more than ${longestWaitMs}`;
  }
  return values;
}

export type Misfortune =
  | { kind: 'none' | 'rate_limited' | 'cut' }
  /** Comes after the request had its effect, or instead of it: nobody outside can tell. */
  | { kind: 'server_error' | 'reset' | 'hang'; afterEffect: boolean };

/** At most one misfortune befalls a request. */
export function misfortuneOf(faults: Faults, random: Random): Misfortune {
  let dice = random.next() * 100;
  const befalls = (percent: number): boolean => {
    dice -= percent;
    return dice < 0;
  };
  if (befalls(faults.rateLimitPercent)) return { kind: 'rate_limited' };
  if (befalls(faults.serverErrorPercent)) return { kind: 'server_error', afterEffect: random.chance(0.5) };
  if (befalls(faults.resetPercent)) return { kind: 'reset', afterEffect: random.chance(0.5) };
  if (befalls(faults.hangPercent)) return { kind: 'hang', afterEffect: random.chance(0.5) };
  if (befalls(faults.cutPercent)) return { kind: 'cut' };
  return { kind: 'none' };
}

export function delayOf(faults: Faults, random: Random): number {
  return faults.latencyMs + Math.round(faults.jitterMs * random.next());
}
