import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { isBusy, storageFailure } from '../../../src/store/sqlite/failures.ts';

const place = '/data/gcsat.db';

function failureOf(error: unknown): string {
  const failure = storageFailure(error, place);
  return failure instanceof Failure ? `${failure.kind} ${failure.code}` : 'defect';
}

function named(sqliteCodeName: string): Error {
  return Object.assign(new Error('what SQLite says'), { code: 'ERR_SQLITE_ERROR', sqliteCodeName });
}

describe('each trouble of SQLite', () => {
  test.each([
    // Caused by another process, and gone a moment later.
    ['SQLITE_BUSY', 'ledger ledger_busy', true],
    ['SQLITE_BUSY_RECOVERY', 'ledger ledger_busy', true],
    ['SQLITE_BUSY_SNAPSHOT', 'ledger ledger_busy', true],
    ['SQLITE_BUSY_TIMEOUT', 'ledger ledger_busy', true],
    ['SQLITE_PROTOCOL', 'ledger ledger_busy', true],
    ['SQLITE_SCHEMA', 'ledger ledger_busy', true],
    // Caused within one connection, so waiting does not help.
    ['SQLITE_LOCKED', 'ledger ledger_busy', false],
    ['SQLITE_LOCKED_SHAREDCACHE', 'ledger ledger_busy', false],
    ['SQLITE_IOERR_LOCK', 'ledger ledger_disk_error', false],
    ['SQLITE_IOERR_RDLOCK', 'ledger ledger_disk_error', false],
    ['SQLITE_IOERR_UNLOCK', 'ledger ledger_disk_error', false],
    ['SQLITE_IOERR_SHMLOCK', 'ledger ledger_disk_error', false],
    ['SQLITE_IOERR_READ', 'ledger ledger_disk_error', false],
    ['SQLITE_IOERR_FSYNC', 'ledger ledger_disk_error', false],
    ['SQLITE_IOERR_DATA', 'ledger ledger_unreadable', false],
    ['SQLITE_IOERR_CORRUPTFS', 'ledger ledger_unreadable', false],
    ['SQLITE_CORRUPT', 'ledger ledger_unreadable', false],
    ['SQLITE_NOTADB', 'ledger ledger_unreadable', false],
    ['SQLITE_FULL', 'ledger ledger_full', false],
    ['SQLITE_READONLY', 'ledger ledger_not_writable', false],
    ['SQLITE_READONLY_RECOVERY', 'ledger ledger_not_writable', false],
    ['SQLITE_READONLY_DBMOVED', 'ledger ledger_gone', false],
    ['SQLITE_CANTOPEN', 'ledger ledger_not_writable', false],
    ['SQLITE_PERM', 'ledger ledger_not_writable', false],
    // Nothing here interrupts a statement, and its queries are fixed texts.
    ['SQLITE_INTERRUPT', 'defect', false],
    ['SQLITE_ABORT_ROLLBACK', 'defect', false],
    ['SQLITE_ERROR', 'defect', false],
    ['SQLITE_CONSTRAINT_UNIQUE', 'defect', false],
    ['SQLITE_MISUSE', 'defect', false],
  ])('%s is %s', (name, failure, again) => {
    expect([failureOf(named(name)), isBusy(named(name))]).toEqual([failure, again]);
  });

  test.each([
    ['database is locked', 'ledger ledger_busy'],
    ['database table is locked', 'ledger ledger_busy'],
    ['locking protocol', 'ledger ledger_busy'],
    ['database schema has changed', 'ledger ledger_busy'],
    ['disk I/O error', 'ledger ledger_disk_error'],
    ['access permission denied', 'ledger ledger_not_writable'],
    ['something else', 'defect'],
  ])('is known by its text alone: %s', (text, failure) => {
    expect(failureOf(new Error(text))).toBe(failure);
  });
});
