import { timeAt } from '../../domain/values/instant.ts';
import { lifeOf, ownHost, ownStart } from './processes.ts';

/** A process that works on the ledger. */
export interface Worker {
  host: string;
  pid: number;
  /** When the process started, so that a reused pid is not mistaken for it. */
  startedAt: string;
}

/** How long a claim or a lock of another process holds unless it is renewed. */
export const claimMs = 30_000;

export function currentWorker(): Worker {
  return { host: ownHost(), pid: process.pid, startedAt: ownStart() };
}

/**
 * What this process claimed it holds until it gives it back. Another one's claim expires unless it is renewed, because a
 * frozen process renews nothing; one that wakes up finds that it lost the closing before its message may leave. Once the
 * message is leaving, the claim of a live process of this host never expires: it wakes up, and sends.
 */
export function isClaimValid(claimedBy: string, until: string, now: string, isLeaving: boolean): boolean {
  if (claimedBy === nameOf(currentWorker())) return true;
  const life = lifeOfClaimant(claimedBy);
  return (life === 'running' && isLeaving) || (life !== 'ended' && until > now);
}

/**
 * A lock bounds work that does no harm where it is done twice: it expires, so that one that could not be given back holds
 * nobody up. That of a process of this host that has ended holds nothing.
 */
export function isLocked(claimedBy: string, until: string, now: string): boolean {
  return until > now && lifeOfClaimant(claimedBy) !== 'ended';
}

function lifeOfClaimant(name: string): ReturnType<typeof lifeOf> {
  const worker = workerOf(name);
  return worker?.host === ownHost() ? lifeOf(worker.pid, worker.startedAt) : 'unknown';
}

export function expiry(now: string): string {
  return timeAt(Date.parse(now) + claimMs);
}

/** As it stands in the ledger. */
export function nameOf(worker: Worker): string {
  return `${worker.pid}@${worker.host}#${worker.startedAt}`;
}

/** For people. */
export function described(name: string): string {
  const worker = workerOf(name);
  return worker === null ? name : `process ${worker.pid} on ${worker.host.split('/')[0] ?? worker.host}`;
}

function workerOf(name: string): Worker | null {
  const [, pid, host, startedAt] = /^(\d+)@(.*)#([^#]*)$/s.exec(name) ?? [];
  if (pid === undefined || host === undefined || startedAt === undefined) return null;
  return { host, pid: Number(pid), startedAt };
}
