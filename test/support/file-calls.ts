import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';
import { onTestFinished } from 'vitest';

/** A file name without its random part. */
const nameOf = (path: unknown): string =>
  basename(String(path)).replace(/\.[0-9a-f]{16}$|\.[0-9a-f-]{36}$/, '.draft');

/**
 * What is done to files from now until the test is over, in order: `open a.draft`, `write a.draft`, `sync a.draft`,
 * `rename a.draft to a`. What a power cut leaves behind depends on that order alone.
 */
export function watchFileCalls(): string[] {
  const calls: string[] = [];
  const { open, rename, link } = fs;
  const named =
    (verb: string, real: typeof rename): typeof rename =>
    async (from, to) => {
      await real(from, to);
      calls.push(`${verb} ${nameOf(from)} to ${nameOf(to)}`);
    };
  Object.assign(fs, {
    rename: named('rename', rename),
    link: named('link', link),
    open: async (...given: Parameters<typeof open>) => {
      const handle = await open(...given);
      const name = nameOf(given[0]);
      calls.push(`open ${name}`);
      const { writeFile, sync } = handle;
      return Object.assign(handle, {
        writeFile: async (...content: Parameters<typeof writeFile>) => {
          await writeFile.apply(handle, content);
          calls.push(`write ${name}`);
        },
        sync: async () => {
          await sync.apply(handle);
          calls.push(`sync ${name}`);
        },
      });
    },
  });
  syncBuiltinESMExports();
  onTestFinished(() => {
    Object.assign(fs, { open, rename, link });
    syncBuiltinESMExports();
  });
  return calls;
}
