import type { Database } from './engine.ts';
import { ledgerGone } from './failures.ts';
import { holdFile, identityOf, indexOf, isDatabase, logOf, memory, type HeldFile } from './files.ts';
import { isOlder, readHeader, type Header } from './header.ts';
import { readIndex, type LogIndex } from './log-index.ts';
import { isBehind } from './writes.ts';

/** The ledger is three files: if any of them goes, whatever is written from then on is lost. */
export interface Watch {
  /** @throws Failure ledger_gone when one of the files was moved, removed, or replaced */
  refuseGone(): void;
  /**
   * Only to be called while no other process can write.
   *
   * @param writes the count that the ledger holds now
   * @throws Failure ledger_gone when the content of one of the files was replaced or cut
   */
  refuseOverwritten(writes: number): void;
  /** Records that so many writes are committed: the ledger must never hold fewer again. */
  committed(writes: number): void;
  /** Records that the log was copied into the file, which must never hold less again. */
  remember(): void;
  /**
   * Whether another log is beside the file, or the file holds less than was copied into it: copying our log would mix
   * them.
   */
  isReplaced(): boolean;
  release(): void;
}

const unwatched: Watch = {
  refuseGone: () => undefined,
  refuseOverwritten: () => undefined,
  committed: () => undefined,
  remember: () => undefined,
  isReplaced: () => false,
  release: () => undefined,
};

/** @param file the main file; SQLite has made the other two */
export function watchFiles(path: string, file: HeldFile | null, database: Database): Watch {
  if (path === memory || file === null) return unwatched;
  const [log, index] = [holdFile(logOf(path)), holdFile(indexOf(path))];
  if (log === null || index === null) {
    log?.release();
    index?.release();
    throw ledgerGone(path);
  }
  let copied = readHeader(file);
  /** The count of writes in the file and its log. */
  let held = copied.writes;

  /**
   * What the index and the file say; null if the file cannot be the result of copying the log. They are read in this
   * order because other processes may copy meanwhile.
   */
  const look = (): { counted: LogIndex; header: Header } | null => {
    const counted = readIndex(index);
    const header = readHeader(file);
    if (counted === null || isOlder(header, copied)) return null;
    if (counted.copied === counted.frames && isBehind(header.writes, held)) return null;
    copied = header;
    return { counted, header };
  };

  return {
    refuseGone() {
      if (!isDatabase(file)) throw ledgerGone(path);
      const main = identityOf(path);
      const others = [
        [identityOf(logOf(path)), log.key],
        [identityOf(indexOf(path)), index.key],
      ];
      if (main === file.key && others.every(([now, then]) => now === then)) return;
      // A file was removed, but SQLite still has the log open: save what was acknowledged while nothing has taken its
      // place.
      if (main === file.key && others.every(([now, then]) => now === null || now === then)) {
        database.exec('PRAGMA wal_checkpoint(PASSIVE)');
      }
      throw ledgerGone(path);
    },
    refuseOverwritten(writes) {
      if (isBehind(writes, held)) throw ledgerGone(path);
      held = writes;
      const seen = look();
      if (seen === null || isBehind(writes, seen.header.writes)) throw ledgerGone(path);
      if (!isWhole(log, seen.counted)) throw ledgerGone(path);
      if (file.size() < seen.header.bytes && isCut(file, index)) throw ledgerGone(path);
    },
    committed(writes) {
      held = writes;
    },
    remember: () => void look(),
    isReplaced() {
      if (!isDatabase(file) || look() === null) return true;
      return identityOf(path) === file.key && [log.key, null].every((key) => identityOf(logOf(path)) !== key);
    },
    release() {
      for (const one of [log, index]) one.release();
    },
  };
}

/** Whether the log holds everything that its index counts, so that it was not cut. */
function isWhole(log: HeldFile, { frames, pageBytes, salts }: LogIndex): boolean {
  if (frames === 0) return true;
  return log.size() >= 32 + frames * (24 + pageBytes) && log.read(16, 8).equals(salts);
}

/**
 * Whether the file is shorter than its header says. A process that copies the log writes the first page before the
 * last, so the header is checked again, and believed only if no process copied meanwhile. The log does not start over
 * while this process can write.
 */
function isCut(file: HeldFile, index: HeldFile): boolean {
  const before = readIndex(index);
  const isShort = file.size() < readHeader(file).bytes;
  const after = readIndex(index);
  if (before === null || after === null) return true;
  return isShort && !before.isBeingCopied && !after.isBeingCopied && before.copied === after.copied;
}
