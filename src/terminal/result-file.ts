import { existsSync, realpathSync, statSync } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure } from '../failure.ts';
import { makePrivateFolder, syncFolder } from '../private-folder.ts';
import { processExists } from '../process-exists.ts';

/** A result on its way into a file. */
export interface ResultFile {
  /** The file that the result becomes. */
  readonly path: string;
  readonly write: (text: string) => Promise<void>;
}

/**
 * Writes a result to a file that only this user can read. The old file stays until the new one is complete and on
 * disk. A result that fails leaves nothing; a killed process leaves `FILE.<pid>.partial`, which the next process
 * removes.
 *
 * @throws Failure kind usage if the file cannot be written, kind temporary if the disk is full or fails
 */
export async function withResultFile<Result>(
  given: string,
  work: (file: ResultFile) => Promise<Result>,
): Promise<Result> {
  const path = targetOf(given);
  const partial = `${path}.${process.pid}.partial`;
  const handle = await onDisk(path, async () => {
    makePrivateFolder(dirname(path));
    await removeAbandoned(path);
    return open(partial, 'wx', 0o600);
  });
  try {
    const result = await work({ path, write: (text) => onDisk(path, () => handle.writeFile(text)) });
    await onDisk(path, async () => {
      await handle.sync();
      await handle.close();
      await rename(partial, path);
      await syncFolder(dirname(path));
    });
    return result;
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Removes partial files of processes that were killed, including one that had our process id. */
async function removeAbandoned(path: string): Promise<void> {
  const folder = dirname(path);
  const start = `${basename(path)}.`;
  for (const name of await readdir(folder)) {
    const [, pid] = (name.startsWith(start) && /^(\d+)\.partial$/.exec(name.slice(start.length))) || [];
    if (pid === undefined || (Number(pid) !== process.pid && processExists(Number(pid)))) continue;
    await rm(join(folder, name), { force: true });
  }
}

/** If the path is a link, its target is replaced, not the link. */
function targetOf(given: string): string {
  if (given.trim() === '') throw notWritable('an empty name', 'is not a file name');
  const path = resolve(given);
  if (!existsSync(path)) return path;
  if (!statSync(path).isFile()) throw notWritable(path, 'is not a file');
  return realpathSync(path);
}

const unwritable = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'EEXIST',
  'EISDIR',
  'ENAMETOOLONG',
  'ELOOP',
  'ENOENT',
]);

async function onDisk<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (unwritable.has(code)) throw notWritable(path, `cannot be written to (${code})`, error);
    const isFull = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
    throw new Failure(
      'temporary',
      isFull ? 'file_full' : 'file_failed',
      isFull ? `there is no room for ${path} (${code})` : `writing ${path} failed (${code})`,
      {
        hint: 'The file is unchanged. Free some space or check the disk, then run it again.',
        cause: error,
      },
    );
  }
}

function notWritable(path: string, what: string, cause?: unknown): Failure {
  return new Failure('usage', 'file_not_writable', `${path} ${what}`, {
    hint: 'Choose a file in a folder that you can write to.',
    cause,
  });
}
