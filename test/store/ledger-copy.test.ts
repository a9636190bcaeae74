import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { closingById } from '../../src/store/closings/closings.ts';
import { copyLedger } from '../../src/store/ledger-copy.ts';
import {
  at,
  freshLedger,
  opened,
  scheduled,
  reported,
  startChild,
  temporaryPlace,
  temporaryFolder,
  type Child,
} from './support.ts';

afterEach(() => void vi.unstubAllEnvs());

/** A process that has a copy, and the copy's folder. */
async function copying(location: string): Promise<{ child: Child; folder: string }> {
  const child = await startChild({ action: 'copy', location });
  child.go();
  return { child, folder: dirname((await child.next()) as string) };
}

test('a copy has what the ledger has, and neither sees what the other does then', async () => {
  const ledger = await freshLedger();
  const known = await scheduled(ledger, 'c1');
  const copy = await copyLedger(ledger);
  expect(await closingById(copy, known.id)).toEqual(known);
  const inCopy = await reported(copy, 'c2');
  const inLedger = await reported(ledger, 'c3');
  expect(await closingById(ledger, inCopy.id)).toBeNull();
  expect(await closingById(copy, inLedger.id)).toBeNull();
  await copy.close();
});

test('a copy can be made of a ledger that another process has open, also of what is not in its main file yet', async () => {
  const file = temporaryPlace();
  const [one, other] = [await opened(file), await opened(file)];
  const known = await reported(one, 'c1', 0);
  const copy = await copyLedger(other);
  expect(await closingById(copy, known.id)).toMatchObject({ closedAt: at(0) });
  await copy.close();
});

test('a copy is for its owner alone, and is gone when it is closed', async () => {
  const ledger = await freshLedger();
  await reported(ledger, 'c1');
  const copy = await copyLedger(ledger);
  const folder = dirname(copy.location);
  await reported(copy, 'c2');
  const modes = [folder, ...readdirSync(folder).map((file) => join(folder, file))].map(
    (path) => statSync(path).mode & 0o077,
  );
  expect(modes.length).toBeGreaterThan(1);
  expect(modes.every((open) => open === 0)).toBe(true);
  await copy.close();
  expect(existsSync(folder)).toBe(false);
});

test('what a killed process left is removed by the next copy, and nothing else', async () => {
  const temporary = temporaryFolder();
  vi.stubEnv('TMPDIR', temporary);
  const ledger = await freshLedger();
  await reported(ledger, 'c1');
  const [dead, alive] = [await copying(ledger.location), await copying(ledger.location)];
  dead.child.process.kill('SIGKILL');
  await dead.child.ended;
  expect(dirname(dead.folder)).toBe(temporary);
  expect(readdirSync(dead.folder)).toContain('ledger.db');

  // Things that the dead process did not make, under names that it could have made; a link leads elsewhere.
  const similar = (end: string): string => join(temporary, `${basename(dead.folder).slice(0, -6)}${end}`);
  const elsewhere = join(temporary, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'ledger.db'), 'mine');
  symlinkSync(elsewhere, similar('linked'));
  writeFileSync(similar('a_file'), 'mine');
  const ofAnotherHost = join(
    temporary,
    basename(dead.folder).replace(/-[0-9a-f]{12}-/, `-${'0'.repeat(12)}-`),
  );
  const ofNobodyKnown = join(temporary, 'gcsat-dry-run-abcdef');
  const later = join(temporary, `${basename(dead.folder)}-more`);
  for (const folder of [ofAnotherHost, ofNobodyKnown, later]) mkdirSync(folder);
  symlinkSync(elsewhere, join(dead.folder, 'link'));
  const stays = readdirSync(temporary).filter((name) => name !== basename(dead.folder));

  const copy = await copyLedger(ledger);
  expect(existsSync(dead.folder)).toBe(false);
  await copy.close();
  expect(readdirSync(temporary).sort()).toEqual(stays.sort());
  expect(readdirSync(elsewhere)).toEqual(['ledger.db']);
  alive.child.process.stdin?.end();
  expect(await alive.child.next()).toBe('closed');
  expect(existsSync(alive.folder)).toBe(false);
});

test('what another user left is not removed', async () => {
  const temporary = temporaryFolder();
  vi.stubEnv('TMPDIR', temporary);
  const ledger = await freshLedger();
  const { child, folder } = await copying(ledger.location);
  child.process.kill('SIGKILL');
  await child.ended;
  const another = vi.spyOn(process as { getuid: () => number }, 'getuid').mockReturnValue(4242);
  await (await copyLedger(ledger)).close();
  another.mockRestore();
  expect(existsSync(folder)).toBe(true);
  await (await copyLedger(ledger)).close();
  expect(existsSync(folder)).toBe(false);
});
