import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testGladly } from '../support/gladly.ts';
import { run, runJson } from '../support/run.ts';

describe('the signing key', () => {
  test('is neither made nor changed by what may write nothing', async () => {
    const { env, sandbox } = await testGladly();
    const key = join(env['GCSAT_DATA_DIR']!, 'survey-secret');
    const conversation = ['--', sandbox.tellingConversationId];
    const dry = [
      ['replay', '--dry-run', ...conversation],
      ['backfill', '--dry-run', '--since', '2h'],
      ['sync', '--dry-run'],
      ['configure', 'test'],
    ];
    for (const args of dry) {
      expect({ args, code: (await run(args, { env })).code }).toEqual({ args, code: 0 });
      expect({ args, made: existsSync(key) }).toEqual({ args, made: false });
    }
    expect((await runJson(['replay', ...conversation], { env })).code).toBe(0);
    const made = readFileSync(key, 'utf8');
    for (const args of dry) expect((await run(args, { env })).code).toBe(0);
    expect(readFileSync(key, 'utf8')).toBe(made);
  });
});
