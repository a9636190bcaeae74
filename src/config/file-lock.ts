import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../failure.ts';

const pauseMs = 20;
const longestWaitMs = 30_000;
/** Holders read and write one small file; one that takes so long has ended where we cannot see it. */
const abandonedAfterMs = 10_000;

/**
 * Does the work while no other process does any under the same lock. The lock is a file; one whose process has ended, or
 * that is older than 10 s, is taken away.
 *
 * @throws Failure kind temporary when others held it for 30 s; what open throws when the file can not be made
 */
export async function withFileLock<Value>(lock: string, work: () => Promise<Value>): Promise<Value> {
  const own = `${hostname()} ${process.pid} ${randomBytes(8).toString('hex')}`;
  await acquire(lock, own);
  try {
    return await work();
  } finally {
    // One that was taken away from us is somebody else's by now.
    if ((await contentOf(lock)) === own) await unlink(lock).catch(() => undefined);
  }
}

async function acquire(lock: string, own: string): Promise<void> {
  const until = performance.now() + longestWaitMs;
  while (!(await make(lock, own))) {
    await takeAwayIfAbandoned(lock);
    if (performance.now() > until) {
      throw new Failure('temporary', 'configuration_busy', `other processes keep ${lock} without a pause`, {
        hint: 'run it again; if no gcsat runs, remove the file',
      });
    }
    await sleep(pauseMs);
  }
}

/** Whole or not at all, and only by the first: a link has its content from the beginning. */
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

async function takeAwayIfAbandoned(lock: string): Promise<void> {
  const seen = await contentOf(lock);
  if (seen === null || !(hasEnded(seen) || (await isOld(lock)))) return;
  const aside = asideOf(lock);
  try {
    await rename(lock, aside);
  } catch {
    // Somebody else was faster.
    return;
  }
  // Between the look and the move others may have taken the old one away and made one that is alive.
  if ((await contentOf(aside)) !== seen) await link(aside, lock).catch(() => undefined);
  await unlink(aside).catch(() => undefined);
}

/** Process ids mean something on their own host only. */
function hasEnded(content: string): boolean {
  const [host, pid] = content.split(' ');
  if (host !== hostname() || !/^[1-9]\d*$/.test(pid ?? '')) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

async function isOld(lock: string): Promise<boolean> {
  const status = await stat(lock).catch(() => null);
  return status !== null && Date.now() - status.mtimeMs > abandonedAfterMs;
}

async function contentOf(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(() => null);
}

const asideOf = (lock: string): string => `${lock}.${randomBytes(8).toString('hex')}`;
