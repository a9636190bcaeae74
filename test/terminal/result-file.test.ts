import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withResultFile } from '../../src/terminal/result-file.ts';
import { watchFileCalls } from '../support/file-calls.ts';
import { temporaryFolder } from '../support/run.ts';

test('the old file stays until the new one is whole and on the disk, and only its user can read it', async () => {
  const file = join(temporaryFolder(), 'rows.csv');
  writeFileSync(file, 'old');
  const calls = watchFileCalls();
  const result = await withResultFile(file, async ({ path, write }) => {
    await write('new ');
    expect(readFileSync(file, 'utf8')).toBe('old');
    await write('rows');
    return path;
  });
  expect([result, readFileSync(file, 'utf8')]).toEqual([file, 'new rows']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const partial = `rows.csv.${process.pid}.partial`;
  expect(calls.slice(0, -2)).toEqual([
    `open ${partial}`,
    `write ${partial}`,
    `write ${partial}`,
    `sync ${partial}`,
    `rename ${partial} to rows.csv`,
  ]);
  expect(calls.at(-1)).toMatch(/^sync gcsat-test-/);
});

test('work that fails, and a disk that is full, leave the old file alone and nothing beside it', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'rows.csv');
  writeFileSync(file, 'old');
  const failing = withResultFile(file, async ({ write }) => {
    await write('half');
    throw new Error('stopped');
  });
  await expect(failing).rejects.toThrow('stopped');
  fullDisk();
  const full = withResultFile(file, ({ write }) => write('half'));
  await expect(full).rejects.toMatchObject({ kind: 'temporary', code: 'file_full' });
  expect([readdirSync(folder), readFileSync(file, 'utf8')]).toEqual([['rows.csv'], 'old']);
});

test('a link keeps pointing to the file that is replaced, and folders are made', async () => {
  const folder = temporaryFolder();
  const [real, linked] = [join(folder, 'real.csv'), join(folder, 'link.csv')];
  writeFileSync(real, 'old');
  symlinkSync(real, linked);
  await withResultFile(linked, ({ write }) => write('new'));
  expect(readFileSync(real, 'utf8')).toBe('new');
  expect(readdirSync(folder).sort()).toEqual(['link.csv', 'real.csv']);
  const deep = join(folder, 'a', 'b', 'rows.csv');
  await withResultFile(deep, ({ write }) => write('new'));
  expect(readFileSync(deep, 'utf8')).toBe('new');
});

test.each(['', 'folder', '/dev/null', '/proc/version/x', '/proc/x/rows.csv'])(
  '%j is refused',
  async (name) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'folder'));
    const file = name === 'folder' ? join(folder, name) : name;
    const refused = withResultFile(file, ({ write }) => write('new'));
    await expect(refused).rejects.toMatchObject({ kind: 'usage', code: 'file_not_writable' });
    expect(existsSync(join(folder, 'folder'))).toBe(true);
  },
);

/** Makes writing fail as on a full disk until the test is over. */
function fullDisk(): void {
  const { open } = fs;
  const writeFile = (): Promise<void> => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }));
  Object.assign(fs, {
    open: async (...given: Parameters<typeof open>) => Object.assign(await open(...given), { writeFile }),
  });
  syncBuiltinESMExports();
  onTestFinished(() => {
    Object.assign(fs, { open });
    syncBuiltinESMExports();
  });
}

test('what a killed process left of this file is removed by the next one, and nothing else is', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'rows.csv');
  const running = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const killed = spawn(process.execPath, ['-e', '']);
  onTestFinished(() => void running.kill('SIGKILL'));
  await once(killed, 'exit');
  const others = [
    `rows.csv.${running.pid}.partial`,
    `other.csv.${killed.pid}.partial`,
    'rows.csv.old.partial',
    `rows.csv.${killed.pid}.partial.gz`,
  ];
  for (const name of [...others, `rows.csv.${killed.pid}.partial`, `rows.csv.${process.pid}.partial`]) {
    writeFileSync(join(folder, name), 'half');
  }
  await withResultFile(file, ({ write }) => write('rows'));
  expect(readdirSync(folder).toSorted()).toEqual([...others, 'rows.csv'].toSorted());
});
