import type { Kysely, Transaction } from 'kysely';
import type { LedgerTables } from './tables.ts';

/** For queries: everything they see is from one moment. */
export type Reading = Kysely<LedgerTables>;

/** One transaction: all of it or nothing. */
export type Writing = Transaction<LedgerTables>;

/**
 * What a transaction holds exclusively: no other transaction writes to it at the same time. `names`: locks,
 * checkpoints, buckets of the limiter, and the like. SQLite has one writer for the whole file, so every write there
 * holds all of it. Whatever else a write reads to decide by, it locks row by row (`forUpdate`), which SQLite does not
 * need.
 */
export type Alone =
  | 'ledger'
  | {
      readonly conversations?: readonly string[];
      /** Ids of closings; each stands for its conversation. */
      readonly closings?: readonly string[];
      /** Normalized. */
      readonly addresses?: readonly string[];
      readonly names?: readonly string[];
      /** Names that many transactions hold at once, while none holds them exclusively. */
      readonly shared?: readonly string[];
    };

/** For what a transaction learns only midway that it must hold exclusively. */
export interface Further {
  /**
   * Also holds this name exclusively until the transaction ends; false if another transaction holds it. Never waits, so
   * that no two transactions wait for each other. Read again afterward what was read before.
   */
  readonly tryAlone: (name: string) => Promise<boolean>;
}

/** Tells the other processes of a ledger that there is work. Nothing may rely on a hint, because it may be lost. */
export interface Hints {
  /** Returns at once, and never fails. */
  tell(): void;
  /** Calls back when another process tells, until the ledger is closed. */
  hear(heard: () => void): void;
}

export interface Ledger {
  /** Never waits for a writer, of this process or another. */
  read<T>(work: (db: Reading) => Promise<T>): Promise<T>;
  /**
   * `work` must use only the transaction that it is given, and change nothing outside it: if another transaction was in
   * its way, or the connection was lost before the end, `work` runs again.
   *
   * @param options `first`: ahead of the writes that are waiting in this process, because a caller waits for this one
   * @throws Failure ledger_busy, ledger_full, ledger_gone, ledger_not_writable, ledger_unavailable
   */
  write<T>(
    alone: Alone,
    work: (trx: Writing, further: Further) => Promise<T>,
    options?: { first: boolean },
  ): Promise<T>;
  /** Copies everything as it is now into a new file. */
  copyTo(location: string): Promise<void>;
  /**
   * Rewrites the file and empties its log, so that nothing that was erased is left in either. Meanwhile the writers of
   * all processes wait, some seconds per GB.
   *
   * @returns false: other readers kept the log from being emptied
   * @throws Failure ledger_busy, ledger_full
   */
  compact(patienceMs?: number): Promise<boolean>;
  /** The file, `:memory:`, or the URL without its password. */
  readonly location: string;
  /** Whether its tables exist. They do not if it was opened as is and nothing was there. */
  exists(): Promise<boolean>;
  /** The damage that the engine finds when it reads the whole ledger; empty if all is well. */
  problems(): Promise<string[]>;
  /** How large it is, in bytes; 0 in memory. */
  bytes(): Promise<number>;
  /**
   * The time that decides about claims, pacing, and due work, in milliseconds: a database server's own, whatever the
   * clocks of the processes say. Null: this machine's clock.
   */
  now(): number | null;
  /** Null if the processes share nothing that could carry hints. */
  readonly hints: Hints | null;
  close(): Promise<void>;
}
