import type { Kysely, Transaction } from 'kysely';
import type { LedgerTables } from './schema/tables.ts';

/** For queries: everything they see is of one moment. */
export type Reading = Kysely<LedgerTables>;

/** One transaction: all of it or nothing. */
export type Writing = Transaction<LedgerTables>;

/**
 * What a transaction is alone with: nobody else writes to these at the same time. `names`: locks, checkpoints, buckets of
 * the limiter and the like. SQLite has one writer for the whole file, so that every write there is alone with all of it.
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
    };

export interface Ledger {
  /** Never waits for a writer, of this process or another. */
  read<T>(work: (db: Reading) => Promise<T>): Promise<T>;
  /**
   * `work` must use only the transaction that it is given.
   *
   * @param options `first`: before the writes that wait their turn in this process, because somebody waits for this one
   * @throws Failure ledger_busy, ledger_full, ledger_gone, ledger_not_writable
   */
  write<T>(alone: Alone, work: (trx: Writing) => Promise<T>, options?: { first: boolean }): Promise<T>;
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
  /** The file, or `:memory:`. */
  readonly location: string;
  close(): Promise<void>;
}
