import { execFile } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { bundledPackages, leftOut, thirdPartyLicenses } from '../scripts/third-party-licenses.mjs';
import { root } from './support/documents.ts';
import { temporaryFolder } from './support/run.ts';

interface LockedPackage {
  version: string;
  resolved?: string;
  integrity?: string;
  license?: string;
  dev?: boolean;
  devOptional?: boolean;
}

interface Manifest {
  name?: string;
  version?: string;
  license?: string;
  engines?: Record<string, string>;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const manifestAt = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, LockedPackage>;
};

/** The packages that an installation of gcsat brings along, by folder in the repository. */
const production = Object.entries(lock.packages).filter(
  ([folder, { dev = false, devOptional = false }]) => folder !== '' && !dev && !devOptional,
);

const locked = Object.entries(lock.packages).filter(([folder]) => folder !== '');

/** Folders of the packages that the program contains. */
async function bundled(): Promise<string[]> {
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
    alias: leftOut,
    logLevel: 'silent',
  });
  return bundledPackages([metafile]);
}

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
    const builds = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-arm64', 'win32-x64'];
    const library = (build: string, libc = 'glibc') =>
      `dist/sqlite/prebuilds/${build}/@photostructure+sqlite.${libc}.node`;
    const chunk = /^dist\/chunks\/[\w-]+-[0-9A-Z]{8}\.js$/;
    const documents = readdirSync(join(root, 'docs')).map((name) => `docs/${name}`);
    expect(documents.every((path) => path.endsWith('.md'))).toBe(true);
    expect(paths.filter((path) => !chunk.test(path)).toSorted()).toEqual(
      [
        'CHANGELOG.md',
        'CONTRIBUTING.md',
        'LICENSE',
        'README.md',
        'SECURITY.md',
        'bin/gcsat',
        'bin/package.json',
        'dist/THIRD_PARTY_LICENSES.txt',
        'dist/cli.js',
        'dist/man/gcsat.1',
        'dist/sqlite/lib/index.mjs',
        ...builds.flatMap((build) => [
          library(build),
          ...(build.startsWith('linux') ? [library(build, 'musl')] : []),
        ]),
        'dist/start.cjs',
        'docker/Caddyfile',
        'docker/Dockerfile',
        'docker/compose.yaml',
        ...documents,
        'package.json',
        'src/delivery/templates/survey.eta',
        'systemd/gcsat-sync.service',
        'systemd/gcsat-sync.timer',
        'systemd/gcsat.service',
      ].toSorted(),
    );
    const built = readdirSync(join(root, 'dist/chunks')).map((name) => `dist/chunks/${name}`);
    expect(paths.filter((path) => chunk.test(path)).toSorted()).toEqual(built.toSorted());
    expect(built.length).toBeGreaterThan(20);
    const executable = files.filter(({ mode }) => (mode & 0o111) !== 0).map(({ path }) => path);
    expect(executable).toEqual(['bin/gcsat']);
  });

  test('tells nothing of the machine that built it', () => {
    const built = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.c?js$/.test(file),
    );
    const wrong = built.flatMap((file) => {
      const text = readFileSync(join(root, 'dist', file), 'utf8');
      const found = [root, process.env['HOME'] ?? root, '/node_modules/.', 'sourceMappingURL=']
        // A home folder that is the root is a part of every path.
        .filter((trace) => trace.length > 1)
        .filter((trace) => (trace === root ? text.includes(trace) : new RegExp(`${trace}\\/`).test(text)));
      return found.map((trace) => `${file}: ${trace}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('installing it', () => {
  test('brings no other package and runs no script', () => {
    expect(manifestAt(root).dependencies).toBeUndefined();
    expect(production).toEqual([]);
    const { scripts = {} } = manifestAt(root);
    expect(Object.keys(scripts).filter((name) => /^(?:pre|post)?install$/.test(name))).toEqual([]);
    expect(existsSync(join(root, 'binding.gyp'))).toBe(false);
  });

  test('takes exactly what was locked, from the registry, by its hash', () => {
    const { dependencies = {}, devDependencies = {} } = manifestAt(root);
    const ranges = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    );
    expect(ranges).toEqual([]);
    const wrong = locked.filter(
      ([, { integrity = '', resolved }]) =>
        !integrity.startsWith('sha512-') || (resolved !== undefined && !resolved.startsWith('https://')),
    );
    expect(wrong).toEqual([]);
    expect(locked.length).toBeGreaterThan(200);
  });
});

describe('what is bundled', () => {
  test('has permissive terms', async () => {
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
    const shipped = await bundled();
    expect(shipped.filter((folder) => !isPermissive(manifestAt(join(root, folder)).license))).toEqual([]);
  });

  test('is locked, named, and packed with the text of its terms', async () => {
    const terms = readFileSync(join(root, 'dist/THIRD_PARTY_LICENSES.txt'), 'utf8').split(/^-{80}$/m);
    const folders = [...(await bundled()), 'node_modules/@photostructure/sqlite'];
    expect(folders.length).toBeGreaterThan(15);
    for (const folder of folders) {
      expect(lock.packages[folder], folder).toBeDefined();
      const { name, version, license } = manifestAt(join(root, folder));
      const own = terms.find((part) => part.startsWith(`\n\n${name} ${version} (${license})\n`));
      expect(own?.length, `the terms of ${folder}`).toBeGreaterThan(500);
    }
    expect(terms.length).toBeGreaterThan(folders.length);
  });

  test('a package without terms, or with others, does not build', () => {
    const folder = temporaryFolder();
    const pack = (license: string, readme: string): string => {
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'x', version: '1.0.0', license }));
      writeFileSync(join(folder, 'README.md'), readme);
      return thirdPartyLicenses(folder, ['.']);
    };
    expect(() => pack('GPL-3.0-only', '# License\nGPL')).toThrow(
      'x 1.0.0 is bundled, and its terms are GPL-3.0-only',
    );
    expect(() => pack('MIT', '# x')).toThrow('x 1.0.0 is bundled, and does not state its terms');
    expect(pack('(MIT OR GPL-3.0)', '# x\n\n## License\n\nCopyright Jo\n')).toContain('\nCopyright Jo\n');
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
    // Curl is only installed as a package, not used.
    expect(fetching.filter((line) => !/^command -v \w+ >/.test(line))).toEqual([]);
    expect(ci).toContain('npm ci\n');
    const lifecycle = Object.keys(manifestAt(root).scripts ?? {}).filter((name) =>
      /^(?:pre|post)?install$/.test(name),
    );
    expect(lifecycle).toEqual([]);
  });
});

describe('building it', () => {
  const copyOf = (folder: string): string => {
    const copy = join(temporaryFolder(), folder);
    for (const part of ['src', 'scripts', 'package.json']) {
      cpSync(join(root, part), join(copy, part), { recursive: true });
    }
    return copy;
  };
  const build = (folder: string) =>
    promisify(execFile)(process.execPath, [join(folder, 'scripts/build.mjs')], { cwd: '/' });

  test('works in a folder of any name', async () => {
    const folder = copyOf('Zoë’s 100% clone #1');
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    await build(folder);
    expect(readdirSync(join(folder, 'dist')).toSorted()).toEqual(readdirSync(join(root, 'dist')).toSorted());
  });

  test('without the development dependencies says what to run', async () => {
    await expect(build(copyOf('clone'))).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^gcsat is built by .* Run `npm ci --include=dev`\.\n$/),
    });
  });
});

describe('an older Node', () => {
  const startOn = async (version: string): Promise<{ code: number; stdout: string; stderr: string }> => {
    const preload = join(temporaryFolder(), 'older.cjs');
    const versions = `{ ...process.versions, node: '${version}' }`;
    writeFileSync(
      preload,
      `Object.defineProperty(process, 'versions', { value: ${versions} });
       Object.defineProperty(process, 'version', { value: 'v${version}' });`,
    );
    const args = ['--require', preload, join(root, 'bin/gcsat'), '--version'];
    return promisify(execFile)(process.execPath, args).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: unknown) => error as { code: number; stdout: string; stderr: string },
    );
  };

  test.each(['16.20.2', '18.19.1', '20.0.0', '20.16.0', '21.7.3', '22.12.0', '23.4.0'])(
    '%s is exit 3 with the versions that work',
    async (version) => {
      const message = `error: gcsat needs Node 20.17, 22.13, 23.5 or later; this is v${version}.\n`;
      expect(await startOn(version)).toMatchObject({ code: 3, stdout: '', stderr: message });
    },
  );

  test.each(['20.17.0', '20.20.2', '22.13.0', '23.5.0', '24.0.0', '25.1.0'])('%s works', async (version) => {
    expect(await startOn(version)).toMatchObject({ code: 0, stderr: '' });
  });

  test('even one that predates the syntax of today can read the first file', () => {
    const first = readFileSync(join(root, 'bin/gcsat'), 'utf8');
    expect(first).not.toMatch(/=>|`|\b(?:const|let|import|class|async)\b|\?\./);
    expect(manifestAt(root).engines?.['node']).toBe('^20.17.0 || ^22.13.0 || >=23.5.0');
  });
});
