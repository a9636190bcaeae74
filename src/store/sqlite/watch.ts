import type { Database } from './engine.ts';
import { ledgerGone } from './failures.ts';
import { holdFile, identityOf, indexOf, isDatabase, logOf, memory, type HeldFile } from './files.ts';
import { isOlder, readHeader, type Header } from './header.ts';
import { readIndex, type LogIndex } from './log-index.ts';
import { isBehind } from './writes.ts';

/** The ledger is three files: whichever goes, what is written from then on is nowhere. */
export interface Watch {
  /** @throws Failure ledger_gone when one of the files was moved, removed or replaced */
  refuseGone(): void;
  /**
   * Only while nobody else can write.
   *
   * @param writes that the ledger holds now
   * @throws Failure ledger_gone when the content of one of the files was replaced or cut
   */
  refuseOverwritten(writes: number): void;
  /** So many are committed: less is never right again. */
  committed(writes: number): void;
  /** The log was copied into the file: what it holds now is never less. */
  remember(): void;
  /** Another log lies beside the file, or the file holds less than was copied into it: to copy our log would mix the two. */
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

/** @param file the main one; SQLite has made the other two */
export function watchFiles(path: string, file: HeldFile | null, database: Database): Watch {
  if (path === memory || file === null) return unwatched;
  const [log, index] = [holdFile(logOf(path)), holdFile(indexOf(path))];
  if (log === null || index === null) {
    log?.release();
    index?.release();
    throw ledgerGone(path);
  }
  let copied = readHeader(file);
  /** In the file and its log. */
  let held = copied.writes;

  /** What file and index say; null where the file cannot be what copying the log makes of it. In this order, others may copy meanwhile. */
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
      // SQLite still has the log open: what was acknowledged is saved while nothing else can be in its place.
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

/** The log holds all that its index counts: nobody has cut it. */
function isWhole(log: HeldFile, { frames, pageBytes, salts }: LogIndex): boolean {
  if (frames === 0) return true;
  return log.size() >= 32 + frames * (24 + pageBytes) && log.read(16, 8).equals(salts);
}

/**
 * The file is shorter than it says. Whoever copies the log writes the first page before the last: so it is looked at again,
 * and only believed where nobody did so meanwhile. The log does not begin anew while one can write.
 */
function isCut(file: HeldFile, index: HeldFile): boolean {
  const before = readIndex(index);
  const isShort = file.size() < readHeader(file).bytes;
  const after = readIndex(index);
  if (before === null || after === null) return true;
  return isShort && !before.isBeingCopied && !after.isBeingCopied && before.copied === after.copied;
}
