import { expect, test } from 'vitest';
import { advanceCheckpoint, readCheckpoint, setCheckpointOnce } from '../../src/store/checkpoints.ts';
import { at, freshLedger, opened, temporaryFile } from './support.ts';

test('a mark that was never set is null', async () => {
  expect(await readCheckpoint(await freshLedger(), 'sync_started')).toBeNull();
});

test('a mark that is set once stays, whoever sets it and whatever is tried later', async () => {
  const file = temporaryFile();
  const ledgers = await Promise.all([opened(file), opened(file)]);
  const told = await Promise.all(
    ledgers.flatMap((ledger, index) =>
      [1, 2, 3].map((second) => setCheckpointOnce(ledger, 'sync_started', at(10 * index + second))),
    ),
  );
  expect(new Set(told).size).toBe(1);
  expect(await setCheckpointOnce(ledgers[0], 'sync_started', at(0))).toBe(told[0]);
  expect(await readCheckpoint(ledgers[1], 'sync_started')).toBe(told[0]);
});

test('a mark that is advanced moves forward only', async () => {
  const ledger = await freshLedger();
  for (const seconds of [20, 10, 30, 29]) await advanceCheckpoint(ledger, 'sync_until', at(seconds));
  expect(await readCheckpoint(ledger, 'sync_until')).toBe(at(30));
});

test('marks do not touch each other', async () => {
  const ledger = await freshLedger();
  await setCheckpointOnce(ledger, 'sync_started', at(1));
  await advanceCheckpoint(ledger, 'sync_until', at(2));
  expect([await readCheckpoint(ledger, 'sync_started'), await readCheckpoint(ledger, 'sync_until')]).toEqual([
    at(1),
    at(2),
  ]);
});
