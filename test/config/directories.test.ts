import { userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
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

  test.each([{ HOME: '' }, { HOME: 'relative' }, {}])(
    'with %j the home folder that the system knows, and never the current folder',
    (env) => {
      expect(directories(env, 'linux', () => '/home/grace')).toEqual({
        config: '/home/grace/.config/gcsat',
        data: '/home/grace/.local/share/gcsat',
      });
      expect(isAbsolute(userInfo().homedir)).toBe(true);
      expect(directories(env, 'linux').data).toBe(join(userInfo().homedir, '.local/share/gcsat'));
    },
  );

  test('no home folder at all is refused, where one is needed', () => {
    const unknown = (): string => {
      throw new Error('ENOENT: uv_os_get_passwd');
    };
    for (const none of [unknown, () => '', () => 'relative']) {
      expect(() => directories({ HOME: '', XDG_DATA_HOME: 'relative' }, 'linux', none)).toThrow(
        expect.objectContaining({ kind: 'configuration', code: 'no_home_folder' }),
      );
      const given = { XDG_CONFIG_HOME: '/config', GCSAT_DATA_DIR: '/data' };
      expect(directories(given, 'linux', none)).toEqual({ config: '/config/gcsat', data: '/data' });
    }
  });

  test('what the environment says, as an absolute path', () => {
    const env = { ...home, GCSAT_CONFIG_DIR: 'here', GCSAT_DATA_DIR: '/data' };
    expect(directories(env, 'linux')).toEqual({ config: resolve('here'), data: '/data' });
  });
});
