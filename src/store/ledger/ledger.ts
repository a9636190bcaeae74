import type { Kysely, Transaction } from 'kysely';
import type { LedgerTables } from './tables.ts';

/** For queries: everything they see is of one moment. */
export type Reading = Kysely<LedgerTables>;

/** One transaction: all of it or nothing. */
export type Writing = Transaction<LedgerTables>;

/**
 * What a transaction is alone with: nobody else writes to these at the same time. `names`: locks, checkpoints, buckets of
 * the limiter and the like. SQLite has one writer for the whole file, so that every write there is alone with all of it. A
 * write locks row by row (`forUpdate`) what else it reads to decide by, which SQLite does not need.
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
      /** Names that many hold at once, while nobody is alone with them. */
      readonly shared?: readonly string[];
    };

/** What a transaction learns only in its middle that it has to be alone with. */
export interface Further {
  /**
   * Alone with this name too, until the transaction ends; false when another one is. It never waits, so that nobody waits
   * for each other. What was read before is read again after it.
   */
  readonly tryAlone: (name: string) => Promise<boolean>;
}

/** That there is work, from one process to the others of a ledger: nothing may rest on it, because it may be lost. */
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
   * `work` must use only the transaction that it is given, and changes nothing outside of it: where another transaction was
   * in its way, or the connection was lost before the end, it is done again.
   *
   * @param options `first`: before the writes that wait their turn in this process, because somebody waits for this one
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
   * Writes the file anew and empties its log, so that nothing that was erased is left in either. Writers of all processes
   * wait meanwhile, seconds for each GB.
   *
   * @returns false: others read for so long that the log could not be emptied
   * @throws Failure ledger_busy, ledger_full
   */
  compact(patienceMs?: number): Promise<boolean>;
  /** The file, `:memory:`, or the URL without its password. */
  readonly location: string;
  /** Whether its tables are made: they are not where it was opened as it is, and nothing is there. */
  exists(): Promise<boolean>;
  /** What the engine says is damaged, after it has read all of it; empty where all is well. */
  problems(): Promise<string[]>;
  /** How large it is, in bytes; 0 in memory. */
  bytes(): Promise<number>;
  /**
   * The time that decides about claims, pacing and due work, in milliseconds: for a server its own, whatever the clocks of
   * the processes say. Null: that of this machine.
   */
  now(): number | null;
  /** Null where the processes share nothing that could tell them. */
  readonly hints: Hints | null;
  close(): Promise<void>;
}
