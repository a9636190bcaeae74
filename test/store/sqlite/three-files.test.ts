import { DatabaseSync } from '@photostructure/sqlite';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test, vi } from 'vitest';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { openLedger } from '../../../src/store/open.ts';
import { acceptLedger, type WriteCounters } from '../../../src/store/sqlite/write-counter.ts';
import { letGo } from '../../support/engine.ts';
import { opened, reported, startChild, temporaryFolder } from '../support.ts';

interface Place {
  path: string;
  writeCounters: WriteCounters;
}

/** A data folder with a ledger, and what is remembered about it. */
function newPlace(): Place {
  const folder = temporaryFolder();
  const writeCounters = {
    folder: join(folder, 'ledger-marks'),
    signingKey: join(folder, 'survey-secret'),
    ledgers: folder,
  };
  return { path: join(folder, 'ledger.db'), writeCounters };
}

async function open({ path, writeCounters }: Place): Promise<Ledger> {
  return openLedger(path, { writeCounters });
}

/** Opens the ledger, writes to it, and closes it. */
async function report(place: Place, ...conversations: string[]): Promise<void> {
  const ledger = await open(place);
  for (const conversation of conversations) await reported(ledger, conversation);
  await ledger.close();
  await letGo();
}

/** A process that acknowledged this many writes and was killed: they are only in its log. */
async function crashed({ path, writeCounters }: Place, acknowledged = 5): Promise<void> {
  const child = await startChild({ action: 'write', location: path, writeCounters });
  child.go();
  while (Number(await child.next()) < acknowledged - 1);
  child.process.kill('SIGKILL');
  await child.ended;
}

async function count(ledger: Ledger): Promise<number> {
  const { rows } = await ledger.read((db) =>
    sql<{ count: number }>`SELECT count(*) AS count FROM closings`.execute(db),
  );
  return rows[0]!.count;
}

/** Counts closings in the main file alone. */
async function countInCopy(path: string): Promise<number> {
  const copy = join(temporaryFolder(), 'copy.db');
  copyFileSync(path, copy);
  return count(await opened(copy));
}

const everyByte = (path: string): string[] =>
  ['', '-wal'].map((end) => (existsSync(path + end) ? readFileSync(path + end).toString('base64') : 'none'));

const refusal = (code: string): unknown => expect.objectContaining({ kind: 'ledger', code }) as unknown;

describe('under an open ledger', () => {
  test.each(['-wal', '-shm'])('what was acknowledged is saved when the %s is removed', async (end) => {
    const { path } = newPlace();
    const ledger = await opened(path);
    await reported(ledger, 'one');
    rmSync(path + end);
    await expect(reported(ledger, 'two')).rejects.toEqual(refusal('ledger_gone'));
    expect(await countInCopy(path)).toBe(1);
    await expect(reported(ledger, 'three')).rejects.toEqual(refusal('ledger_gone'));
  });

  test.each(['', '-wal', '-shm'])('a ledger whose file%s is replaced takes no more', async (end) => {
    const { path } = newPlace();
    const ledger = await opened(path);
    await reported(ledger, 'one');
    copyFileSync(path + end, `${path}.copy`);
    renameSync(`${path}.copy`, path + end);
    const before = readFileSync(path);
    await expect(reported(ledger, 'two')).rejects.toEqual(refusal('ledger_gone'));
    // The log beside the file may belong to another process now.
    if (end === '-wal') {
      await ledger.close();
      expect(readFileSync(path).equals(before)).toBe(true);
    }
  });

  test('a log that is cut in place takes no more', async () => {
    const { path } = newPlace();
    const ledger = await opened(path);
    await reported(ledger, 'one');
    truncateSync(`${path}-wal`, 0);
    await expect(reported(ledger, 'two')).rejects.toEqual(refusal('ledger_gone'));
  });

  test.each(['an older one', 'nothing'])(
    'a file that is overwritten in place with %s takes no more',
    async (other) => {
      const place = newPlace();
      await report(place, 'one');
      const content = other === 'nothing' ? Buffer.alloc(0) : readFileSync(place.path);
      await report(place, 'two');
      const ledger = await openLedger(place.path, { writeCounters: place.writeCounters });
      await reported(ledger, 'three');
      writeFileSync(place.path, content);
      await expect(reported(ledger, 'four')).rejects.toEqual(refusal('ledger_gone'));
      await expect(reported(ledger, 'four')).rejects.toEqual(refusal('ledger_gone'));
      await ledger.close();
      await letGo();
      expect(readFileSync(place.path).equals(content)).toBe(true);
      // SQLite removes the log of an empty file.
      expect(existsSync(`${place.path}-wal`)).toBe(other !== 'nothing');
    },
  );

  test('one that goes while it is written is not acknowledged', async () => {
    const { path } = newPlace();
    const ledger = await opened(path);
    const write = ledger.write('ledger', async (trx) => {
      await trx
        .insertInto('unsubscribes')
        .values({ address: 'kim@example.com', at: '2026-11-22T10:00:00.000Z', source: 'page' })
        .execute();
      rmSync(`${path}-wal`);
    });
    await expect(write).rejects.toEqual(refusal('ledger_gone'));
  });

  test('the log is copied into the file when nothing is written for a while', async () => {
    const { path } = newPlace();
    const ledger = await opened(path);
    await reported(ledger, 'one');
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
    await vi.waitFor(() => expect(statSync(`${path}-wal`).size).toBe(0), { timeout: 20_000 });
    expect(await countInCopy(path)).toBe(1);
    await reported(ledger, 'two');
    expect(await count(ledger)).toBe(2);
  });

  test('a version that is too old by now neither writes nor reads', async () => {
    const { path } = newPlace();
    const ledger = await opened(path);
    await reported(ledger, 'one');
    const newer = new DatabaseSync(path);
    newer.exec('INSERT INTO ledger_version (version) VALUES (99)');
    newer.close();
    await expect(reported(ledger, 'two')).rejects.toEqual(refusal('ledger_too_new'));
    await expect(count(ledger)).rejects.toEqual(refusal('ledger_too_new'));
  });
});

describe('at the opening', () => {
  test('after a crash all that was acknowledged is there', async () => {
    const place = newPlace();
    await crashed(place, 20);
    const ledger = await open(place);
    expect(await count(ledger)).toBeGreaterThanOrEqual(20);
    await ledger.close();
    expect(await count(await opened(place.path))).toBeGreaterThanOrEqual(20);
  });

  test('a ledger whose log is gone is refused, until it is accepted', async () => {
    const place = newPlace();
    await crashed(place);
    rmSync(`${place.path}-wal`);
    rmSync(`${place.path}-shm`);
    const before = everyByte(place.path);
    await expect(open(place)).rejects.toEqual(refusal('ledger_shrank'));
    expect(everyByte(place.path)).toEqual(before);
    acceptLedger(place.writeCounters, place.path);
    await report(place, 'one');
    await report(place, 'two');
  });

  test.each([
    ['removed', (path: string) => rmSync(path)],
    ['emptied', (path: string) => truncateSync(path)],
  ])('a ledger that was %s is refused, and not made anew, until that is accepted', async (_, empty) => {
    const place = newPlace();
    await report(place, 'one');
    empty(place.path);
    await expect(open(place)).rejects.toEqual(refusal('ledger_shrank'));
    expect(existsSync(place.path) ? statSync(place.path).size : 0).toBe(0);
    acceptLedger(place.writeCounters, place.path);
    await report(place, 'one');
  });

  test('a restored backup is refused beside the log of the file before it, and older than it, until it is accepted', async () => {
    const place = newPlace();
    await report(place, 'one');
    const backup = readFileSync(place.path);
    await report(place, 'two', 'three');
    await crashed(place);
    writeFileSync(place.path, backup);
    const before = everyByte(place.path);
    await expect(open(place)).rejects.toEqual(refusal('ledger_log_foreign'));
    acceptLedger(place.writeCounters, place.path);
    await expect(open(place)).rejects.toEqual(refusal('ledger_log_foreign'));
    expect(everyByte(place.path)).toEqual(before);
    rmSync(`${place.path}-wal`);
    rmSync(`${place.path}-shm`);
    acceptLedger(place.writeCounters, place.path);
    const ledger = await open(place);
    expect(await count(ledger)).toBe(1);
    await ledger.close();
  });

  test('a backup that is older than the ledger was is refused without a log, too', async () => {
    const place = newPlace();
    await report(place, 'one');
    const backup = readFileSync(place.path);
    await report(place, 'two');
    writeFileSync(place.path, backup);
    await expect(open(place)).rejects.toEqual(refusal('ledger_shrank'));
  });

  test('the log of an older file is refused beside a newer one', async () => {
    const place = newPlace();
    await crashed(place);
    const log = readFileSync(`${place.path}-wal`);
    await report(place, 'one');
    writeFileSync(`${place.path}-wal`, log);
    await expect(open(place)).rejects.toEqual(refusal('ledger_log_foreign'));
  });

  test('nothing of a ledger that a crash left damaged is changed', async () => {
    const place = newPlace();
    await report(place, ...Array.from({ length: 40 }, (_, number) => `c${number}`));
    await crashed(place, 2);
    const content = readFileSync(place.path);
    content.fill(0xff, 4096, content.length);
    writeFileSync(place.path, content);
    const before = everyByte(place.path);
    await expect(open(place)).rejects.toEqual(refusal('ledger_unreadable'));
    expect(everyByte(place.path)).toEqual(before);
  });

  test('a signing key without any ledger shows that one is gone; beside another ledger it does not', async () => {
    const place = newPlace();
    mkdirSync(place.writeCounters.ledgers, { recursive: true });
    writeFileSync(place.writeCounters.signingKey, 'k'.repeat(40));
    await expect(open(place)).rejects.toEqual(refusal('ledger_shrank'));
    writeFileSync(join(place.writeCounters.ledgers, 'other.db'), '');
    await report(place, 'one');
  });

  test('a process that writes is not in the way of others that open', async () => {
    const place = newPlace();
    const child = await startChild({
      action: 'write',
      location: place.path,
      writeCounters: place.writeCounters,
    });
    child.go();
    await child.next();
    for (let time = 0; time < 40; time += 1) await report(place, `c${time}`);
    child.process.kill('SIGKILL');
    await child.ended;
  });

  test('a ledger that never counted its changes is counted from now on', async () => {
    const place = newPlace();
    const older = new DatabaseSync(place.path);
    older.exec(readFileSync(join(import.meta.dirname, '../version-1.sql'), 'utf8'));
    older.close();
    await report(place, 'one');
    const ledger = await open(place);
    expect(await count(ledger)).toBeGreaterThan(1);
    await ledger.close();
  });
});
