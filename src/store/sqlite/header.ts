import type { HeldFile } from './files.ts';
import { isBehind, writesAt } from './writes.ts';

/** What the first page of a file says (https://www.sqlite.org/fileformat.html, 1.3). */
export interface Header {
  /** Zero for an empty file. */
  readonly writes: number;
  /** Copying the log never lowers it. A copy that `VACUUM INTO` makes begins at 1 again. */
  readonly changes: number;
  /** The file has at least this many, unless a process is copying the log into it. */
  readonly bytes: number;
}

const length = 100;
const most = 2 ** 32;

export function readHeader(file: HeldFile): Header {
  const read = file.read(0, length);
  if (read.length < length) return { writes: 0, changes: 0, bytes: 0 };
  const page = read.readUInt16BE(16);
  return {
    writes: read.readInt32BE(writesAt),
    changes: read.readUInt32BE(24),
    bytes: read.readUInt32BE(28) * (page === 1 ? 65_536 : page),
  };
}

/** Whether `now` cannot come after `than`: only copying the log changes a file, and that goes forward. */
export function isOlder(now: Header, than: Header): boolean {
  const back = (than.changes - now.changes + most) % most;
  return isBehind(now.writes, than.writes) || (back > 0 && back < most / 2);
}
