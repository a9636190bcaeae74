import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const root = join(import.meta.dirname, '../..');

/**
 * Files that took more than 80 s when all tests ran with three workers, the longest first. vitest knows how long files
 * take only where it has run before; elsewhere it begins with the largest. The longest-running files are small, so the
 * last of them used to run alone at the end.
 */
const longest = [
  'test/proof/crash-sweep.test.ts',
  'test/e2e/backfill.test.ts',
  'test/proof/faults.test.ts',
  'test/docs.test.ts',
  'test/proof/canary.test.ts',
  'test/server/pages/browser.test.ts',
  'test/e2e/flow.test.ts',
  'test/bench.test.ts',
  'test/e2e/serve.test.ts',
].map((path) => join(root, path));

/** The order in which vitest starts the files: the longest first, then in vitest's own order. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const missing = longest.filter((path) => !existsSync(path));
    if (missing.length > 0) throw new Error(`test/support/longest-first.ts names ${missing.join(', ')}`);
    const rest = await super.sort(files);
    const first = longest.flatMap((path) => rest.filter(({ moduleId }) => moduleId === path));
    return [...first, ...rest.filter((file) => !first.includes(file))];
  }
}
