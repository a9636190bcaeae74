// Bundles src/ into dist/, one chunk per lazily imported command, so that a start reads few files.
import { build } from 'esbuild';
import { cp, readFile, rm } from 'node:fs/promises';

const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
const root = new URL('..', import.meta.url).pathname;

const common = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  loader: { '.eta': 'text' },
  define: { GCSAT_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
};

/** The start holds the help, without the commands that it names, and leads to all else. */
const startApart = {
  name: 'start-apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\./ }, ({ kind, path }) => {
      if (kind !== 'dynamic-import' || path.endsWith('/program-help.ts')) return undefined;
      return { path: path === './cli.ts' ? './cli.js' : path, external: true };
    }),
};

const engine = '@photostructure/sqlite';

/** SQLite loads a native library that lies beside its own files, so it stays one file: "imports" of package.json names it. */
const engineApart = {
  name: 'engine-apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: new RegExp(`^${engine}$`) }, () => ({ path: '#sqlite', external: true })),
};

/** Bundled CommonJS packages call require() for Node's own modules, which ES modules do not have. */
const banner = {
  js: "import { createRequire as gcsatCreateRequire } from 'node:module';\nconst require = gcsatCreateRequire(import.meta.url);",
};

await rm(`${root}dist`, { recursive: true, force: true });
await build({
  ...common,
  entryPoints: { start: 'src/start.ts' },
  // CommonJS starts sooner than an ES module does.
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  plugins: [startApart],
});
await build({
  ...common,
  entryPoints: { cli: 'src/cli.ts' },
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  banner,
  plugins: [engineApart],
});
// The engine ships inside the program: as a dependency it would bring an install script along, which it does not need.
await build({
  ...common,
  outdir: 'dist/sqlite/lib',
  entryPoints: { index: `node_modules/${engine}/dist/index.mjs` },
  outExtension: { '.js': '.mjs' },
  banner,
});
for (const part of ['LICENSE', 'prebuilds']) {
  await cp(`${root}node_modules/${engine}/${part}`, `${root}dist/sqlite/${part}`, {
    recursive: true,
    dereference: true,
  });
}
