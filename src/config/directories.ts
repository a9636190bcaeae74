import { homedir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { Failure } from '../failure.ts';
import { environmentText } from './environment.ts';
import { fixedPath } from './given-text.ts';
import { readValue } from './invalid-value.ts';

export interface Directories {
  readonly config: string;
  readonly data: string;
}

/**
 * GCSAT_CONFIG_DIR and GCSAT_DATA_DIR, else the platform's own places (XDG on Linux).
 *
 * @param accountHome the user's home folder in the user database.
 * @throws Failure kind configuration if one of them is not an absolute path, or if a home folder is needed and there
 *   is none. A place relative to the current folder would mean a different ledger in each folder, which would not
 *   know who was surveyed.
 */
export function directories(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
  accountHome: () => string = systemHome,
): Directories {
  const given = (name: string): string | null => {
    const path = environmentText(env, name);
    return path === null ? null : readValue('configuration', name, fixedPath, path);
  };
  const own = platformDirectories(env, platform, () => homeOf(env, accountHome));
  return {
    config: given('GCSAT_CONFIG_DIR') ?? own.config(),
    data: given('GCSAT_DATA_DIR') ?? own.data(),
  };
}

function homeOf(env: NodeJS.ProcessEnv, accountHome: () => string): string {
  const given = absolutePath(env, 'HOME');
  if (given !== null) return given;
  const home = attempt(accountHome);
  if (home !== null && isAbsolute(home)) return home;
  throw new Failure('configuration', 'no_home_folder', 'this user has no home folder to keep files in', {
    hint: 'Set HOME, or GCSAT_CONFIG_DIR and GCSAT_DATA_DIR, to absolute paths.',
  });
}

/** Null for a relative path, which the XDG specification says to ignore. @throws Failure kind configuration */
function absolutePath(env: NodeJS.ProcessEnv, name: string): string | null {
  const path = environmentText(env, name);
  return path !== null && isAbsolute(path) ? readValue('configuration', name, fixedPath, path) : null;
}

/** Uses the user database, because `homedir` accepts an empty HOME. Windows has no HOME. */
function systemHome(): string {
  return process.platform === 'win32' ? homedir() : userInfo().homedir;
}

/** The user may have no entry, as in containers that run with an arbitrary user id. */
function attempt(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function platformDirectories(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
  home: () => string,
): Record<keyof Directories, () => string> {
  const base = (name: string, ...fallback: string[]): string =>
    absolutePath(env, name) ?? join(home(), ...fallback);
  if (platform === 'darwin') {
    return {
      config: () => join(home(), 'Library', 'Preferences', 'gcsat'),
      data: () => join(home(), 'Library', 'Application Support', 'gcsat'),
    };
  }
  if (platform === 'win32') {
    return {
      config: () => join(base('APPDATA', 'AppData', 'Roaming'), 'gcsat', 'Config'),
      data: () => join(base('LOCALAPPDATA', 'AppData', 'Local'), 'gcsat', 'Data'),
    };
  }
  return {
    config: () => join(base('XDG_CONFIG_HOME', '.config'), 'gcsat'),
    data: () => join(base('XDG_DATA_HOME', '.local', 'share'), 'gcsat'),
  };
}
