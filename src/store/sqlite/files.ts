import { chmodSync, closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makePrivateFolder } from '../../private-folder.ts';
import { unreadableLedger } from './failures.ts';

export const memory = ':memory:';

/** The first bytes of every SQLite file (https://www.sqlite.org/fileformat.html, 1.3). */
const fileHeader = 'SQLite format 3\0';

/** SQLite gives its -wal and -shm files the mode of the database file, so that one has to exist, private, first. */
export function prepareFile(path: string): void {
  makePrivateFolder(dirname(path));
  closeSync(openSync(path, 'a', 0o600));
  const file = openSync(path, 'r+');
  try {
    const start = Buffer.alloc(fileHeader.length);
    const length = readSync(file, start, 0, start.length, 0);
    if (length > 0 && start.toString('latin1') !== fileHeader) {
      throw unreadableLedger(path, 'is not an SQLite database');
    }
  } finally {
    closeSync(file);
  }
}

export function makePrivate(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    if (existsSync(file)) chmodSync(file, 0o600);
  }
}

/** Null for a ledger in memory and for a file that is not there. */
export function inodeOf(path: string): bigint | null {
  if (path === memory) return null;
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino ?? null;
}
