import { expect, test } from 'vitest';
import { advanceMark, readMark, setMarkOnce } from '../../src/ledger/marks.ts';
import { at, freshLedger, opened, temporaryFile } from './support.ts';

test('a mark that was never set is null', async () => {
  expect(await readMark(await freshLedger(), 'sync_started')).toBeNull();
});

test('a mark that is set once stays, whoever sets it and whatever is tried later', async () => {
  const file = temporaryFile();
  const ledgers = await Promise.all([opened(file), opened(file)]);
  const told = await Promise.all(
    ledgers.flatMap((ledger, index) =>
      [1, 2, 3].map((second) => setMarkOnce(ledger, 'sync_started', at(10 * index + second))),
    ),
  );
  expect(new Set(told).size).toBe(1);
  expect(await setMarkOnce(ledgers[0], 'sync_started', at(0))).toBe(told[0]);
  expect(await readMark(ledgers[1], 'sync_started')).toBe(told[0]);
});

test('a mark that is advanced moves forward only', async () => {
  const ledger = await freshLedger();
  for (const seconds of [20, 10, 30, 29]) await advanceMark(ledger, 'sync_until', at(seconds));
  expect(await readMark(ledger, 'sync_until')).toBe(at(30));
});

test('marks do not touch each other', async () => {
  const ledger = await freshLedger();
  await setMarkOnce(ledger, 'sync_started', at(1));
  await advanceMark(ledger, 'sync_until', at(2));
  expect([await readMark(ledger, 'sync_started'), await readMark(ledger, 'sync_until')]).toEqual([
    at(1),
    at(2),
  ]);
});
