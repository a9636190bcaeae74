import { localTime } from '../../domain/values/local-time.ts';
import { ok, type Finding } from './check.ts';

/** Longer than a server or a tick of `sync` needs to start on due work. */
export const lateMs = 15 * 60_000;

interface Outstanding {
  count: number;
  /** How many of these were tried and failed. */
  failed: number;
  /** RFC 3339; null if nothing waits. */
  oldestAt: string | null;
}

/** Waiting work is well while it is recent and no try has failed. `summary` says how much waits. */
export function outstandingFinding(
  { count, failed, oldestAt }: Outstanding,
  now: number,
  { none, summary, code }: { none: string; summary: string; code: string },
): Finding {
  if (count === 0) return ok(none);
  const isLate = oldestAt !== null && now - Date.parse(oldestAt) > lateMs;
  if (failed === 0 && !isLate) return ok(summary);
  return {
    status: 'warning',
    code,
    kind: 'partial',
    summary: `${summary}, the oldest since ${localTime(oldestAt, null)}${failed === 0 ? '' : `; ${failed} failed`}`,
    detail: '`gcsat surveys show` gives the cause, and `gcsat serve` and `gcsat sync` try it again.',
    fix: 'gcsat sync',
  };
}
