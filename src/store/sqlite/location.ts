import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Failure } from '../../failure.ts';

/**
 * The SQLite file that `--database` names: a path, `sqlite:path`, `sqlite:///absolute/path`, or `:memory:`. A link is
 * followed to its file. Failures never repeat the text: another kind of URL may carry a password.
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
  return withoutLink(resolve(path));
}

/**
 * SQLite makes its other files beside the file that a link leads to. A link whose file does not exist yet leads to a
 * new ledger.
 */
function withoutLink(path: string): string {
  const isLink = (at: string): boolean => lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  try {
    let file = path;
    for (let links = 0; isLink(file); links += 1) {
      if (links >= mostLinks) throw new Error('links that lead to each other');
      file = resolve(realpathSync(dirname(file)), readlinkSync(file));
    }
    if (file === path) return path;
    // A folder that is missing may be a disk that is not mounted: it is not made.
    if (existsSync(dirname(file))) return file;
  } catch (error) {
    // Opening the file reports this.
    if (isUnreachable(error)) return path;
  }
  throw new Failure('configuration', 'database_invalid', `The ledger ${path} is a link that leads nowhere.`, {
    hint: 'Correct the link, or mount the disk that it leads to.',
  });
}

/** As many as Linux follows. */
const mostLinks = 40;

function isUnreachable(error: unknown): boolean {
  return /^(EACCES|EPERM|ENOTDIR|ENAMETOOLONG)$/.test((error as NodeJS.ErrnoException).code ?? '');
}
