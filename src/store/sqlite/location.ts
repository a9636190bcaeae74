import { resolve } from 'node:path';
import { Failure } from '../../failure.ts';

/**
 * The SQLite file that `--database` names: a path, `sqlite:path`, `sqlite:///absolute/path` or `:memory:`.
 * The text is never repeated in a failure: another kind of URL may carry a password.
 * @throws Failure database_unsupported, database_invalid
 */
export function sqlitePath(location: string): string {
  if (/^postgres(ql)?:/i.test(location)) {
    throw new Failure(
      'configuration',
      'database_unsupported',
      'This command is only for ledgers in a file, not on PostgreSQL.',
      { hint: 'Name a file with --database, or leave it out for the default file.' },
    );
  }
  const path = location.replace(/^sqlite:(\/\/(?=\/))?/i, '');
  if (path === ':memory:') return path;
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(path)?.[1];
  if (scheme !== undefined || path.startsWith('//') || path.trim() === '' || path.includes('\0')) {
    throw new Failure(
      'configuration',
      scheme === undefined ? 'database_invalid' : 'database_unsupported',
      scheme === undefined
        ? 'The location of the ledger is not a file.'
        : `A ledger cannot be kept at a ${scheme} address.`,
      { hint: 'Give --database a path, or sqlite:///absolute/path.' },
    );
  }
  return resolve(path);
}
