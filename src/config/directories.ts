import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { environmentText } from './environment.ts';

export interface Directories {
  config: string;
  data: string;
}

/** GCSAT_CONFIG_DIR and GCSAT_DATA_DIR, else the platform's own places (XDG on Linux). */
export function directories(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): Directories {
  const home = environmentText(env, 'HOME') ?? homedir();
  const own = platformDirectories(env, platform, home);
  const given = (name: string): string | null => {
    const path = environmentText(env, name);
    return path === null ? null : resolve(path);
  };
  return {
    config: given('GCSAT_CONFIG_DIR') ?? own.config,
    data: given('GCSAT_DATA_DIR') ?? own.data,
  };
}

function platformDirectories(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, home: string): Directories {
  // The XDG specification has relative paths ignored.
  const base = (name: string, fallback: string): string => {
    const path = environmentText(env, name);
    return path !== null && isAbsolute(path) ? path : fallback;
  };
  if (platform === 'darwin') {
    return {
      config: join(home, 'Library', 'Preferences', 'gcsat'),
      data: join(home, 'Library', 'Application Support', 'gcsat'),
    };
  }
  if (platform === 'win32') {
    return {
      config: join(base('APPDATA', join(home, 'AppData', 'Roaming')), 'gcsat', 'Config'),
      data: join(base('LOCALAPPDATA', join(home, 'AppData', 'Local')), 'gcsat', 'Data'),
    };
  }
  return {
    config: join(base('XDG_CONFIG_HOME', join(home, '.config')), 'gcsat'),
    data: join(base('XDG_DATA_HOME', join(home, '.local', 'share')), 'gcsat'),
  };
}
