import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { run } from '../support/run.ts';

const account = {
  GCSAT_DOMAIN: 'http://127.0.0.1:1',
  GCSAT_EMAIL: 'a@example.com',
  GCSAT_TOKEN: 'x',
};

// Node's recursive mkdir never ends there.
describe.skipIf(!existsSync('/proc/self'))('a folder below /proc is refused', () => {
  test.each([
    [['replay', '--json', 'c1'], { GCSAT_DATA_DIR: '/proc/x' }, 'database_invalid'],
    [['replay', '--json', 'c1', '--database', '/proc/y/z.db'], {}, 'database_invalid'],
    [
      ['configure', 'set', '--json', 'sample=50'],
      { GCSAT_CONFIG_DIR: '/proc/c' },
      'configuration_not_writable',
    ],
  ])('%j', async (args, env, code) => {
    const result = await run(args, { env: { ...account, ...env } });
    expect({ code: result.code, told: result.stdout }).toEqual({
      code: 3,
      told: expect.stringContaining(code),
    });
  });
});
