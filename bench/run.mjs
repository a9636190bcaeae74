// Runs one benchmark: `node bench/run.mjs NAME [options]`. The program and the benchmarks are copied to a temporary
// folder and built there, so that a build or an edit during the measurement disturbs nothing.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const names = readFileSync(join(root, 'package.json'), 'utf8').match(/(?<="bench:)\w+/g) ?? [];
const [name = '', ...options] = process.argv.slice(2);

if (!names.includes(name)) {
  process.stderr.write(`usage: node bench/run.mjs ${names.join('|')} [options]\n`);
  process.exit(2);
}

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'gcsat-bench-'));
// A database server does not run as root, and its data are in this folder.
chmodSync(folder, 0o711);
const running = new Set();

/** Runs in its own process group, so that nothing it started outlives it, and keeps all its files in the folder. */
function node(args) {
  const env = { ...process.env, TMPDIR: folder };
  const child = spawn(process.execPath, args, { stdio: 'inherit', cwd: folder, env, detached: true });
  running.add(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      running.delete(child);
      endGroup(child, 'SIGKILL');
      resolve(code ?? 1);
    });
  });
}

function endGroup({ pid }, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // The usual case: all processes have ended.
    if (error.code !== 'ESRCH') throw error;
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => running.forEach((child) => endGroup(child, signal)));
}

try {
  const parts = [
    'bin',
    'src',
    'scripts',
    'bench',
    'package.json',
    'test/support/postgres-server.ts',
    'test/support/no-filters.ts',
  ];
  for (const part of parts) {
    if (existsSync(join(root, part))) cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const sources = readdirSync(join(folder, 'bench')).filter((file) => file.endsWith('.ts'));
  await build({
    absWorkingDir: folder,
    define: { GCSAT_VERSION: JSON.stringify(version) },
    entryPoints: sources.map((file) => `bench/${file}`),
    outdir: 'bench',
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  });
  const built = await node(['scripts/build.mjs']);
  process.exitCode = built === 0 ? await node([`bench/${name}.js`, ...options]) : built;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
