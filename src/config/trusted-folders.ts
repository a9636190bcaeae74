import { statSync, type Stats } from 'node:fs';
import { Failure } from '../failure.ts';
import { directories, type Directories } from './directories.ts';
import { environmentSwitch } from './environment.ts';

/**
 * The folders, unless another user could put a configuration, a key or a ledger into one of them.
 *
 * @throws Failure kind configuration `folder_not_trusted`, unless GCSAT_ALLOW_SHARED_FOLDERS is set
 */
export function trustedDirectories(env: NodeJS.ProcessEnv): Directories {
  const found = directories(env);
  if (environmentSwitch(env, 'GCSAT_ALLOW_SHARED_FOLDERS')) return found;
  for (const [name, path] of Object.entries(found) as [keyof Directories, string][]) {
    const problem = problemOf(path);
    if (problem === null) continue;
    throw new Failure('configuration', 'folder_not_trusted', `the ${name} folder ${path} ${problem.what}`, {
      hint: `${problem.hint} If that is intended, e.g. for the volume of a container, set GCSAT_ALLOW_SHARED_FOLDERS=1.`,
    });
  }
  return found;
}

/** Windows has neither owners nor modes here. */
function problemOf(path: string): { what: string; hint: string } | null {
  const user = process.geteuid?.();
  const folder = folderAt(path);
  if (user === undefined || folder?.isDirectory() !== true) return null;
  const { uid, mode } = folder;
  if (uid !== user && uid !== 0) {
    return { what: `belongs to user ${uid}, not to ${user}`, hint: 'Run gcsat as its owner.' };
  }
  if ((mode & 0o022) === 0) return null;
  return { what: 'is writable by other users', hint: `Run \`chmod go-w ${path}\`.` };
}

/** The code that reads or writes there reports why the folder cannot be used. */
function folderAt(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
