// Bundles src/ into dist/, one chunk per lazily imported command, so that a start reads few files.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundledPackages, leftOut, thirdPartyLicenses } from './third-party-licenses.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const { build } = await import('esbuild').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error(
    'gcsat is built by its development dependencies, and they are not installed. Run `npm ci --include=dev`.',
  );
  process.exit(1);
});

const common = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  loader: { '.eta': 'text' },
  alias: leftOut,
  define: { GCSAT_VERSION: JSON.stringify(version) },
  metafile: true,
  logLevel: 'warning',
};

/** The start script contains the help but not the commands, and loads everything else when needed. */
const startApart = {
  name: 'start-apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\./ }, ({ kind, path }) => {
      if (kind !== 'dynamic-import' || path.endsWith('/program-help.ts')) return undefined;
      return { path: path === './cli.ts' ? './cli.js' : path, external: true };
    }),
};

const engine = '@photostructure/sqlite';

/** SQLite loads a native library next to its own file, so it stays one file, named by "imports" in package.json. */
const engineApart = {
  name: 'engine-apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: new RegExp(`^${engine}$`) }, () => ({ path: '#sqlite', external: true })),
};

/** Bundled CommonJS packages call require() for Node's own modules, which ES modules do not have. */
const banner = {
  js: "import { createRequire as gcsatCreateRequire } from 'node:module';\nconst require = gcsatCreateRequire(import.meta.url);",
};

await rm(join(root, 'dist'), { recursive: true, force: true });
const start = await build({
  ...common,
  entryPoints: { start: 'src/start.ts' },
  // CommonJS starts faster than an ES module.
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  plugins: [startApart],
});
const cli = await build({
  ...common,
  entryPoints: { cli: 'src/cli.ts' },
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  banner,
  plugins: [engineApart],
});
// The engine ships inside the program: as a dependency, it would bring along an install script that it does not need.
const sqlite = await build({
  ...common,
  outdir: 'dist/sqlite/lib',
  entryPoints: { index: `node_modules/${engine}/dist/index.mjs` },
  outExtension: { '.js': '.mjs' },
  banner,
});
await cp(join(root, 'node_modules', engine, 'prebuilds'), join(root, 'dist/sqlite/prebuilds'), {
  recursive: true,
  dereference: true,
});
const folders = bundledPackages([start.metafile, cli.metafile, sqlite.metafile]);
await writeFile(join(root, 'dist/THIRD_PARTY_LICENSES.txt'), thirdPartyLicenses(root, folders));

// The manual is generated from the declarations of the commands.
const manual = join(root, 'dist/manual.mjs');
await build({
  ...common,
  entryPoints: { manual: 'src/commands/program/manual.ts' },
  outExtension: { '.js': '.mjs' },
  plugins: [startApart],
});
const { manualPage } = await import(pathToFileURL(manual));
await mkdir(join(root, 'dist/man'));
await writeFile(join(root, 'dist/man/gcsat.1'), manualPage(version));
await rm(manual);
