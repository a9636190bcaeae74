import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
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
    const env = { ...home, GCSAT_CONFIG_DIR: '/etc/gcsat/', GCSAT_DATA_DIR: '/data' };
    expect(directories(env, 'linux')).toEqual({ config: '/etc/gcsat', data: '/data' });
  });

  test.each([
    'here',
    './here',
    '../data',
    '~/data',
    '~',
    '~ada/data',
    '$HOME/data',
    'C:data',
    '"/data',
    '/data"',
  ])('%s, which is another place in each folder or for each shell, is refused', (path) => {
    for (const name of ['GCSAT_CONFIG_DIR', 'GCSAT_DATA_DIR']) {
      expect(() => directories({ ...home, [name]: path }, 'linux')).toThrow(
        expect.objectContaining({
          kind: 'configuration',
          code: 'bad_configuration',
          message: expect.stringMatching(new RegExp(`^${name}: `)),
        }),
      );
    }
  });

  test.each([
    ...['/srv/data # my data', '/srv/data;', '/srv/data"', '/srv/data\u201d', '/srv/${USER}', '/a/b:/c/d'],
    ...['/srv/$user/d', '/srv/`whoami`', '/srv/%i/d', '/srv/{{ name }}', '/srv/%USER%', '/srv/data\\r'],
  ])('%j is no folder, whichever variable names it', (path) => {
    for (const name of ['HOME', 'XDG_DATA_HOME', 'GCSAT_DATA_DIR']) {
      expect(() => directories({ ...home, [name]: path }, 'linux'), name).toThrow(
        expect.objectContaining({
          code: 'bad_configuration',
          message: expect.stringMatching(new RegExp(`^${name}: `)),
        }),
      );
    }
  });

  const wrapped = [
    '/data\r',
    '/data\r\n',
    ' /data\t',
    '"/data"',
    "'/data'\r",
    '\uFEFF/data',
    '\u200B" /data "\u200B',
  ];
  test.each(wrapped)('%j is the place without what is around it, whichever variable names it', (path) => {
    const given = { HOME: path, XDG_CONFIG_HOME: path, GCSAT_DATA_DIR: path };
    expect(directories(given, 'linux')).toEqual({ config: '/data/gcsat', data: '/data' });
    expect(directories({ HOME: path }, 'linux').data).toBe('/data/.local/share/gcsat');
  });

  test.each(['', ' ', '\r', '""', "''\r\n", '\uFEFF'])('%j is no value', (path) => {
    const given = { ...home, XDG_CONFIG_HOME: path, GCSAT_DATA_DIR: path };
    expect(directories(given, 'linux')).toEqual(directories(home, 'linux'));
  });

  test.each(['HOME', 'XDG_DATA_HOME', 'GCSAT_DATA_DIR'])(
    'a line break or a NUL inside %s is refused',
    (name) => {
      for (const path of ['/data\n/more', '/data\0x', '/data\u001B[31m']) {
        expect(() => directories({ ...home, [name]: path }, 'linux')).toThrow(
          expect.objectContaining({
            code: 'bad_configuration',
            message: expect.stringContaining(`${name}: `),
          }),
        );
      }
    },
  );
});
