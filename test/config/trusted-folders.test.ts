import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { trustedDirectories } from '../../src/config/trusted-folders.ts';
import { temporaryFolder } from '../support/run.ts';

function foldersIn(top: string): { env: NodeJS.ProcessEnv; config: string; data: string } {
  const [config, data] = [join(top, 'config'), join(top, 'data')];
  return { env: { GCSAT_CONFIG_DIR: config, GCSAT_DATA_DIR: data }, config, data };
}

const refused = (what: RegExp) =>
  expect.objectContaining({
    kind: 'configuration',
    code: 'folder_not_trusted',
    message: expect.stringMatching(what),
    hint: expect.stringContaining('GCSAT_ALLOW_SHARED_FOLDERS=1'),
  });

test('folders that are not there yet, or that only their owner can write, are trusted', () => {
  const { env, config, data } = foldersIn(temporaryFolder());
  expect(trustedDirectories(env)).toEqual({ config, data });
  mkdirSync(config, { mode: 0o700 });
  mkdirSync(data);
  chmodSync(data, 0o755);
  expect(trustedDirectories(env)).toEqual({ config, data });
});

test.each([
  ['config', 0o770],
  ['data', 0o702],
  ['data', 0o1777],
] as const)('the %s folder with mode %o is refused, unless that is meant', (name, mode) => {
  const { env, ...folders } = foldersIn(temporaryFolder());
  mkdirSync(folders[name]);
  chmodSync(folders[name], mode);
  expect(() => trustedDirectories(env)).toThrow(refused(new RegExp(`^the ${name} folder .* is writable`)));
  expect(trustedDirectories({ ...env, GCSAT_ALLOW_SHARED_FOLDERS: '1' })).toEqual(folders);
});

test.runIf(process.geteuid?.() === 0)('a folder of another user is refused, unless that is meant', () => {
  const { env, ...folders } = foldersIn(temporaryFolder());
  mkdirSync(folders.data, { mode: 0o700 });
  chownSync(folders.data, 12_345, 0);
  expect(() => trustedDirectories(env)).toThrow(refused(/ belongs to user 12345, not to 0$/));
  expect(trustedDirectories({ ...env, GCSAT_ALLOW_SHARED_FOLDERS: 'yes' })).toEqual(folders);
});
