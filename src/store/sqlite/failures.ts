import { Failure } from '../../failure.ts';

/** The name that libsql and Node's file system give to an error, e.g. `SQLITE_BUSY` or `ENOSPC`. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}

export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
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
  if (code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT')) {
    return unreadableLedger(location, 'is damaged or is not a ledger', error);
  }
  if (/^(SQLITE_(READONLY|CANTOPEN|PERM|AUTH)|EACCES$|EPERM$|EROFS$)/.test(code) || isRefusedOpening(error)) {
    return new Failure('ledger', 'ledger_not_writable', `The ledger ${location} cannot be written.`, {
      hint: 'Give this user write permission on the file and its folder, or name another ledger (--database).',
      cause: error,
    });
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return new Failure('ledger', 'ledger_disk_error', `The disk failed under the ledger ${location}.`, {
      hint: 'Check the disk and its free space, then run this again.',
      cause: error,
    });
  }
  if (/^(ENOTDIR|EEXIST|EISDIR|ENAMETOOLONG|ELOOP|ENOENT)$/.test(code)) {
    return new Failure('configuration', 'database_invalid', `The ledger cannot be a file at ${location}.`, {
      hint: 'Name a file in a folder with --database.',
      cause: error,
    });
  }
  return error;
}

export function unreadableLedger(location: string, what: string, cause?: unknown): Failure {
  return new Failure('ledger', 'ledger_unreadable', `The file ${location} ${what}; it was left as it is.`, {
    hint: 'Restore it from a backup, move it away, or name another ledger (--database).',
    cause,
  });
}

export function ledgerGone(location: string): Failure {
  return new Failure(
    'ledger',
    'ledger_gone',
    `The ledger ${location} was moved, removed or replaced while it was in use; nothing more is written to it.`,
    { hint: 'Put the file back in its place, then start this again.' },
  );
}

/** libsql reports a refused opening as a plain error without a code: `ConnectionFailed("...: 14")`. */
function isRefusedOpening(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('ConnectionFailed');
}
