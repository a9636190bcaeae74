import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePrivateFolder } from '../src/private-folder.ts';
import { temporaryFolder } from './support/run.ts';

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('a line of folders is made for its owner alone, and what exists keeps its mode', () => {
  const top = join(temporaryFolder(), 'top');
  mkdirSync(top);
  chmodSync(top, 0o755);
  makePrivateFolder(join(top, 'a', 'b'));
  makePrivateFolder(join(top, 'a', 'b'));
  expect([top, join(top, 'a'), join(top, 'a', 'b')].map(mode)).toEqual(['755', '700', '700']);
});

test('a file in the way is told', () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  expect(() => makePrivateFolder(file)).toThrow('EEXIST');
  expect(() => makePrivateFolder(join(file, 'below'))).toThrow(/ENOTDIR|EEXIST/);
});

test.runIf(existsSync('/proc/self'))('where a folder takes no other, that is told, and soon', () => {
  expect(() => makePrivateFolder('/proc/gcsat/below')).toThrow(/ENOENT|EACCES|EPERM/);
});
