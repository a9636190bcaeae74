import { createHash } from 'node:crypto';
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { lifeOf, ownHost, ownStart } from './ledger/processes.ts';

const named = /^gcsat-(?:dry-run|sandbox)-(\d+)-(.+)-([0-9a-f]{12})-[^-]{6}$/;

/**
 * Makes a folder in the temporary folder, private to the user. Its name says whose it is from the first moment on,
 * because a process may be killed at any moment.
 */
export function makeOwnFolder(what: 'dry-run' | 'sandbox'): Promise<string> {
  return mkdtemp(resolve(tmpdir(), `gcsat-${what}-${process.pid}-${ownStart()}-${hostMark()}-`));
}

/** Removes this user's folders whose process was killed on this host; if in doubt, a folder stays. */
export async function removeAbandonedFolders(): Promise<void> {
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    if (!isAbandoned(name)) continue;
    const folder = join(tmpdir(), name);
    try {
      const status = await lstat(folder);
      if (!status.isDirectory() || status.uid !== process.getuid?.()) continue;
      await rm(folder, { recursive: true, force: true });
    } catch {
      // Another process was faster, or the folder is not ours to remove: a dry run goes on either way.
    }
  }
}

function isAbandoned(name: string): boolean {
  const [, pid, startedAt, host] = named.exec(name) ?? [];
  if (pid === undefined || startedAt === undefined) return false;
  return host === hostMark() && lifeOf(Number(pid), startedAt) === 'ended';
}

/** Host names may be long, and contain characters that a file name must not. */
function hostMark(): string {
  return createHash('sha256').update(ownHost()).digest('hex').slice(0, 12);
}
