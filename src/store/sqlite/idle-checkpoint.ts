import type { Connection } from './connection.ts';
import type { Watch } from './watch.ts';

const idleMs = 1000;

export interface IdleCheckpoint {
  /** Starts the wait again. */
  postpone(): void;
  close(): void;
}

/** Copies the log into the file when nothing was written for a while, so that little is in the log alone. */
export function createIdleCheckpoint({ database }: Connection, watch: Watch): IdleCheckpoint {
  const copy = (): void => {
    try {
      // An open transaction would get in the way of the copying.
      if (database.isTransaction) return void timer.refresh();
      watch.refuseGone();
      if (watch.isReplaced()) return;
      database.exec('PRAGMA busy_timeout = 0');
      const [row] = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all() as { busy: number }[];
      if (row?.busy !== 0) timer.refresh();
      watch.remember();
    } catch {
      // The next transaction meets the same error and reports it.
    }
  };
  // The first copy comes after opening, even if nothing was written.
  const timer = setTimeout(copy, idleMs);
  timer.unref();
  return { postpone: () => void timer.refresh(), close: () => clearTimeout(timer) };
}
