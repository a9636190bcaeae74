import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { root } from './support/documents.ts';
import { temporaryFolder } from './support/run.ts';

interface LockedPackage {
  version: string;
  resolved?: string;
  integrity?: string;
  license?: string;
  dev?: boolean;
  devOptional?: boolean;
  optional?: boolean;
  hasInstallScript?: boolean;
}

interface Manifest {
  license?: string;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const manifestAt = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, LockedPackage>;
};

/** What an installation of gcsat brings along, by its folder in the repository. */
const production = Object.entries(lock.packages).filter(
  ([folder, { dev = false, devOptional = false }]) => folder !== '' && !dev && !devOptional,
);

/** Packages for another system are locked but not installed here. */
const installed = production.filter(([folder]) => existsSync(join(root, folder)));

async function packedFiles(): Promise<{ path: string; mode: number }[]> {
  const folder = temporaryFolder();
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts', '--offline', '--cache', folder];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: root, maxBuffer: 1 << 26 });
  const [packed] = JSON.parse(stdout) as [{ files: { path: string; mode: number }[] }];
  return packed.files;
}

describe('the packed tarball', () => {
  test('holds the program, its terms and its front page, and nothing else', async () => {
    const files = await packedFiles();
    const paths = files.map(({ path }) => path);
    const chunk = /^dist\/chunks\/[\w-]+-[0-9A-Z]{8}\.js$/;
    const builds = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-arm64', 'win32-x64'];
    const library = (build: string, libc = 'glibc') =>
      `dist/sqlite/prebuilds/${build}/@photostructure+sqlite.${libc}.node`;
    expect(paths.filter((path) => !chunk.test(path)).toSorted()).toEqual([
      'LICENSE',
      'README.md',
      'bin/gcsat',
      'bin/package.json',
      'dist/cli.js',
      'dist/sqlite/LICENSE',
      'dist/sqlite/lib/index.mjs',
      ...builds.flatMap((build) => [
        library(build),
        ...(build.startsWith('linux') ? [library(build, 'musl')] : []),
      ]),
      'dist/start.cjs',
      'package.json',
    ]);
    const built = readdirSync(join(root, 'dist/chunks')).map((name) => `dist/chunks/${name}`);
    expect(paths.filter((path) => chunk.test(path)).toSorted()).toEqual(built.toSorted());
    expect(built.length).toBeGreaterThan(20);
    const executable = files.filter(({ mode }) => (mode & 0o111) !== 0).map(({ path }) => path);
    expect(executable).toEqual(['bin/gcsat']);
  });

  test('tells nothing of the machine that built it', () => {
    const built = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.[cm]?js$/.test(file),
    );
    const wrong = built.flatMap((file) => {
      const text = readFileSync(join(root, 'dist', file), 'utf8');
      const found = [root, process.env['HOME'] ?? root, '/node_modules/.', 'sourceMappingURL=']
        // A home that is the root of all folders is a part of every path.
        .filter((trace) => trace.length > 1)
        .filter((trace) => (trace === root ? text.includes(trace) : new RegExp(`${trace}\\/`).test(text)));
      return found.map((trace) => `${file}: ${trace}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('installing it', () => {
  test('runs no script of any package', () => {
    expect(production.filter(([, { hasInstallScript = false }]) => hasInstallScript)).toEqual([]);
    // The lock says what the registry said; the packages themselves agree.
    const scripts = installed.flatMap(([folder]) =>
      ['preinstall', 'install', 'postinstall']
        .filter((name) => manifestAt(join(root, folder)).scripts?.[name] !== undefined)
        .map((name) => `${folder}: ${name}`),
    );
    expect(scripts).toEqual([]);
    expect(existsSync(join(root, 'binding.gyp'))).toBe(false);
    expect(installed.filter(([folder]) => existsSync(join(root, folder, 'binding.gyp')))).toEqual([]);
  });

  test('takes exactly what was locked, from the registry, by its hash', () => {
    const { dependencies = {}, devDependencies = {} } = manifestAt(root);
    const ranges = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    );
    expect(ranges).toEqual([]);
    const wrong = production.filter(
      ([, { integrity = '', resolved }]) =>
        !integrity.startsWith('sha512-') || (resolved !== undefined && !resolved.startsWith('https://')),
    );
    expect(wrong).toEqual([]);
    expect(production.length).toBeGreaterThan(50);
  });

  test('asks for no other terms than permissive ones', () => {
    const permissive = new Set([
      ...['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0'],
      ...['CC0-1.0', 'Unlicense', 'Python-2.0'],
    ]);
    const isPermissive = (terms = ''): boolean =>
      terms
        .replace(/^\((.*)\)$/, '$1')
        .split(' OR ')
        .some((one) => permissive.has(one));
    expect(isPermissive('GPL-3.0')).toBe(false);
    const locked = production.filter(([, { license }]) => !isPermissive(license));
    expect(locked).toEqual([]);
    const own = installed.filter(([folder]) => !isPermissive(manifestAt(join(root, folder)).license));
    expect(own).toEqual([]);
    expect(installed.length).toBeGreaterThan(50);
  });

  test('of what is bundled, everything is a dependency that is named', async () => {
    const { build } = await import('esbuild');
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: ['src/start.ts', 'src/cli.ts'],
      outdir: temporaryFolder(),
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      loader: { '.eta': 'text' },
      external: ['@photostructure/sqlite'],
      logLevel: 'silent',
    });
    const bundled = Object.keys(metafile.inputs).flatMap(
      (file) => /(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? [],
    );
    const known = new Set(production.map(([folder]) => folder));
    expect([...new Set(bundled)].filter((folder) => !known.has(folder))).toEqual([]);
    expect(new Set(bundled).size).toBeGreaterThan(15);
  });
});

describe('nothing else is downloaded', () => {
  test('neither by a script of npm nor by continuous integration, but by npm and apt', () => {
    const ci = readFileSync(join(root, '.ci/run'), 'utf8');
    const commands = Object.values(manifestAt(root).scripts ?? {}).concat(ci.split('\n'));
    const fetching = commands.filter(
      (line) =>
        !line.startsWith('#') &&
        /https?:\/\/|\b(?:curl|wget)\s+-?\w|git clone|npx |npm (?:i|install)\b|pip\b/.test(line),
    );
    // Curl is asked for as a package, not used.
    expect(fetching.filter((line) => !/^command -v \w+ >/.test(line))).toEqual([]);
    expect(ci).toContain('npm ci\n');
    const lifecycle = Object.keys(manifestAt(root).scripts ?? {}).filter((name) =>
      /^(?:pre|post)?install$/.test(name),
    );
    expect(lifecycle).toEqual([]);
  });
});
