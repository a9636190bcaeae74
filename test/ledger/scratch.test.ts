import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { closingById } from '../../src/ledger/closings.ts';
import { scratchCopy } from '../../src/ledger/scratch.ts';
import { at, freshLedger, opened, scheduled, sighted, temporaryFile } from './support.ts';

test('a copy has what the ledger has, and neither sees what the other does then', async () => {
  const ledger = await freshLedger();
  const known = await scheduled(ledger, 'c1');
  const copy = await scratchCopy(ledger);
  expect(await closingById(copy, known.id)).toEqual(known);
  const inCopy = await sighted(copy, 'c2');
  const inLedger = await sighted(ledger, 'c3');
  expect(await closingById(ledger, inCopy.id)).toBeNull();
  expect(await closingById(copy, inLedger.id)).toBeNull();
  await copy.close();
});

test('a copy can be made of a ledger that another process has open, also of what is not in its main file yet', async () => {
  const file = temporaryFile();
  const [one, other] = [await opened(file), await opened(file)];
  const known = await sighted(one, 'c1', 0);
  const copy = await scratchCopy(other);
  expect(await closingById(copy, known.id)).toMatchObject({ closedAt: at(0) });
  await copy.close();
});

test('a copy is for its owner alone, and is gone when it is closed', async () => {
  const ledger = await freshLedger();
  await sighted(ledger, 'c1');
  const copy = await scratchCopy(ledger);
  const folder = dirname(copy.location);
  await sighted(copy, 'c2');
  const modes = [folder, ...readdirSync(folder).map((file) => join(folder, file))].map(
    (path) => statSync(path).mode & 0o077,
  );
  expect(modes.length).toBeGreaterThan(1);
  expect(modes.every((open) => open === 0)).toBe(true);
  await copy.close();
  expect(existsSync(folder)).toBe(false);
});
