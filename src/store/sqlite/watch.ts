import { endianness } from 'node:os';
import type { Database } from './engine.ts';
import { ledgerGone } from './failures.ts';
import { holdFile, identityOf, indexOf, isDatabase, logOf, memory, type HeldFile } from './files.ts';
import { isBehind, writesIn } from './writes.ts';

/** The ledger is three files: whichever goes, what is written from then on is nowhere. */
export interface Watch {
  /** @throws Failure ledger_gone when one of the files was moved, removed or replaced */
  refuseGone(): void;
  /**
   * Only while nobody else can write.
   *
   * @throws Failure ledger_gone when the content of one of the files was replaced
   */
  refuseOverwritten(writes: number): void;
  /** Another log lies beside the file, or the file holds less than was copied into it: to copy our log would mix the two. */
  isReplaced(): boolean;
  release(): void;
}

const unwatched: Watch = {
  refuseGone: () => undefined,
  refuseOverwritten: () => undefined,
  isReplaced: () => false,
  release: () => undefined,
};

/** @param file the main one; SQLite has made the other two */
export function watchFiles(path: string, file: HeldFile | null, database: Database): Watch {
  if (path === memory || file === null) return unwatched;
  const [log, index] = [holdFile(logOf(path)), holdFile(indexOf(path))];
  if (log === null || index === null) {
    log?.release();
    index?.release();
    throw ledgerGone(path);
  }
  let copiedWrites = writesIn(file);

  return {
    refuseGone() {
      if (!isDatabase(file)) throw ledgerGone(path);
      const main = identityOf(path);
      const others = [
        [identityOf(logOf(path)), log.key],
        [identityOf(indexOf(path)), index.key],
      ];
      if (main === file.key && others.every(([now, then]) => now === then)) return;
      // SQLite still has the log open: what was acknowledged is saved while nothing else can be in its place.
      if (main === file.key && others.every(([now, then]) => now === null || now === then)) {
        database.exec('PRAGMA wal_checkpoint(PASSIVE)');
      }
      throw ledgerGone(path);
    },
    refuseOverwritten(writes) {
      const now = writesIn(file);
      // Only copying the log changes the file, and that goes forward.
      const isOurs = !isBehind(now, copiedWrites) && !isBehind(writes, now);
      if (!isOurs || !isWhole(log, index)) throw ledgerGone(path);
      copiedWrites = now;
    },
    isReplaced() {
      if (!isDatabase(file) || isBehind(writesIn(file), copiedWrites)) return true;
      return identityOf(path) === file.key && [log.key, null].every((key) => identityOf(logOf(path)) !== key);
    },
    release() {
      for (const one of [log, index]) one.release();
    },
  };
}

/** The log holds all that its index counts (https://www.sqlite.org/walformat.html, 2.1): nobody has cut it. */
function isWhole(log: HeldFile, index: HeldFile): boolean {
  const counted = index.read(0, 48);
  if (counted.length < 48) return false;
  const isLittle = endianness() === 'LE';
  const frames = isLittle ? counted.readUInt32LE(16) : counted.readUInt32BE(16);
  if (frames === 0) return true;
  const page = isLittle ? counted.readUInt16LE(14) : counted.readUInt16BE(14);
  const least = 32 + frames * (24 + (page === 1 ? 65_536 : page));
  return log.size() >= least && log.read(16, 8).equals(counted.subarray(32, 40));
}
