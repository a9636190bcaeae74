import { Failure } from '../../failure.ts';

/** Errors that SQLite's library for Node throws from `all()` have SQLite's text and no code. */
const codesOfTexts: Readonly<Record<string, string>> = {
  'database is locked': 'SQLITE_BUSY',
  'database table is locked': 'SQLITE_LOCKED',
  'locking protocol': 'SQLITE_PROTOCOL',
  'database schema has changed': 'SQLITE_SCHEMA',
  'access permission denied': 'SQLITE_PERM',
  'database or disk is full': 'SQLITE_FULL',
  'database disk image is malformed': 'SQLITE_CORRUPT',
  'file is not a database': 'SQLITE_NOTADB',
  'attempt to write a readonly database': 'SQLITE_READONLY',
  'unable to open database file': 'SQLITE_CANTOPEN',
  'disk I/O error': 'SQLITE_IOERR',
};

/** The code that SQLite or Node's file system gives to an error, e.g. `SQLITE_BUSY` or `ENOSPC`. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const { code, sqliteCodeName } = error as Error & { code?: unknown; sqliteCodeName?: unknown };
  const name = sqliteCodeName ?? codesOfTexts[error.message] ?? code;
  return typeof name === 'string' ? name : '';
}

/**
 * Another process is using the file, and the same may succeed a moment later: that process is writing, is beginning or
 * ending its use of the log (PROTOCOL), or has just changed the tables (SCHEMA).
 */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|PROTOCOL|SCHEMA)/.test(codeOf(error));
}

/**
 * What an error of the disk or of SQLite means to the user; anything unknown is returned as it is.
 * @param location the ledger as the user may see it: a path.
 */
export function storageFailure(error: unknown, location: string): unknown {
  if (error instanceof Failure) return error;
  const code = codeOf(error);
  if (isBusy(error) || code.startsWith('SQLITE_LOCKED')) {
    return new Failure('ledger', 'ledger_busy', `The ledger ${location} is locked by another process.`, {
      hint: 'Wait until the other gcsat is done, then run this again.',
      cause: error,
    });
  }
  if (code.startsWith('SQLITE_FULL') || code === 'ENOSPC' || code === 'EDQUOT') {
    return new Failure('ledger', 'ledger_full', `The disk is full: the ledger ${location} cannot grow.`, {
      hint: 'Free some space on this disk, then run this again; nothing that was recorded is lost.',
      cause: error,
    });
  }
  if (code === 'SQLITE_READONLY_DBMOVED') return ledgerGone(location);
  if (/^SQLITE_(NOTADB|CORRUPT|IOERR_(DATA|CORRUPTFS))/.test(code)) {
    return unreadableLedger(location, 'is damaged or is not a ledger', error);
  }
  if (/^(SQLITE_(READONLY|CANTOPEN|PERM|AUTH)|EACCES$|EPERM$|EROFS$)/.test(code)) {
    return new Failure('ledger', 'ledger_not_writable', `The ledger ${location} cannot be written.`, {
      hint: 'Give this user write permission on the file and its folder, or name another ledger (--database).',
      cause: error,
    });
  }
  if (/^SQLITE_IOERR_\w*LOCK/.test(code)) {
    return new Failure('ledger', 'ledger_disk_error', `The ledger ${location} cannot be locked.`, {
      hint: 'Keep the ledger on a disk of this machine: many network folders cannot lock a file.',
      cause: error,
    });
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return new Failure('ledger', 'ledger_disk_error', `The disk of the ledger ${location} failed.`, {
      hint: 'Check the disk and its free space, then run this again.',
      cause: error,
    });
  }
  if (/^(ENOTDIR|EEXIST|EISDIR|ENAMETOOLONG|ELOOP|ENOENT)$/.test(code)) {
    return new Failure('configuration', 'database_invalid', `${location} cannot be the file of a ledger.`, {
      hint: 'Name a file in a folder with --database.',
      cause: error,
    });
  }
  return error;
}

export function unreadableLedger(location: string, what: string, cause?: unknown): Failure {
  return new Failure('ledger', 'ledger_unreadable', `The file ${location} ${what}; it was left unchanged.`, {
    hint: 'Stop gcsat and move the file, its -wal, and its -shm away together; then restore a backup, or name another ledger (--database).',
    cause,
  });
}

export function ledgerGone(location: string): Failure {
  return new Failure(
    'ledger',
    'ledger_gone',
    `The ledger ${location}, its -wal, or its -shm was moved, removed, or replaced while it was in use; nothing more ` +
      'is written to it.',
    { hint: 'Put back what was there, then start this again.' },
  );
}

const afterRestore =
  'If it was restored, or started over on purpose, continue with it as it is: `gcsat ledger accept`. Customers who ' +
  'were surveyed since may then be surveyed again.';

/** @param changes null: there is no ledger */
export function ledgerShrank(location: string, changes: { holds: number; held: number } | null): Failure {
  const what =
    changes === null
      ? 'is gone or empty, although one was in use here'
      : `holds less than it did: ${changes.holds} of ${changes.held} changes`;
  return new Failure('ledger', 'ledger_shrank', `The ledger ${location} ${what}.`, {
    hint: `Put back the file and its -wal if you still have them. ${afterRestore}`,
  });
}

export function foreignLog(location: string): Failure {
  return new Failure(
    'ledger',
    'ledger_log_foreign',
    `The log ${location}-wal does not belong to the ledger next to it; both were left unchanged.`,
    {
      hint: 'Put back the file that it belongs to; or, if a backup was restored, move the -wal and -shm files away and run `gcsat ledger accept`.',
    },
  );
}

export function engineTooOld(version: string, oldest: string): Failure {
  return new Failure(
    'ledger',
    'ledger_engine_too_old',
    `SQLite ${version} can lose what is written to a ledger; gcsat needs ${oldest} or later.`,
    { hint: 'Reinstall gcsat, which comes with its own SQLite.' },
  );
}
