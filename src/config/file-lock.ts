import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../failure.ts';
import { processExists } from '../process-exists.ts';

const pauseMs = 20;
const longestWaitMs = 30_000;
/**
 * Holders read and write one small file. A holder that takes this long has ended, on a host whose processes we cannot
 * see.
 */
const abandonedAfterMs = 10_000;

/**
 * Does the work while no other process works under the same lock. The lock is a file; it is removed if its process
 * has ended or it is older than 10 s.
 *
 * @throws Failure kind temporary if others held it for 30 s; the error of `open` if the file cannot be created
 */
export async function withFileLock<Value>(lock: string, work: () => Promise<Value>): Promise<Value> {
  const own = `${hostname()} ${process.pid} ${randomBytes(8).toString('hex')}`;
  await acquire(lock, own);
  try {
    return await work();
  } finally {
    // If another process removed our lock, the file now belongs to that process.
    if ((await contentOf(lock)) === own) await unlink(lock).catch(() => undefined);
  }
}

async function acquire(lock: string, own: string): Promise<void> {
  const until = performance.now() + longestWaitMs;
  while (!(await make(lock, own))) {
    await removeIfAbandoned(lock);
    if (performance.now() > until) {
      throw new Failure('temporary', 'configuration_busy', `other processes have held ${lock} for too long`, {
        hint: 'Run it again. If no gcsat is running, remove the file.',
      });
    }
    await sleep(pauseMs);
  }
}

/** A link appears together with its content, and only for the first process. */
async function make(lock: string, own: string): Promise<boolean> {
  const temporary = asideOf(lock);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    await handle.writeFile(own);
    await handle.close();
    await link(temporary, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

async function removeIfAbandoned(lock: string): Promise<void> {
  const seen = await contentOf(lock);
  if (seen === null || !(hasEnded(seen) || (await isOld(lock)))) return;
  const aside = asideOf(lock);
  try {
    await rename(lock, aside);
  } catch {
    // Another process was faster.
    return;
  }
  // Between reading and renaming, another process may have replaced the old lock with its own.
  if ((await contentOf(aside)) !== seen) await link(aside, lock).catch(() => undefined);
  await unlink(aside).catch(() => undefined);
}

/** A process id means something only on its own host. */
function hasEnded(content: string): boolean {
  const [host, pid] = content.split(' ');
  return host === hostname() && /^[1-9]\d*$/.test(pid ?? '') && !processExists(Number(pid));
}

async function isOld(lock: string): Promise<boolean> {
  const status = await stat(lock).catch(() => null);
  return status !== null && Math.abs(Date.now() - status.mtimeMs) > abandonedAfterMs;
}

async function contentOf(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(() => null);
}

const asideOf = (lock: string): string => `${lock}.${randomBytes(8).toString('hex')}`;
