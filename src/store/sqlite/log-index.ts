import { endianness } from 'node:os';
import type { HeldFile } from './files.ts';

/** What the index says about the log (https://www.sqlite.org/walformat.html, 2.1 and 2.2). */
export interface LogIndex {
  /** How many frames its transactions have. */
  readonly frames: number;
  readonly pageBytes: number;
  /** The salts of the log. */
  readonly salts: Buffer;
  /** How many of these frames are already in the file. */
  readonly copied: number;
  /** Whether a process is copying the log into the file, or was when it ended. */
  readonly isBeingCopied: boolean;
}

const bytes = 132;

/** Null if the index is cut short. */
export function readIndex(index: HeldFile): LogIndex | null {
  const read = index.read(0, bytes);
  if (read.length < bytes) return null;
  const isLittle = endianness() === 'LE';
  const at = (start: number): number => (isLittle ? read.readUInt32LE(start) : read.readUInt32BE(start));
  const page = isLittle ? read.readUInt16LE(14) : read.readUInt16BE(14);
  const [frames, copied, tried] = [at(16), at(96), at(128)];
  return {
    ...{ frames, pageBytes: page === 1 ? 65_536 : page, salts: read.subarray(32, 40) },
    ...{ copied, isBeingCopied: tried > copied },
  };
}
