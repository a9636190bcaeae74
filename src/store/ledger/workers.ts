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
 * This process holds its claims until it releases them. Another process's claim expires unless it is renewed, because a
 * suspended process renews nothing; when that process resumes, it finds that it lost the closing before its message may
 * leave. Once a message is leaving, the claim of a live process on this host never expires: when the process resumes,
 * it sends the message.
 */
export function isClaimValid(claimedBy: string, until: string, now: string, isLeaving: boolean): boolean {
  if (claimedBy === nameOf(currentWorker())) return true;
  const life = lifeOfClaimant(claimedBy);
  return (life === 'running' && isLeaving) || (life !== 'ended' && until > now);
}

/**
 * A lock guards work that does no harm when it is done twice. It expires, so that a lock that could not be released
 * does not block others for long. If its process ran on this host and has ended, it no longer holds.
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

/** The worker's name in the ledger. */
export function nameOf(worker: Worker): string {
  return `${worker.pid}@${worker.host}#${worker.startedAt}`;
}

/** The worker's name for people. */
export function described(name: string): string {
  const worker = workerOf(name);
  return worker === null ? name : `process ${worker.pid} on ${worker.host.split('/')[0] ?? worker.host}`;
}

function workerOf(name: string): Worker | null {
  const [, pid, host, startedAt] = /^(\d+)@(.*)#([^#]*)$/s.exec(name) ?? [];
  if (pid === undefined || host === undefined || startedAt === undefined) return null;
  return { host, pid: Number(pid), startedAt };
}
