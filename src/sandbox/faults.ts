import type { Random } from './random.ts';

/** What goes wrong. The percentages are of the requests to the API, and of the events for webhooks. */
export interface Faults {
  latencyMs: number;
  /** Up to this much is added to the latency, at random. */
  jitterMs: number;
  rateLimitPercent: number;
  serverErrorPercent: number;
  resetPercent: number;
  /** The body is cut off in the middle. */
  cutPercent: number;
  /** No answer ever comes. */
  hangPercent: number;
  /** Seconds in Retry-After of a 429; null leaves the header out. */
  retryAfter: number | null;
  /** The answer is a 200 with `strange` instead of what was asked for. */
  strangePercent: number;
  strange: Strange;
  /** A report ends after this many rows without saying so; null: it is complete. */
  reportRowCap: number | null;
  /** This many blank lines, then a byte order mark, come before the heading of a report. */
  reportBlankLines: number;
  /** 1: the newest rows of a report come first. */
  reportReversed: number;
  /** How far reports and events are behind; null: an hour for reports, 15 seconds for events. */
  reportLagMs: number | null;
  eventLagMs: number | null;
  /** How long after its day an export job is done; null: 4 hours, which is in the night. */
  exportLagMs: number | null;
  /** The job of the day that ended this many days ago has FAILED and has no files; null: no job has. */
  exportGapDay: number | null;
  /** This many lines of each items file are cut off in the middle. */
  exportBrokenLines: number;
  /** Events wait this long before they are sent to a webhook. */
  webhookDelayMs: number;
  /** Up to this much is added to the wait, at random, so that events overtake each other. */
  webhookJitterMs: number;
  /** The event is sent twice. */
  webhookDuplicatePercent: number;
  /** The event is never sent, as in an outage. */
  webhookDropPercent: number;
}

/** `endless`: an empty line every 3 seconds, forever. */
const strangeAnswers = ['empty', 'blank', 'text', 'page', 'error', 'endless'] as const;
export type Strange = (typeof strangeAnswers)[number];

export const noFaults: Faults = {
  latencyMs: 0,
  jitterMs: 0,
  rateLimitPercent: 0,
  serverErrorPercent: 0,
  resetPercent: 0,
  cutPercent: 0,
  hangPercent: 0,
  retryAfter: null,
  strangePercent: 0,
  strange: 'text',
  reportRowCap: null,
  reportBlankLines: 0,
  reportReversed: 0,
  reportLagMs: null,
  eventLagMs: null,
  exportLagMs: null,
  exportGapDay: null,
  exportBrokenLines: 0,
  webhookDelayMs: 0,
  webhookJitterMs: 0,
  webhookDuplicatePercent: 0,
  webhookDropPercent: 0,
};

/** One day. Node's timers fire at once when asked to wait more than 24.8 days. */
const longestWaitMs = 86_400_000;

/** The faults, or a sentence about what is wrong with the values. */
export function readFaults(values: Readonly<Record<string, unknown>>): Partial<Faults> | string {
  for (const [name, value] of Object.entries(values)) {
    if (!Object.hasOwn(noFaults, name)) return `there is no fault named ${name}`;
    if (value === null && noFaults[name as keyof Faults] === null) continue;
    if (name === 'strange') {
      if (strangeAnswers.some((one) => one === value)) continue;
      return `strange must be one of ${strangeAnswers.join(', ')}`;
    }
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
      return `${name} must be a number of at least 0`;
    if (name.endsWith('Percent') && value > 100) return `${name} must not be more than 100`;
    if (name.endsWith('Ms') && value > longestWaitMs) return `${name} must not be more than ${longestWaitMs}`;
  }
  return values;
}

export type Misfortune =
  | { kind: 'none' | 'rate_limited' | 'cut' | 'strange' }
  /** Comes after the request took effect, or instead of the effect: the client cannot tell which. */
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
  if (befalls(faults.strangePercent)) return { kind: 'strange' };
  return { kind: 'none' };
}

export function delayOf(faults: Faults, random: Random): number {
  return faults.latencyMs + Math.round(faults.jitterMs * random.next());
}
