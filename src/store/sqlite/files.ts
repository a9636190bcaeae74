import { chmodSync, closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makePrivateFolder } from '../../private-folder.ts';
import { unreadableLedger } from './failures.ts';

export const memory = ':memory:';

/** The first bytes of every SQLite file (https://www.sqlite.org/fileformat.html, 1.3). */
const magic = 'SQLite format 3\0';

export const logOf = (path: string): string => `${path}-wal`;
export const indexOf = (path: string): string => `${path}-shm`;

/** A file that is held open to look at it, besides SQLite's own use. */
export interface HeldFile {
  readonly key: string;
  /** Returns fewer bytes at the end of the file. */
  read(start: number, length: number): Buffer;
  size(): number;
  release(): void;
}

/**
 * By device and inode, with one descriptor each: closing any descriptor of a file gives up all locks of the process on
 * it (fcntl(2)), including SQLite's.
 */
const held = new Map<string, { descriptor: number; users: number }>();

/** Release it after SQLite has closed the file. Null if there is no file. */
export function holdFile(path: string, flags: 'r' | 'r+' = 'r'): HeldFile | null {
  const key = identityOf(path);
  if (key === null) return null;
  const entry = held.get(key) ?? { descriptor: openSync(path, flags), users: 0 };
  held.set(key, entry);
  entry.users += 1;
  return {
    key,
    read(start, length) {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(entry.descriptor, bytes, 0, length, start));
    },
    size: () => fstatSync(entry.descriptor).size,
    release() {
      entry.users -= 1;
      if (entry.users > 0) return;
      held.delete(key);
      closeSync(entry.descriptor);
    },
  };
}

/** The device and inode of a file; null for a ledger in memory and for a file that does not exist. */
export function identityOf(path: string): string | null {
  if (path === memory) return null;
  const status = statSync(path, { bigint: true, throwIfNoEntry: false });
  return status === undefined ? null : `${status.dev}:${status.ino}`;
}

/**
 * SQLite gives its -wal and -shm files the mode of the database file, so the database file has to exist first, private.
 */
export function prepareFile(path: string): HeldFile {
  makePrivateFolder(dirname(path));
  const isHeld = held.has(identityOf(path) ?? '');
  if (!isHeld) closeSync(openSync(path, 'a', 0o600));
  const file = holdFile(path, 'r+');
  if (file === null) throw Object.assign(new Error('the file is gone'), { code: 'ENOENT' });
  if (file.size() > 0 && !isDatabase(file)) {
    file.release();
    throw unreadableLedger(path, 'is not an SQLite database');
  }
  return file;
}

export function isDatabase(file: HeldFile): boolean {
  return file.read(0, magic.length).toString('latin1') === magic;
}

export function makePrivate(path: string): void {
  for (const file of [path, logOf(path), indexOf(path)]) {
    if (existsSync(file)) chmodSync(file, 0o600);
  }
}
