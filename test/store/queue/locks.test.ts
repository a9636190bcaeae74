import { describe, expect, test } from 'vitest';
import { releaseLock, renewLock, takeLock } from '../../../src/store/queue/locks.ts';
import { currentWorker, type Worker } from '../../../src/store/ledger/workers.ts';
import { freshLedger } from '../support.ts';

const now = '2026-11-22T10:00:00.000Z';
const after = (seconds: number): string => new Date(Date.parse(now) + seconds * 1000).toISOString();
const elsewhere: Worker = { host: 'another', pid: 1, startedAt: 'then' };
const dead: Worker = { ...currentWorker(), pid: 2 ** 22 + 1 };

describe('a lock', () => {
  test('is one at a time, also within a process, until it is given back', async () => {
    const ledger = await freshLedger();
    expect(await takeLock(ledger, 'card', currentWorker(), now)).toEqual({ locked: true });
    expect(await takeLock(ledger, 'card', currentWorker(), now)).toMatchObject({ locked: false });
    expect(await takeLock(ledger, 'other', currentWorker(), now)).toEqual({ locked: true });
    await releaseLock(ledger, 'card', currentWorker());
    expect(await takeLock(ledger, 'card', elsewhere, now)).toEqual({ locked: true });
  });

  test('of a dead process of this host is taken over at once, of another host after 30 s', async () => {
    const ledger = await freshLedger();
    await takeLock(ledger, 'here', dead, now);
    await takeLock(ledger, 'there', elsewhere, now);
    expect(await takeLock(ledger, 'here', currentWorker(), now)).toEqual({ locked: true });
    expect(await takeLock(ledger, 'there', currentWorker(), after(29))).toMatchObject({ locked: false });
    expect(await takeLock(ledger, 'there', currentWorker(), after(30))).toEqual({ locked: true });
  });

  test('that its process could not give back holds nobody up for more than 30 s', async () => {
    const ledger = await freshLedger();
    await takeLock(ledger, 'report-1', currentWorker(), now);
    expect(await takeLock(ledger, 'report-1', currentWorker(), after(29))).toMatchObject({ locked: false });
    expect(await takeLock(ledger, 'report-1', currentWorker(), after(30))).toEqual({ locked: true });
  });

  test('holds longer when it is renewed, and only its holder can do that or give it back', async () => {
    const ledger = await freshLedger();
    await takeLock(ledger, 'card', elsewhere, now);
    await renewLock(ledger, 'card', currentWorker(), after(29));
    await releaseLock(ledger, 'card', currentWorker());
    expect(await takeLock(ledger, 'card', currentWorker(), after(29))).toMatchObject({ locked: false });
    await renewLock(ledger, 'card', elsewhere, after(29));
    expect(await takeLock(ledger, 'card', currentWorker(), after(58))).toMatchObject({ locked: false });
  });
});
