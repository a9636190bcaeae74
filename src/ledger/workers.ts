import { ownHost, ownStart, runs } from './processes.ts';

/** A process that works on the ledger. */
export interface Worker {
  host: string;
  pid: number;
  /** When the process started, so that a reused pid is not mistaken for it. */
  startedAt: string;
}

/** How long a claim holds unless renewed. */
export const claimMs = 30_000;

export function currentWorker(): Worker {
  return { host: ownHost(), pid: process.pid, startedAt: ownStart() };
}

/** A claim of a process of this host that has ended holds nothing; any other holds until it expires. */
export function isHeld(claimedBy: string, until: string, now: string): boolean {
  if (until <= now) return false;
  const worker = workerOf(claimedBy);
  return worker?.host !== ownHost() || runs(worker.pid, worker.startedAt);
}

export function expiry(now: string): string {
  return new Date(Date.parse(now) + claimMs).toISOString();
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
