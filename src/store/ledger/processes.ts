import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { timeAt } from '../../domain/values/instant.ts';
import { processExists } from '../../process-exists.ts';

let host: string | null = null;
let start: string | null = null;

/**
 * The scope in which a process id is unique: this host, since its last boot, in this container. Off Linux: this host.
 * It stays the same for the life of the process, even if a network renames the host.
 */
export function ownHost(): string {
  return (host ??= readHost());
}

function readHost(): string {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8));
  const container = attempt(() => /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0]);
  return [hostname(), boot, container].filter((part) => part !== undefined).join('/');
}

/** When this process started, in a form that a process with the same id later cannot have. */
export function ownStart(): string {
  return (start ??= statusOf('self')?.start ?? timeAt(performance.timeOrigin));
}

/**
 * Whether the process that had this id and this start still runs; `unknown` if a process with that id runs whose start
 * cannot be read. Ask only about our own host.
 */
export function lifeOf(pid: number, startedAt: string): 'running' | 'ended' | 'unknown' {
  if (pid === process.pid) return startedAt === ownStart() ? 'running' : 'ended';
  if (!processExists(pid)) return 'ended';
  const status = statusOf(String(pid));
  if (status === undefined) return 'unknown';
  return !status.ended && status.start === startedAt ? 'running' : 'ended';
}

/** From /proc/<pid>/stat (proc(5)): field 3 is the state, field 22 the start in ticks since boot. */
function statusOf(pid: string): { start: string; ended: boolean } | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === undefined) return undefined;
  // Field 2 is the program's name in parentheses and may itself contain spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, start] = [fields[0], fields[19]];
  if (state === undefined || start === undefined) return undefined;
  return { start, ended: state === 'Z' || state === 'X' };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
