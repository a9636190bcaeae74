import {
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test, vi } from 'vitest';
import { backUp } from '../../../src/store/ledger-backup.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { openLedger } from '../../../src/store/open.ts';
import { sqlitePath } from '../../../src/store/sqlite/location.ts';
import { openWriteCounter } from '../../../src/store/sqlite/write-counter.ts';
import { letGo } from '../../support/engine.ts';
import { opened, reported, startChild, temporaryFolder } from '../support.ts';

const ends = ['', '-wal', '-shm'];
const gone: unknown = expect.objectContaining({ kind: 'ledger', code: 'ledger_gone' });
const invalid: unknown = expect.objectContaining({ kind: 'configuration', code: 'database_invalid' });

function newPath(): string {
  return join(temporaryFolder(), 'ledger.db');
}

async function count(ledger: Ledger): Promise<number> {
  const { rows } = await ledger.read((db) =>
    sql<{ count: number }>`SELECT count(*) AS count FROM closings`.execute(db),
  );
  return rows[0]!.count;
}

/** A running ledger whose log was copied into its file because nothing was written for a while. */
async function idle(path: string, ...conversations: string[]): Promise<Ledger> {
  const ledger = await opened(path);
  for (const conversation of conversations) await reported(ledger, conversation);
  await untilIdle(path);
  return ledger;
}

async function untilIdle(path: string): Promise<void> {
  await vi.waitFor(() => expect(statSync(`${path}-wal`).size).toBe(0), { timeout: 30_000, interval: 100 });
}

/** Overwrites as `cp` and `cat` do: the file stays the same file. */
function overwrite(path: string, content: Buffer): void {
  writeFileSync(path, content, { flag: 'r+' });
  truncateSync(path, content.length);
}

async function takesNoMore(ledger: Ledger): Promise<void> {
  await expect(reported(ledger, 'next')).rejects.toEqual(gone);
  await expect(reported(ledger, 'and next')).rejects.toEqual(gone);
}

describe('under an open ledger that is overwritten in place', () => {
  test('all three files together go back to what they were, and nothing more is taken', async () => {
    const path = newPath();
    const ledger = await opened(path);
    await reported(ledger, 'one');
    const before = ends.map((end) => readFileSync(path + end));
    for (const conversation of ['two', 'three', 'four']) await reported(ledger, conversation);
    ends.forEach((end, index) => overwrite(path + end, before[index]!));
    await takesNoMore(ledger);
  });

  test('an older backup is noticed before the first write after it', async () => {
    const path = newPath();
    const ledger = await idle(path, 'one');
    const backup = join(temporaryFolder(), 'backup.db');
    await backUp(ledger, backup);
    await reported(ledger, 'two');
    await untilIdle(path);
    overwrite(path, readFileSync(backup));
    await takesNoMore(ledger);
  });

  test('so is a backup of the very same state, with its pages in other places', async () => {
    const path = newPath();
    const ledger = await idle(path, 'one');
    const backup = join(temporaryFolder(), 'backup.db');
    await backUp(ledger, backup);
    overwrite(path, readFileSync(backup));
    await takesNoMore(ledger);
  });

  test.each([1, 3])('a file that is cut to %d pages is noticed', async (pages) => {
    const path = newPath();
    const ledger = await idle(path, 'one');
    truncateSync(path, pages * 4096);
    await takesNoMore(ledger);
  });

  test('what is remembered of it is never less than it was', () => {
    const folder = temporaryFolder();
    const counters = { folder: join(folder, 'marks'), signingKey: join(folder, 'key'), ledgers: folder };
    const written = (): unknown => openWriteCounter(counters, '/ledger.db').writes;
    const counter = openWriteCounter(counters, '/ledger.db');
    counter.raise(17);
    counter.raise(16);
    expect(written()).toBe(17);
    counter.raise(18);
    counter.close();
    expect(written()).toBe(18);
  });
});

test('others who write, copy the log, back up, and write the file anew overwrite nothing', async () => {
  const path = newPath();
  const ledger = await opened(path);
  const other = await opened(path);
  const children = [await startChild({ action: 'write', location: path })];
  for (const child of children) child.go();
  const end = performance.now() + 8000;
  for (let time = 0; performance.now() < end; time += 1) {
    await Promise.all([reported(ledger, `mine ${time}`), reported(other, `others ${time}`)]);
    if (time % 5 === 0) await ledger.write('ledger', (trx) => sql`DELETE FROM history`.execute(trx));
    if (time % 10 === 0) await other.compact(200).catch(() => false);
    if (time % 10 === 5) await backUp(other, join(temporaryFolder(), 'backup.db'));
    await count(ledger);
  }
  for (const child of children) {
    expect(child.process.exitCode).toBeNull();
    child.process.kill('SIGKILL');
    await child.ended;
  }
  // Whatever the child was doing when it was killed does no harm either.
  await reported(ledger, 'last');
  await untilIdle(path);
  await reported(other, 'very last');
  expect(await ledger.problems()).toEqual([]);
});

describe('a ledger that is a link', () => {
  test('is the file that it leads to, through as many links as there are', async () => {
    const [folder, links] = [temporaryFolder(), temporaryFolder()];
    const file = join(folder, 'ledger.db');
    symlinkSync(folder, join(links, 'folder'));
    symlinkSync('folder/ledger.db', join(links, 'one.db'));
    symlinkSync('one.db', join(links, 'two.db'));
    const first = await openLedger(join(links, 'two.db'));
    await reported(first, 'one');
    await first.close();
    await letGo();
    expect(existsSync(file)).toBe(true);
    const again = await openLedger(`sqlite:${join(links, 'one.db')}`);
    await reported(again, 'two');
    await again.close();
    expect(await count(await opened(file))).toBe(2);
    expect(sqlitePath(join(links, 'two.db'))).toBe(sqlitePath(join(links, 'one.db')));
    // A folder that is a link keeps its name.
    expect(sqlitePath(join(links, 'folder', 'ledger.db'))).toBe(join(links, 'folder', 'ledger.db'));
  });

  test('into a folder that is not there, or in a circle, is refused, and nothing is made', async () => {
    const folder = temporaryFolder();
    const [lost, round] = [join(folder, 'lost.db'), join(folder, 'round.db')];
    symlinkSync(join(folder, 'not-there', 'ledger.db'), lost);
    symlinkSync('round.db', round);
    await expect(openLedger(lost)).rejects.toEqual(invalid);
    await expect(openLedger(round)).rejects.toEqual(invalid);
    expect(existsSync(join(folder, 'not-there'))).toBe(false);
    mkdirSync(join(folder, 'not-there'));
    await reported(await opened(lost), 'one');
    expect(existsSync(join(folder, 'not-there', 'ledger.db'))).toBe(true);
  });
});
