import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { directories } from '../../src/config/directories.ts';

describe('directories', () => {
  const home = { HOME: '/home/ada' };

  test('XDG on Linux, absolute paths only', () => {
    expect(directories(home, 'linux')).toEqual({
      config: '/home/ada/.config/gcsat',
      data: '/home/ada/.local/share/gcsat',
    });
    const xdg = { ...home, XDG_CONFIG_HOME: '/etc/xdg', XDG_DATA_HOME: 'relative' };
    expect(directories(xdg, 'linux')).toEqual({
      config: '/etc/xdg/gcsat',
      data: '/home/ada/.local/share/gcsat',
    });
  });

  test('macOS', () => {
    expect(directories(home, 'darwin')).toEqual({
      config: '/home/ada/Library/Preferences/gcsat',
      data: '/home/ada/Library/Application Support/gcsat',
    });
  });

  test('what the environment says, as an absolute path', () => {
    const env = { ...home, GCSAT_CONFIG_DIR: 'here', GCSAT_DATA_DIR: '/data' };
    expect(directories(env, 'linux')).toEqual({ config: resolve('here'), data: '/data' });
  });
});
