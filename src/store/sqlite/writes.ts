import { logOf, holdFile, type HeldFile } from './files.ts';

/**
 * A ledger counts the transactions that wrote to it, in the `user_version` of its first page
 * (https://www.sqlite.org/fileformat.html, 1.3.12). So every transaction in the log includes that page, and a file and
 * its log show whether they belong together, and whether they hold less than they did.
 */
export const writesAt = 60;
const most = 0x7fffffff;

export const nextWrites = (writes: number): number => (writes + 1) & most;

/** The count starts over after 2^31: a count less than half of that ahead is later. */
export function isBehind(writes: number, than: number): boolean {
  const distance = (than - writes) & most;
  return distance > 0 && distance < most / 2;
}

/** Zero for an empty file. */
export function writesIn(file: HeldFile): number {
  const bytes = file.read(writesAt, 4);
  return bytes.length < 4 ? 0 : bytes.readInt32BE();
}

export interface Log {
  /** The counts of the first and the last transaction that has one; null: none has. */
  readonly writes: { first: number; last: number } | null;
}

const headerBytes = 32;
const frameHeaderBytes = 24;
const isLogHeader = (header: Buffer): boolean =>
  header.length === headerBytes && header.readUInt32BE(0) >>> 1 === 0x377f0682 >>> 1;

/** Null if there is no log, or nothing was written to it (https://www.sqlite.org/fileformat.html, 4.1). */
export function readLog(path: string): Log | null {
  const file = holdFile(logOf(path));
  if (file === null) return null;
  try {
    const header = file.read(0, headerBytes);
    if (!isLogHeader(header)) return null;
    const frameBytes = frameHeaderBytes + header.readUInt32BE(8);
    let first: number | null = null;
    let last: number | null = null;
    let pending: number | null = null;
    for (let start = headerBytes; ; start += frameBytes) {
      const frame = file.read(start, frameHeaderBytes + writesAt + 4);
      // Frames of an earlier use of the file have other salts.
      if (
        frame.length < frameHeaderBytes + writesAt + 4 ||
        !frame.subarray(8, 16).equals(header.subarray(16, 24))
      )
        break;
      if (frame.readUInt32BE(0) === 1) pending = frame.readInt32BE(frameHeaderBytes + writesAt);
      const isCommit = frame.readUInt32BE(4) !== 0;
      if (!isCommit || pending === null) continue;
      first ??= pending;
      last = pending;
    }
    return { writes: first === null || last === null ? null : { first, last } };
  } finally {
    file.release();
  }
}

/**
 * Whether a log belongs to its file: no transaction is missing between the file and the first one of the log, and the
 * file is not newer than the log.
 */
export function belongs({ writes }: Log, toWrites: number): boolean {
  if (writes === null) return true;
  return !isBehind(nextWrites(toWrites), writes.first) && !isBehind(writes.last, toWrites);
}
