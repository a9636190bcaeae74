import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testGladly } from '../support/gladly.ts';
import { run, runJson, start, temporaryFolder } from '../support/run.ts';
import { runInside, runJsonInside } from '../support/run-inside.ts';

test(
  'a backup is private, complete while others write, and never replaces a file',
  { timeout: 120_000 },
  async () => {
    const gladly = await testGladly();
    const folder = temporaryFolder();
    const home = (name: string): Record<string, string> => ({
      ...gladly.env,
      GCSAT_CONFIG_DIR: join(folder, name, 'config'),
      GCSAT_DATA_DIR: join(folder, name, 'data'),
    });
    const env = home('here');
    delete env['GCSAT_DATABASE_URL'];
    const id = gladly.sandbox.exampleConversationId;
    expect((await run(['replay', id], { env })).code).toBe(0);
    expect((await run(['configure', 'set', 'suppressionDays=14'], { env })).code).toBe(0);

    // A run that writes all the time.
    const busy = start(['backfill', '--since', '1d', '--max-sends', '500'], { env });
    const file = join(folder, 'backups', 'gcsat.db');
    mkdirSync(join(folder, 'backups'));
    // What a killed backup leaves behind.
    writeFileSync(`${file}.partial`, 'half');
    const made = await runJson(['ledger', 'backup', file], { env });
    busy.kill('SIGKILL');
    expect(made).toMatchObject({ code: 0, document: { file, bytes: statSync(file).size, dryRun: false } });
    expect(readdirSync(join(folder, 'backups'))).toEqual(['gcsat.db']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { ledger, alsoNeeded } = made.document as {
      ledger: string;
      alsoNeeded: { what: string; file: string }[];
    };
    expect(alsoNeeded.map(({ what }) => what)).toEqual(['signing key', 'configuration']);

    const before = readFileSync(file);
    const again = await runJson(['ledger', 'backup', file], { env });
    expect(again).toMatchObject({ code: 2, document: { error: { code: 'backup_exists' } } });
    expect(readFileSync(file)).toEqual(before);
    // No account is needed to check the backup.
    const nobody = { GCSAT_DATABASE_URL: file };
    expect(await runJson(['ledger', 'check'], { env: nobody })).toMatchObject({
      code: 0,
      document: { problems: [], organization: { origin: gladly.sandbox.origin } },
    });

    // Another machine gets what the backup named, at its own places.
    const there = home('there');
    delete there['GCSAT_DATABASE_URL'];
    for (const place of ['config', 'data']) mkdirSync(join(folder, 'there', place), { recursive: true });
    cpSync(file, ledger.replace('/here/', '/there/'));
    for (const { file: needed } of alsoNeeded) cpSync(needed, needed.replace('/here/', '/there/'));
    const show = async (where: Record<string, string>) =>
      (await runJson(['surveys', 'show', id], { env: where })).document;
    const [here, restored] = [await show(env), await show(there)];
    expect(restored).toEqual(here);
    expect(JSON.stringify(restored)).toContain('/s/');
    expect((await runJson(['replay', id], { env: there })).document.outcome).toBe('already_surveyed');
    expect((await run(['configure', 'get', 'suppressionDays'], { env: there })).stdout).toBe('14\n');
  },
);

test('a ledger that is not there is neither made nor backed up, and a damaged one is told', async () => {
  const folder = temporaryFolder();
  const missing = join(folder, 'typo.db');
  for (const args of [['check'], ['backup', join(folder, 'copy.db')]]) {
    const { code, document } = await runJsonInside(['ledger', ...args, '--database', missing]);
    expect({ code, error: document.error.code }).toEqual({ code: 3, error: 'ledger_missing' });
  }
  expect(readdirSync(folder)).toEqual([]);

  const gladly = await testGladly({ size: 0 });
  const damaged = join(folder, 'damaged.db');
  const env = { ...gladly.env, GCSAT_DATABASE_URL: damaged };
  expect((await runInside(['replay', gladly.sandbox.exampleConversationId], { env })).code).toBe(0);
  expect(existsSync(damaged)).toBe(true);
  const bytes = readFileSync(damaged);
  bytes.fill(0xff, 8192 * 2, 8192 * 2 + 64);
  writeFileSync(damaged, bytes);
  const { code } = await runInside(['ledger', 'check'], { env });
  expect(code).toBe(8);
});
