import { readFileSync } from 'node:fs';
import type { ConnectionLimits } from './connections.ts';

/** Reserved for the ledger, requests to Gladly, mail, and the log. */
const forOthers = 64;
const fewest = 16;

/** RLIMIT_NOFILE, which Node raises as far as allowed when it starts; infinite if the system does not report it. */
export function openFilesAllowed(): number {
  try {
    const [, soft = ''] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === '' ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Each connection is an open file, and without a free one, the ledger cannot be written either. */
export function withinOpenFiles<Limits extends ConnectionLimits>(limits: Limits, openFiles: number): Limits {
  const most = Math.min(limits.most, Math.max(fewest, openFiles - forOthers));
  return { ...limits, most, mostOfOne: Math.min(limits.mostOfOne, Math.ceil(most / 2)) };
}
