import { expect, test } from 'vitest';
import { advanceCheckpoint, readCheckpoint, setCheckpointOnce } from '../../src/store/checkpoints.ts';
import { at, freshLedger, opened, temporaryPlace } from './support.ts';

const started = { lane: 'live', name: 'started' } as const;
const until = { lane: 'live', name: 'until' } as const;

test('a checkpoint that was never set is null', async () => {
  expect(await readCheckpoint(await freshLedger(), started)).toBeNull();
});

test('a checkpoint that is set once stays, whichever process sets it and whatever is tried later', async () => {
  const file = temporaryPlace();
  const ledgers = await Promise.all([opened(file), opened(file)]);
  const times = await Promise.all(
    ledgers.flatMap((ledger, index) =>
      [1, 2, 3].map((second) => setCheckpointOnce(ledger, started, at(10 * index + second))),
    ),
  );
  expect(new Set(times).size).toBe(1);
  expect(await setCheckpointOnce(ledgers[0], started, at(0))).toBe(times[0]);
  expect(await readCheckpoint(ledgers[1], started)).toBe(times[0]);
});

test('a checkpoint that is advanced only moves forward', async () => {
  const ledger = await freshLedger();
  for (const seconds of [20, 10, 30, 29]) await advanceCheckpoint(ledger, until, at(seconds));
  expect(await readCheckpoint(ledger, until)).toBe(at(30));
});

test('checkpoints do not touch each other, of one lane or of two', async () => {
  const ledger = await freshLedger();
  await setCheckpointOnce(ledger, started, at(1));
  await advanceCheckpoint(ledger, until, at(2));
  await setCheckpointOnce(ledger, { ...started, lane: 'trial' }, at(3));
  const read = [started, until, { ...started, lane: 'trial' }, { ...until, lane: 'trial' }] as const;
  expect(await Promise.all(read.map((checkpoint) => readCheckpoint(ledger, checkpoint)))).toEqual([
    at(1),
    at(2),
    at(3),
    null,
  ]);
});
