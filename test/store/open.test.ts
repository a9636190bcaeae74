import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { sql } from 'kysely';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, test, vi } from 'vitest';
import { outermostAnswers } from '../../src/store/answers/answers.ts';
import { cardsDue } from '../../src/store/answers/cards-due.ts';
import { closingById, closingsOfConversation } from '../../src/store/closings/closings.ts';
import { recordClosing } from '../../src/store/closings/closing-reports.ts';
import { releaseLock, renewLock } from '../../src/store/queue/locks.ts';
import { advanceCheckpoint, setCheckpointOnce } from '../../src/store/checkpoints.ts';
import { bindOrganization, boundOrganization } from '../../src/store/organization.ts';
import { openLedger } from '../../src/store/open.ts';
import type { Ledger } from '../../src/store/ledger/ledger.ts';
import { queueFigures } from '../../src/store/views/counts.ts';
import { isUnsubscribed } from '../../src/store/addresses/unsubscribes.ts';
import { engine } from '../support/engine.ts';
import {
  at,
  freshLedger,
  everyVersion,
  here,
  inProcesses,
  opened,
  reported,
  shapeOf,
  startChild,
  temporaryFile,
  temporaryFolder,
} from './support.ts';

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

const acme = { organizationId: 'org-1', hostKind: 'com', origin: 'https://acme.gladly.com' } as const;

const started = { lane: 'live', name: 'started' } as const;
const until = { lane: 'live', name: 'until' } as const;

/** Writes that are a single statement. */
const standalone: { name: string; write: (ledger: Ledger) => Promise<unknown> }[] = [
  { name: 'renewLock', write: (ledger) => renewLock(ledger, 'card', here, at(0)) },
  { name: 'releaseLock', write: (ledger) => releaseLock(ledger, 'card', here) },
  { name: 'setCheckpointOnce', write: (ledger) => setCheckpointOnce(ledger, started, at(0)) },
  { name: 'advanceCheckpoint', write: (ledger) => advanceCheckpoint(ledger, until, at(0)) },
];

describe('location', () => {
  test.each(['postgres://gcsat:geheim@127.0.0.1:1/gcsat', 'postgresql://gcsat:geheim@127.0.0.1:1/gcsat'])(
    'the password of %s is not repeated where no server is',
    async (url) => {
      const failure = await openLedger(url, { busyTimeoutMs: 1 }).catch((error: unknown) => error);
      expect(failure).toMatchObject({ kind: 'ledger', code: 'ledger_unavailable' });
      expect((failure as Error).message).toContain('postgres://gcsat@127.0.0.1:1/gcsat');
      expect(inspect(failure, { depth: 9 }) + JSON.stringify(failure)).not.toContain('geheim');
    },
  );

  test.each(['mysql://u:geheim@h/d', 'https://u:geheim@h/d', '', '  ', 'sqlite:', 'sqlite://host/file'])(
    '%j is refused',
    async (location) => {
      const failure = await openLedger(location).catch((error: unknown) => error);
      expect(failure).toMatchObject({ kind: 'configuration' });
      expect((failure as Error).message).not.toContain('geheim');
    },
  );

  test('a path, sqlite:path and sqlite:///path are the same file', async () => {
    const path = temporaryFile();
    const ledger = await opened(path);
    await reported(ledger, 'c1');
    const second = await opened(`sqlite:${path}`);
    const third = await opened(`sqlite://${path}`);
    expect([second.location, third.location]).toEqual([path, path]);
    expect(await closingById(third, `c1@${at(0)}`)).not.toBeNull();
  });

  test('a ledger in memory works and leaves no file', async () => {
    const before = readdirSync('.');
    const ledger = await opened(':memory:');
    await reported(ledger, 'c1');
    expect(await closingById(ledger, `c1@${at(0)}`)).not.toBeNull();
    expect(readdirSync('.')).toEqual(before);
  });

  test('a file in place of the folder is refused', async () => {
    const file = temporaryFile();
    writeFileSync(file, 'x');
    await expect(openLedger(join(file, 'ledger.db'))).rejects.toMatchObject({ code: 'database_invalid' });
    await expect(openLedger(dirname(file))).rejects.toMatchObject({ code: 'database_invalid' });
  });
});

describe('files', () => {
  test('the folder is 0700 and all files are 0600, whatever the umask', async () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    const before = process.umask(0);
    try {
      const ledger = await opened(join(folder, 'ledger.db'));
      await reported(ledger, 'c1');
      expect(readdirSync(folder).sort()).toEqual(['ledger.db', 'ledger.db-shm', 'ledger.db-wal']);
      expect(readdirSync(folder).map((name) => mode(join(folder, name)))).toEqual(['600', '600', '600']);
      expect([mode(folder), mode(dirname(folder))]).toEqual(['700', '700']);
    } finally {
      process.umask(before);
    }
  });

  test('a ledger that others could read is made private', async () => {
    const path = temporaryFile();
    await (await openLedger(path)).close();
    chmodSync(path, 0o644);
    await opened(path);
    expect(mode(path)).toBe('600');
  });

  test('what was written is in the file itself after closing', async () => {
    const path = temporaryFile();
    const ledger = await openLedger(path);
    await reported(ledger, 'a-conversation-of-note');
    await ledger.close();
    expect(readFileSync(path).includes('a-conversation-of-note')).toBe(true);
  });

  test('writes are forced to the disk and the journal is a WAL', async () => {
    const path = temporaryFile();
    const ledger = await opened(path);
    // Reads from the connection that writes.
    const pragma = (name: string): Promise<unknown> =>
      ledger.write('ledger', async (trx) => {
        const { rows } = await sql.raw<Record<string, unknown>>(`PRAGMA ${name}`).execute(trx);
        return Object.values(rows[0] ?? {})[0];
      });
    expect(await pragma('journal_mode')).toBe('wal');
    expect(await pragma('synchronous')).toBe(2);
    expect(await pragma('foreign_keys')).toBe(1);
    expect(await pragma('busy_timeout')).toBe(10_000);
    expect(await pragma('secure_delete')).toBe(1);
    await reported(ledger, 'c1');
    expect(await pragma('busy_timeout')).toBe(10_000);
  });

  test.each([
    ['text', 'no database at all'],
    ['long text', 'no database at all'.repeat(1000)],
    ['a cut header', 'SQLite for'],
    ['a header without a database', `SQLite format 3\0${'x'.repeat(5000)}`],
  ])('%s is refused and left as it is', async (_, content) => {
    const path = temporaryFile();
    writeFileSync(path, content, { mode: 0o640 });
    const failure = await openLedger(path).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'ledger', code: 'ledger_unreadable' });
    expect((failure as Error).message).toContain(path);
    expect(readFileSync(path, 'utf8')).toBe(content);
    expect(mode(path)).toBe('640');
  });

  test('the database of another program is refused and left as it is', async () => {
    const path = temporaryFile();
    const other = new DatabaseSync(path);
    other.exec('CREATE TABLE recipes (name TEXT)');
    other.close();
    const before = readFileSync(path);
    await expect(openLedger(path)).rejects.toMatchObject({ code: 'ledger_unreadable' });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('damage is reported as damage', async () => {
    const path = temporaryFile();
    const ledger = await openLedger(path);
    for (let number = 0; number < 50; number += 1) await reported(ledger, `c${number}`);
    await ledger.close();
    const content = readFileSync(path);
    writeFileSync(path, content.subarray(0, 3 * 4096));
    const failure = await (async () => reported(await opened(path), 'c60'))().catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ kind: 'ledger', code: 'ledger_unreadable' });
  });

  test('a file or folder that may not be written is reported', async () => {
    const folder = temporaryFolder();
    const existing = join(folder, 'existing', 'ledger.db');
    await (await openLedger(existing)).close();
    chmodSync(existing, 0o444);
    chmodSync(dirname(existing), 0o555);
    chmodSync(folder, 0o555);
    try {
      for (const location of [join(folder, 'ledger.db'), join(folder, 'new', 'ledger.db'), existing]) {
        // Root may write everywhere, so the child runs as the user `nobody`.
        const child = await startChild(
          { action: 'open', location },
          process.getuid?.() === 0 ? { uid: 65534 } : {},
        );
        child.go();
        expect(await child.next()).toMatchObject({ failed: 'ledger_not_writable' });
      }
    } finally {
      chmodSync(folder, 0o755);
      chmodSync(dirname(existing), 0o755);
    }
  });

  test.each(standalone)('a file that was moved takes no more: $name', async ({ write }) => {
    const file = temporaryFile();
    const ledger = await opened(file);
    renameSync(file, `${file}.moved`);
    await expect(write(ledger)).rejects.toMatchObject({ kind: 'ledger', code: 'ledger_gone' });
    renameSync(`${file}.moved`, file);
    await write(ledger);
  });

  test.each(['removed', 'replaced'])('a file that is %s under an open ledger takes no more', async (fate) => {
    const file = temporaryFile();
    const ledger = await opened(file);
    await reported(ledger, 'one');
    renameSync(file, `${file}.moved`);
    if (fate === 'replaced') writeFileSync(file, '');
    await expect(reported(ledger, 'two')).rejects.toMatchObject({ kind: 'ledger', code: 'ledger_gone' });
    if (fate === 'replaced') rmSync(file);
    renameSync(`${file}.moved`, file);
    await reported(ledger, 'one');
  });

  test('a folder that is closed under an open ledger is reported', async () => {
    const folder = temporaryFolder();
    const inner = join(folder, 'inner');
    mkdirSync(inner);
    const asNobody = process.getuid?.() === 0 ? { uid: 65534 } : {};
    if ('uid' in asNobody) {
      chmodSync(folder, 0o755);
      chownSync(inner, asNobody.uid, asNobody.uid);
    }
    const child = await startChild({ action: 'write later', location: join(inner, 'ledger.db') }, asNobody);
    child.go();
    expect(await child.next()).toBe('opened');
    chmodSync(inner, 0o000);
    child.process.stdin?.end();
    expect(await child.next()).toMatchObject({ failed: 'ledger_not_writable' });
    chmodSync(inner, 0o700);
  });

  test('of a transaction that fails and cannot be rolled back the first error is thrown, and the next one works', async () => {
    const ledger = await freshLedger();
    const { exec } = engine;
    const broken = vi.spyOn(engine, 'exec').mockImplementation(function (this: typeof engine, sql) {
      if (sql === 'ROLLBACK')
        throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_WRITE' });
      exec.call(this, sql);
    });
    const work = ledger.write('ledger', async (trx) => {
      await trx
        .insertInto('checkpoints')
        .values({ ...until, at: at(1) })
        .execute();
      throw new Error('the first');
    });
    await expect(work).rejects.toThrow('the first');
    await expect(reported(ledger, 'c1')).rejects.toMatchObject({ kind: 'ledger', code: 'ledger_disk_error' });
    broken.mockRestore();
    await reported(ledger, 'c1');
    expect(await ledger.read((db) => db.selectFrom('checkpoints').selectAll().execute())).toEqual([]);
  });

  test('a full disk is reported, and what was there stays', async () => {
    const ledger = await freshLedger();
    await reported(ledger, 'c1');
    const allowPages = (pages: number): Promise<unknown> =>
      ledger.write('ledger', (trx) => sql.raw(`PRAGMA max_page_count = ${pages}`).execute(trx));
    await allowPages(1);
    const report = {
      lane: 'live',
      conversationId: 'c2',
      customerId: 'x'.repeat(200_000),
      closedAt: at(0),
      source: 'report',
      seenAt: at(0),
    } as const;
    await expect(recordClosing(ledger, report)).rejects.toMatchObject({
      kind: 'ledger',
      code: 'ledger_full',
    });
    expect(await closingById(ledger, `c1@${at(0)}`)).not.toBeNull();
    await allowPages(100_000);
    expect((await recordClosing(ledger, report)).isNew).toBe(true);
  });
});

describe('versions', () => {
  const versionsOf = async (ledger: Ledger): Promise<number[]> => {
    const rows = await ledger.read((db) => db.selectFrom('ledger_version').selectAll().execute());
    return rows.map(({ version }) => version);
  };

  test('opening again changes nothing', async () => {
    const path = temporaryFile();
    const first = await openLedger(path);
    await reported(first, 'c1');
    await first.close();
    const again = await opened(path);
    expect(await closingById(again, `c1@${at(0)}`)).not.toBeNull();
    expect(await versionsOf(again)).toEqual(everyVersion);
  });

  test('several processes may open a new ledger at once', async () => {
    const location = join(temporaryFolder(), 'new', 'ledger.db');
    const tasks = Array.from({ length: 5 }, () => ({ action: 'open' as const, location }));
    expect(await inProcesses(tasks)).toEqual(tasks.map(() => 'opened'));
    const ledger = await opened(location);
    expect(await versionsOf(ledger)).toEqual(everyVersion);
  });

  test('several callers in one process may, too', async () => {
    const location = temporaryFile();
    const ledgers = await Promise.all(Array.from({ length: 5 }, () => opened(location)));
    await Promise.all(ledgers.map((ledger, number) => reported(ledger, `c${number}`)));
    expect(await closingById(ledgers[0]!, `c4@${at(0)}`)).not.toBeNull();
  });

  describe('a ledger of version 1', () => {
    function olderLedger(): string {
      const path = temporaryFile();
      const database = new DatabaseSync(path);
      database.exec(readFileSync(join(import.meta.dirname, 'version-1.sql'), 'utf8'));
      database.close();
      return path;
    }

    test('keeps its rows and learns what is new', async () => {
      const ledger = await opened(olderLedger());
      expect(await versionsOf(ledger)).toEqual(everyVersion);
      expect((await closingsOfConversation(ledger, 'reopened', 'live')).map(({ state }) => state)).toEqual([
        'pending',
        'suppressed',
      ]);
      expect(await isUnsubscribed(ledger, 'kim@example.com')).toBe(true);
      expect(await outermostAnswers(ledger, 'changed')).toMatchObject({
        first: { revision: 1, rating: 5 },
        newest: { revision: 2, rating: 2 },
      });
      // The reopening was known only from its row: now it also ends closings that are reported later.
      const { closing } = await recordClosing(ledger, {
        lane: 'live',
        conversationId: 'reopened',
        customerId: null,
        closedAt: at(70),
        source: 'webhook',
        seenAt: at(400),
      });
      expect(closing).toMatchObject({ state: 'suppressed', reopenedAt: at(100) });
      const lacking = await ledger.read((db) => db.selectFrom('cards_due').selectAll().execute());
      expect(lacking.map(({ survey_id }) => survey_id).sort()).toEqual([
        'by hand',
        'changed',
        'without card',
      ]);
      const due = await cardsDue(ledger, 10, at(500));
      expect(due.map(({ surveyId }) => surveyId)).toEqual(['changed', 'without card']);
      expect((await queueFigures(ledger, at(500), 'live')).cardsMissing).toBe(2);
    });

    test('is brought to the new version once by processes that open it at the same time', async () => {
      const location = olderLedger();
      const tasks = Array.from({ length: 4 }, () => ({ action: 'open' as const, location }));
      expect(await inProcesses(tasks)).toEqual(tasks.map(() => 'opened'));
      const ledger = await opened(location);
      expect(await versionsOf(ledger)).toEqual(everyVersion);
      expect(await cardsDue(ledger, 10, at(500))).toHaveLength(2);
      expect(await ledger.read((db) => db.selectFrom('reopenings').selectAll().execute())).toEqual([
        { conversation_id: 'reopened', reopened_at: at(100) },
      ]);
    });

    test('ends with the same tables as a new one', async () => {
      expect(await shapeOf(await opened(olderLedger()))).toEqual(
        await shapeOf(await opened(temporaryFile())),
      );
    });
  });

  test('a ledger of a newer gcsat is refused', async () => {
    const path = temporaryFile();
    const ledger = await openLedger(path);
    await ledger.write('ledger', (trx) => trx.insertInto('ledger_version').values({ version: 99 }).execute());
    await ledger.close();
    const before = readFileSync(path);
    await expect(openLedger(path)).rejects.toMatchObject({ kind: 'ledger', code: 'ledger_too_new' });
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

describe('several writers', () => {
  test('a ledger that stays locked is reported as busy', async () => {
    const location = temporaryFile();
    const ledger = await opened(location, { busyTimeoutMs: 50 });
    const holder = await startChild({ action: 'hold', location });
    holder.go();
    expect(await holder.next()).toBe('holding');
    await expect(reported(ledger, 'c1')).rejects.toMatchObject({ kind: 'ledger', code: 'ledger_busy' });
    expect(await closingById(ledger, `c1@${at(0)}`)).toBeNull();
    holder.process.stdin?.end();
    expect(await holder.next()).toBe('let go');
    expect((await reported(ledger, 'c1')).id).toBe(`c1@${at(0)}`);
  });

  test('waiting for another process leaves the event loop free', async () => {
    const location = temporaryFile();
    const ledger = await opened(location);
    const holder = await startChild({ action: 'hold', location });
    holder.go();
    await holder.next();
    const waiting = reported(ledger, 'c1');
    // This timer fires only if the wait for the lock does not block the process.
    await new Promise((resolve) => setTimeout(resolve, 20));
    holder.process.stdin?.end();
    expect((await waiting).id).toBe(`c1@${at(0)}`);
  });

  test.each(standalone)(
    'waiting for another process leaves the event loop free: $name',
    async ({ write }) => {
      const location = temporaryFile();
      const ledger = await opened(location);
      const holder = await startChild({ action: 'hold', location });
      holder.go();
      await holder.next();
      let written = false;
      const waiting = write(ledger).then(() => {
        written = true;
      });
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(written).toBe(false);
      holder.process.stdin?.end();
      await waiting;
      expect(written).toBe(true);
    },
  );

  test('transactions of one process come one after the other', async () => {
    const ledger = await freshLedger();
    await reported(ledger, 'c1');
    const count = (): Promise<unknown> =>
      ledger.write('ledger', async (trx) => {
        const { attempts } = await trx.selectFrom('closings').select('attempts').executeTakeFirstOrThrow();
        await new Promise((resolve) => setImmediate(resolve));
        await trx
          .updateTable('closings')
          .set({ attempts: attempts + 1 })
          .execute();
      });
    await Promise.all(Array.from({ length: 100 }, count));
    expect((await closingById(ledger, `c1@${at(0)}`))?.attempts).toBe(100);
  });

  test('a transaction that fails leaves nothing behind and blocks nobody', async () => {
    const ledger = await freshLedger();
    const failing = ledger.write('ledger', async (trx) => {
      await trx
        .insertInto('unsubscribes')
        .values({ address: 'a', at: at(0), source: 'test' })
        .execute();
      throw new Error('stop');
    });
    const after = ledger.write('ledger', (trx) => trx.selectFrom('unsubscribes').selectAll().execute());
    await expect(failing).rejects.toThrow('stop');
    expect(await after).toEqual([]);
  });

  test('two ledgers on one file in one process take turns', async () => {
    const location = temporaryFile();
    const [one, other] = [await opened(location), await opened(location)];
    const sights = Array.from({ length: 40 }, (_, number) =>
      reported(number % 2 === 0 ? one : other, `c${number}`),
    );
    expect(new Set((await Promise.all(sights)).map((closing) => closing.id)).size).toBe(40);
  });

  test('a process that is killed while it writes leaves a readable ledger', async () => {
    const location = temporaryFile();
    const writer = await startChild({ action: 'write', location });
    writer.go();
    let last = 0;
    while (last < 20) last = (await writer.next()) as number;
    writer.process.kill('SIGKILL');
    await writer.ended;
    const ledger = await opened(location);
    const check = await ledger.read((db) => sql`PRAGMA integrity_check`.execute(db));
    expect(check.rows).toEqual([{ integrity_check: 'ok' }]);
    const { count } = await ledger.read((db) =>
      db
        .selectFrom('closings')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow(),
    );
    expect(count).toBeGreaterThan(last);
    expect((await reported(ledger, 'after')).state).toBe('pending');
  });
});

describe('organization', () => {
  test('the first use is remembered', async () => {
    const location = temporaryFile();
    const ledger = await opened(location);
    expect(await boundOrganization(ledger)).toBeNull();
    await bindOrganization(ledger, acme);
    await bindOrganization(ledger, { ...acme, origin: 'https://us-1.gladly.com' });
    expect(await boundOrganization(await opened(location))).toEqual(acme);
  });

  test('one that gave no id at first is known by its address until it does', async () => {
    const ledger = await freshLedger();
    const nameless = { ...acme, organizationId: acme.origin };
    await bindOrganization(ledger, nameless);
    await bindOrganization(ledger, nameless);
    await bindOrganization(ledger, acme);
    await bindOrganization(ledger, nameless);
    expect(await boundOrganization(ledger)).toEqual(acme);
    const elsewhere = 'https://other.gladly.com';
    for (const organizationId of [elsewhere, 'org-2']) {
      await expect(
        bindOrganization(ledger, { ...acme, organizationId, origin: elsewhere }),
      ).rejects.toMatchObject({ code: 'ledger_of_other_organization' });
    }
  });

  test.each([{ organizationId: 'org-2' }, { hostKind: 'qa' }, { hostKind: 'loopback' }] as const)(
    'another one is refused: %o',
    async (other) => {
      const ledger = await freshLedger();
      await bindOrganization(ledger, acme);
      await expect(bindOrganization(ledger, { ...acme, ...other })).rejects.toMatchObject({
        kind: 'configuration',
        code: 'ledger_of_other_organization',
      });
      expect(await boundOrganization(ledger)).toEqual(acme);
    },
  );
});

test('an existing folder keeps its mode', async () => {
  const folder = join(temporaryFolder(), 'shared');
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  await opened(join(folder, 'ledger.db'));
  expect(mode(folder)).toBe('755');
});
