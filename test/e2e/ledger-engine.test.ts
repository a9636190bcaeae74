import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run, temporaryFolder } from '../support/run.ts';

test('an engine that can lose commits opens no ledger', async () => {
  const folder = temporaryFolder();
  const { code, stdout } = await run(['surveys', 'list', '--json'], {
    env: {
      GCSAT_DOMAIN: 'acme',
      GCSAT_EMAIL: 'api@acme.example',
      GCSAT_TOKEN: 'token',
      GCSAT_DATA_DIR: folder,
      NODE_OPTIONS: `--import ${join(import.meta.dirname, 'old-engine.mjs')}`,
    },
  });
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'ledger_engine_too_old' } });
  expect(code).toBe(8);
  expect(readdirSync(folder).filter((name) => name.endsWith('-wal'))).toEqual([]);
});
