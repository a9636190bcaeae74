// Bundles src/ into dist/, one chunk per lazily imported command, so that a start reads few files.
import { build } from 'esbuild';
import { readFile, rm } from 'node:fs/promises';

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
  // libsql loads a native library that lies beside its own files.
  external: ['libsql'],
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
  // Bundled CommonJS packages call require() for Node's own modules, which ES modules do not have.
  banner: {
    js: "import { createRequire as gcsatCreateRequire } from 'node:module';\nconst require = gcsatCreateRequire(import.meta.url);",
  },
});
