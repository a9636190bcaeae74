import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase, type Database } from './engine.ts';
import { foreignLog, ledgerShrank, unreadableLedger } from './failures.ts';
import { identityOf, indexOf, type HeldFile } from './files.ts';
import { isOrphaned, type WriteCounter, type WriteCounters } from './write-counter.ts';
import { belongs, isBehind, readLog, writesIn } from './writes.ts';

/**
 * Checking 1 GB takes some seconds, only after a crash; checking a small ledger takes some milliseconds, at every
 * start.
 */
const checkedAfterCrashBytes = 2 ** 30;
const alwaysCheckedBytes = 2 ** 22;

/** Several looks, because other processes may copy the log and begin a new one while its parts are read. */
const looks = 8;
const betweenLooksMs = 15;

/** @throws Failure ledger_shrank when there was a ledger and now there is none */
export function refuseEmptied(path: string, counter: WriteCounter, counters: WriteCounters | null): void {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0) return;
  if (counter.writes === 'accepted') return;
  if (counter.writes !== null || (counters !== null && isOrphaned(counters))) throw ledgerShrank(path, null);
}

/**
 * Reads the file and its log without SQLite, which would play any log into any file.
 *
 * @throws Failure ledger_log_foreign, ledger_shrank
 */
export async function refuseLost(path: string, file: HeldFile, counter: WriteCounter): Promise<void> {
  for (let look = 1; ; look += 1) {
    const log = readLog(path);
    const copied = writesIn(file);
    const isForeign = log !== null && !belongs(log, copied);
    const holds = log?.writes?.last ?? copied;
    const isShort = typeof counter.writes === 'number' && isBehind(holds, counter.writes);
    if (!isForeign && !isShort) return;
    if (look === looks) {
      throw isForeign ? foreignLog(path) : ledgerShrank(path, { holds, held: Number(counter.writes) });
    }
    await sleep(betweenLooksMs);
  }
}

/**
 * Checks what a crash left before anything is copied out of the log, so that a damaged ledger is not changed.
 *
 * @throws Failure ledger_unreadable
 */
export function checkAfterCrash(path: string, file: HeldFile): void {
  if (readLog(path) === null || isInUse(path) || file.size() > checkedAfterCrashBytes) return;
  // A read-only connection does not copy the log when it closes the file.
  const database = openDatabase(path, { readOnly: true });
  try {
    check(database, path);
  } finally {
    database.close();
  }
}

/** @throws Failure ledger_unreadable */
export function checkSmall(path: string, file: HeldFile, database: Database): void {
  if (file.size() <= alwaysCheckedBytes) check(database, path);
}

function check(database: Database, path: string): void {
  const [row] = database.prepare('PRAGMA quick_check(1)').all() as { quick_check: string }[];
  if (row?.quick_check !== 'ok') throw unreadableLedger(path, 'is damaged');
}

/**
 * Whether a process has the file open. If that is unknown, the answer is no, which costs a check that was not needed.
 */
function isInUse(path: string): boolean {
  const inode = identityOf(indexOf(path))?.split(':')[1];
  if (inode === undefined) return false;
  try {
    // proc_locks(5): major:minor:inode of each lock.
    return readFileSync('/proc/locks', 'utf8').includes(`:${inode} `);
  } catch {
    return false;
  }
}
