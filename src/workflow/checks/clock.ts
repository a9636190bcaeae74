import { ok, skipped, type Finding } from './check.ts';

/** A Date header counts whole seconds, and an answer takes time. */
const toleranceMs = 30_000;

/**
 * Whether this machine's clock agrees with another's.
 *
 * @param other its name, for messages
 * @param answer `askedAtMs` and `heardAtMs` by this machine's clock, `atMs` by the other's; epoch milliseconds
 */
export function clockVerdict(
  other: string,
  { atMs, askedAtMs, heardAtMs }: { atMs: number | null; askedAtMs: number; heardAtMs: number },
): Finding {
  if (atMs === null) return skipped(`the answer of ${other} has no time`);
  const [earlyMs, lateMs] = [askedAtMs - atMs, atMs - heardAtMs];
  const offMs = Math.max(earlyMs - 1000, lateMs, 0);
  if (offMs <= toleranceMs) return ok(`this machine and ${other} agree`);
  return {
    status: 'warning',
    code: 'clock_wrong',
    summary: `this machine is ${Math.round(offMs / 1000)} s ${earlyMs > lateMs ? 'ahead of' : 'behind'} ${other}`,
    fix: 'Have the system set its clock by NTP, e.g. with `timedatectl set-ntp true`.',
  };
}
