import { createHash } from 'node:crypto';
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { lifeOf, ownHost, ownStart } from './ledger/processes.ts';

const named = /^gcsat-(?:dry-run|sandbox)-(\d+)-(.+)-([0-9a-f]{12})-[^-]{6}$/;

/**
 * Makes a folder in the temporary one, private to the user. Its name says whose it is, from its first moment on: a
 * process may be killed at any.
 */
export function makeOwnFolder(what: 'dry-run' | 'sandbox'): Promise<string> {
  return mkdtemp(resolve(tmpdir(), `gcsat-${what}-${process.pid}-${ownStart()}-${hostMark()}-`));
}

/** Removes the folders of this user whose process was killed on this host; whatever is in doubt stays. */
export async function removeAbandonedFolders(): Promise<void> {
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    if (!isAbandoned(name)) continue;
    const folder = join(tmpdir(), name);
    try {
      const status = await lstat(folder);
      if (!status.isDirectory() || status.uid !== process.getuid?.()) continue;
      await rm(folder, { recursive: true, force: true });
    } catch {
      // Somebody else was faster, or it is not ours to remove: neither hinders a dry run.
    }
  }
}

function isAbandoned(name: string): boolean {
  const [, pid, startedAt, host] = named.exec(name) ?? [];
  if (pid === undefined || startedAt === undefined) return false;
  return host === hostMark() && lifeOf(Number(pid), startedAt) === 'ended';
}

/** Names of hosts may be long, and hold what no name of a file may. */
function hostMark(): string {
  return createHash('sha256').update(ownHost()).digest('hex').slice(0, 12);
}
