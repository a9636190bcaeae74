import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run, temporaryFolder } from './support/run.ts';

test('whatever is written is for its owner alone: the program has that umask to its end', async () => {
  const folder = temporaryFolder();
  const module = join(folder, 'tell-umask.mjs');
  const told = join(folder, 'umask');
  writeFileSync(
    module,
    `import { writeFileSync } from 'node:fs';
     process.on('exit', () => writeFileSync(${JSON.stringify(told)}, process.umask().toString(8)));`,
  );
  const before = process.umask(0);
  try {
    const { code } = await run(['configure', 'list'], { env: { NODE_OPTIONS: `--import=${module}` } });
    expect(code).toBe(0);
  } finally {
    process.umask(before);
  }
  expect(readFileSync(told, 'utf8')).toBe('77');
});

/** Throws twice as soon as the program listens for uncaught exceptions. */
const thrower = `
process.on('newListener', (name) => {
  if (name !== 'uncaughtException') return;
  for (const which of ['first', 'second']) setImmediate(() => { throw new Error('planted ' + which); });
});
`;

test('two errors that nobody catches are one report, of the first', async () => {
  const module = join(temporaryFolder(), 'thrower.mjs');
  writeFileSync(module, thrower);
  const { code, stdout, stderr } = await run(['--json', 'sandbox', '--port', '0'], {
    env: { NODE_OPTIONS: `--import=${module}` },
  });
  expect(code).toBe(1);
  expect(stderr.match(/^error: .*$/gm)).toEqual([expect.stringContaining('planted first')]);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'defect' } });
});

/** Throws when the first request leaves: the command goes on, but is about to end. */
const lateThrower = `
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
const { request } = http;
let isPlanted = false;
http.request = (...given) => {
  if (!isPlanted) setImmediate(() => { throw new Error('planted late'); });
  isPlanted = true;
  return request(...given);
};
syncBuiltinESMExports();
`;

test('an error that nobody catches is told and decides the exit code, also where the command ends meanwhile', async () => {
  const module = join(temporaryFolder(), 'late-thrower.mjs');
  writeFileSync(module, lateThrower);
  const env = {
    NODE_OPTIONS: `--import=${module}`,
    GCSAT_WEBHOOK_USER: 'g',
    GCSAT_WEBHOOK_PASSWORD: 'p'.repeat(20),
  };
  const { code, stderr } = await run(['webhook', 'send', '--url', 'http://127.0.0.1:1'], { env });
  expect(stderr).toMatch(/^error: unexpected: planted late /m);
  expect(code).toBe(1);
});

test('help loads the declarations and little else', () => {
  const start = readFileSync(join(import.meta.dirname, '../dist/start.cjs'), 'utf8');
  const modules = [...start.matchAll(/require\("(.+?)"\)/g)].map(([, name]) => name);
  expect(modules.toSorted()).toEqual(['node:fs', 'node:tty']);
  const files = [...start.matchAll(/^\/\/ src\/(.+)$/gm)].map(([, file = '']) => file);
  expect(files).toContain('commands/program/program.ts');
  const quick =
    /^(?:start|failure|commands\/.+|domain\/.+|config\/setting-keys|terminal\/(?:color|lost-output))\.ts$/;
  expect(files.filter((file) => !quick.test(file))).toEqual([]);
});
