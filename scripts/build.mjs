// Bundles src/cli.ts into dist/, one chunk per lazily imported command, so that a start reads few files.
import { build } from 'esbuild';
import { readFile, rm } from 'node:fs/promises';

const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
const root = new URL('..', import.meta.url).pathname;

await rm(`${root}dist`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { cli: 'src/cli.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  chunkNames: 'chunks/[name]-[hash]',
  loader: { '.eta': 'text' },
  // libsql loads a native library that lies beside its own files.
  external: ['libsql'],
  define: { GCSAT_VERSION: JSON.stringify(version) },
  // Bundled CommonJS packages call require() for Node's own modules, which ES modules do not have.
  banner: {
    js: "import { createRequire as gcsatCreateRequire } from 'node:module';\nconst require = gcsatCreateRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
