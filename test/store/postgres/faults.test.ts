import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { advanceCheckpoint, readCheckpoint } from '../../../src/store/checkpoints.ts';
import { closingById } from '../../../src/store/closings/closings.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { openLedger } from '../../../src/store/open.ts';
import { openCounts } from '../../../src/store/medallia/counts.ts';
import { tokenStatements } from '../../../src/store/postgres/commits.ts';
import { newestVersion } from '../../../src/store/schema/migrations.ts';
import { queried, startPostgres, type TestServer } from '../../support/postgres-server.ts';
import { claimNextDue } from '../../../src/store/queue/next-due.ts';
import { at, freshLedger, here, inProcesses, opened, reported } from '../support.ts';

const until = { lane: 'live', name: 'until' } as const;

/** Asks the server of the run directly, without the ledger. */
async function asked(ledger: Ledger, text: string): Promise<Record<string, unknown>[]> {
  const database = new URL(ledger.location).pathname.slice(1);
  return (await queried(inject('postgresPort'), database, text)).rows;
}

const backend = sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`;
const ended = (pid: number): string => `SELECT pg_terminate_backend(${pid}, 5000)`;

async function ownServer(): Promise<{ server: TestServer; place: string }> {
  const server = await startPostgres({}, inject('postgresFolder'));
  onTestFinished(() => server.remove());
  await server.query('postgres', 'CREATE DATABASE ledger');
  return { server, place: `${server.url('ledger')}?connections=3` };
}

/** A database on the server of the run, without a ledger. */
async function emptyDatabase(): Promise<{
  place: string;
  query(text: string): Promise<pg.QueryResult<Record<string, unknown>>>;
}> {
  const port = inject('postgresPort');
  const name = `empty_${randomUUID().replaceAll('-', '')}`;
  await queried(port, 'postgres', `CREATE DATABASE ${name}`);
  onTestFinished(async () => {
    await queried(port, 'postgres', `DROP DATABASE ${name} WITH (FORCE)`);
  });
  return {
    place: `postgres://postgres@127.0.0.1:${port}/${name}?connections=3`,
    query: (text) => queried(port, name, text),
  };
}

describe('a connection that is lost', () => {
  test('in the middle of a write: it is done again, once', async () => {
    const ledger = await freshLedger();
    let tries = 0;
    await ledger.write({ names: ['x'] }, async (trx) => {
      tries += 1;
      await trx
        .insertInto('unsubscribes')
        .values({ address: 'a', at: at(0), source: 'page' })
        .execute();
      const { pid } = (await backend.execute(trx)).rows[0]!;
      if (tries === 1) await asked(ledger, ended(pid));
      await trx.selectFrom('unsubscribes').selectAll().execute();
    });
    expect(tries).toBe(2);
    expect(await asked(ledger, 'SELECT address FROM unsubscribes')).toEqual([{ address: 'a' }]);
  });

  test('in the middle of a read: it is read again', async () => {
    const ledger = await freshLedger();
    await reported(ledger, 'c1');
    let tries = 0;
    const count = await ledger.read(async (db) => {
      tries += 1;
      if (tries === 1) await asked(ledger, ended((await backend.execute(db)).rows[0]!.pid));
      return (await db.selectFrom('closings').selectAll().execute()).length;
    });
    expect([tries, count]).toEqual([2, 1]);
  });

  /** Cuts the connection at a COMMIT, before the server gets it or before its answer arrives. */
  async function cut(kind: 'answer' | 'question'): Promise<{ tries: number; rows: unknown }> {
    const ledger = await freshLedger();
    let tries = 0;
    const original: unknown = Reflect.get(pg.Client.prototype, 'query');
    let isCut = false;
    function query(this: pg.Client, ...given: unknown[]): unknown {
      const call = (): unknown => Reflect.apply(original as () => unknown, this, given);
      if (given[0] !== 'COMMIT' || isCut) return call();
      isCut = true;
      const lost = Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
      return (async () => {
        if (kind === 'answer') await call();
        throw lost;
      })();
    }
    Reflect.set(pg.Client.prototype, 'query', query);
    onTestFinished(() => void Reflect.set(pg.Client.prototype, 'query', original));
    await ledger.write({ names: ['x'] }, async (trx) => {
      tries += 1;
      await trx
        .insertInto('names')
        .values({ kind: 'agent', id: `try ${tries}`, name: 'x', email: null })
        .execute();
    });
    expect(isCut).toBe(true);
    return { tries, rows: await asked(ledger, 'SELECT id FROM names') };
  }

  test('a COMMIT that was done although its answer is lost is not repeated', async () => {
    expect(await cut('answer')).toEqual({ tries: 1, rows: [{ id: 'try 1' }] });
  });

  test('a COMMIT that never arrived is repeated', async () => {
    expect(await cut('question')).toEqual({ tries: 2, rows: [{ id: 'try 2' }] });
  });

  test.each(['fast', 'immediate'] as const)(
    'a restart in %s mode delays work and loses none',
    async (mode) => {
      const { server, place } = await ownServer();
      const ledger = await opened(place);
      const written: number[] = [];
      const work = { isOver: false };
      const writing = (async () => {
        for (let number = 0; !work.isOver; number += 1) {
          await reported(ledger, `c${number}`);
          written.push(number);
        }
      })();
      await vi.waitFor(() => expect(written.length).toBeGreaterThan(20), { timeout: 20_000 });
      await server.stop(mode);
      const before = written.length;
      await server.start();
      await vi.waitFor(() => expect(written.length).toBeGreaterThan(before + 20), { timeout: 20_000 });
      work.isOver = true;
      await writing;
      const { rows } = await server.query('ledger', 'SELECT count(*)::integer AS count FROM closings');
      expect(rows).toEqual([{ count: written.length }]);
    },
  );

  test('a server that is away is said, with the ledger and without its password', async () => {
    const { server, place } = await ownServer();
    const ledger = await opened(place.replace('postgres@', 'postgres:geheim@'), { busyTimeoutMs: 300 });
    await server.stop('fast');
    const failure: unknown = await reported(ledger, 'c1').catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'ledger', code: 'ledger_unavailable' });
    expect((failure as Error).message).not.toContain('geheim');
    await server.start();
    expect(await reported(ledger, 'c1')).toMatchObject({ conversationId: 'c1' });
  });
});

describe('transactions', () => {
  test('about one conversation go one after the other, about others side by side', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const holder = ledger.write({ closings: [id] }, () => finished);
    let isSameDone = false;
    const same = reported(ledger, 'c1', 3600).then(() => (isSameDone = true));
    await reported(ledger, 'c2');
    await sleep(50);
    expect(isSameDone).toBe(false);
    finish();
    await Promise.all([holder, same]);
  });

  test('claims for different customers do not wait for each other', async () => {
    const ledger = await freshLedger();
    const quick = await opened(placeOf(ledger), { busyTimeoutMs: 100 });
    const [one, other] = [await reported(ledger, 'c1', 0), await reported(ledger, 'c2', 60)];
    let finish = (): void => undefined;
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const holder = ledger.write({}, async (trx, { tryAlone }) => {
      expect(await tryAlone(`customer live ${other.customerId}`)).toBe(true);
      await trx.selectFrom('closings').select('id').where('id', '=', other.id).forUpdate().execute();
      begin();
      await new Promise<void>((resolve) => (finish = resolve));
    });
    await begun;
    const claim = (): Promise<string | undefined> =>
      claimNextDue(quick, here, at(100), 'live').then((closing) => closing?.id);
    expect([await claim(), await claim()]).toEqual([one.id, undefined]);
    finish();
    await holder;
    expect(await claim()).toBe(other.id);
  });

  test('a deadlock is passed by doing one of them again', async () => {
    const ledger = await freshLedger();
    const [one, other] = [await reported(ledger, 'c1'), await reported(ledger, 'c2')];
    let tries = 0;
    let held = 0;
    let letGo = (): void => undefined;
    const bothHaveOne = new Promise<void>((resolve) => (letGo = resolve));
    const touch = (name: string, ids: readonly string[]): Promise<void> =>
      ledger.write({ names: [name] }, async (trx) => {
        tries += 1;
        for (const id of ids) {
          await trx
            .updateTable('closings')
            .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
            .where('id', '=', id)
            .execute();
          held += 1;
          if (held === 2) letGo();
          await bothHaveOne;
        }
      });
    await Promise.all([touch('a', [one.id, other.id]), touch('b', [other.id, one.id])]);
    expect(tries).toBe(3);
    expect((await closingById(ledger, one.id))?.attempts).toBe(2);
    expect((await closingById(ledger, other.id))?.attempts).toBe(2);
  });

  test('what waits for a lock for longer than it may is said to be kept busy', async () => {
    const ledger = await freshLedger();
    const second = await opened(placeOf(ledger), { busyTimeoutMs: 100 });
    let finish = (): void => undefined;
    const holder = ledger.write('ledger', () => new Promise<void>((resolve) => (finish = resolve)));
    await sleep(50);
    await expect(reported(second, 'c1')).rejects.toMatchObject({ kind: 'ledger', code: 'ledger_busy' });
    finish();
    await holder;
  });

  test('no lock and no setting outlives them', async () => {
    const ledger = await freshLedger();
    await reported(ledger, 'c1');
    // The other tests of the run have their locks on the same server.
    const held = `SELECT * FROM pg_locks WHERE locktype = 'advisory'
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    expect(await asked(ledger, held)).toEqual([]);
    const settings = await ledger.read((db) => sql`SHOW lock_timeout`.execute(db));
    expect(settings.rows).toEqual([{ lock_timeout: '10s' }]);
  });
});

function placeOf({ location }: Ledger): string {
  return `${location}?connections=2`;
}

describe('versions', () => {
  test('processes that make a ledger at once make one', async () => {
    const { place, query } = await emptyDatabase();
    const tasks = [1, 2, 3].map(() => ({ action: 'open', location: place }) as const);
    expect(await inProcesses(tasks)).toEqual(['opened', 'opened', 'opened']);
    const { rows } = await query('SELECT max(version) AS version FROM ledger_version');
    expect(rows).toEqual([{ version: newestVersion }]);
  });

  test('a ledger of version 13 is brought to the next, and rows of imports find their closings', async () => {
    const { place, query } = await emptyDatabase();
    await (await openLedger(place)).close();
    await query(`DROP INDEX closing_topics_closed; DROP TABLE reminders; DROP INDEX messages_left;
      ALTER TABLE closings DROP COLUMN closed_by, DROP COLUMN closed_by_type, DROP COLUMN reminder,
        DROP COLUMN reminded_at;
      CREATE INDEX closings_range ON closings (closed_at);
      ALTER TABLE messages DROP COLUMN form_id; DROP TABLE forms;
      ALTER TABLE answers DROP COLUMN reason, DROP COLUMN question_kind, DROP COLUMN question_text,
        DROP COLUMN question_choice, DROP COLUMN question_words;
      DROP INDEX closings_sent; DROP TABLE medallia_counts; DROP INDEX medallia_rows_interaction;
      ALTER TABLE medallia_rows DROP COLUMN delivered_at, DROP COLUMN only_counted;
      ALTER TABLE messages DROP COLUMN brand;
      DELETE FROM ledger_version WHERE version > 13;
      INSERT INTO closings (id, conversation_id, closed_at, first_seen_at, source, state, state_at, queued, attempts, reasons,
        sent_at, imported)
      VALUES ('c1@1', 'c1', '${at(0)}', '${at(9)}', 'import', 'suppressed', '${at(9)}', 0, 0, '[]', '${at(20)}', 'row-1'),
        ('c2@1', 'c2', '${at(0)}', '${at(9)}', 'import', 'suppressed', '${at(9)}', 0, 0, '[]', '${at(20)}', 'u2');
      INSERT INTO messages (closing_id, sequence, survey_id, provider, left_at)
      VALUES ('c1@1', 1, 's1', 'smtp', '${at(20)}');
      INSERT INTO medallia_rows (uuid, sequence, interaction_id, sent_at, due, read_at)
      VALUES ('u1', 1, 'c1', '${at(23)}', 0, '${at(9)}'), ('u2', 2, 'other', null, 0, '${at(9)}'),
        ('u3', 3, 'c1', '${at(900)}', 0, '${at(9)}')`);
    const ledger = await openLedger(place);
    try {
      const rows = await ledger.read((db) =>
        db
          .selectFrom('medallia_rows')
          .select(['uuid', 'closing_id', 'only_counted', 'delivered_at'])
          .orderBy('sequence')
          .execute(),
      );
      const kept = { only_counted: 0, delivered_at: null };
      expect(rows).toEqual([
        { uuid: 'u1', closing_id: 'c1@1', ...kept },
        { uuid: 'u2', closing_id: 'c2@1', ...kept },
        { uuid: 'u3', closing_id: null, ...kept },
      ]);
      expect(await openCounts(ledger)).toMatchObject({ count: 0 });
      const messages = await ledger.read((db) =>
        db.selectFrom('messages').select(['survey_id', 'brand']).execute(),
      );
      expect(messages).toEqual([{ survey_id: 's1', brand: null }]);
    } finally {
      await ledger.close();
    }
    const versions = await query('SELECT max(version) AS version FROM ledger_version');
    expect(versions.rows).toEqual([{ version: newestVersion }]);
  });

  test('what runs while a newer gcsat changes the ledger is refused at its next write', async () => {
    const ledger = await freshLedger();
    await asked(ledger, `INSERT INTO ledger_version VALUES (${newestVersion + 1})`);
    await expect(reported(ledger, 'c1')).rejects.toMatchObject({ code: 'ledger_too_new' });
    await expect(openLedger(placeOf(ledger))).rejects.toMatchObject({ code: 'ledger_too_new' });
    await asked(ledger, `DELETE FROM ledger_version WHERE version > ${newestVersion}`);
  });

  test('a database of something else is left as it is', async () => {
    const { place, query } = await emptyDatabase();
    await query('CREATE TABLE closings (x integer)');
    await expect(openLedger(place)).rejects.toMatchObject({ kind: 'ledger', code: 'ledger_unreadable' });
    const { rows } = await query(`SELECT relname FROM pg_class WHERE relname = 'history'`);
    expect(rows).toEqual([]);
  });

  test.each([
    ['/nothing', 'ledger_missing'],
    ['/postgres?sslmode=verify-full', 'ledger_not_trusted'],
    ['/postgres?sslmode=maybe', 'database_invalid'],
    ['/postgres?options=-c', 'database_invalid'],
    ['/', 'database_invalid'],
  ])('the place %s is refused with exit 3: %s', async (path, code) => {
    const place = `postgres://postgres:geheim@127.0.0.1:${inject('postgresPort')}${path}`;
    const failure: unknown = await openLedger(place).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'configuration', code });
    expect(JSON.stringify(failure) + (failure as Error).message).not.toContain('geheim');
  });
});

test('the time is that of the server, whatever the clock of this machine says', async () => {
  const ledger = await freshLedger();
  const real = Date.now();
  vi.spyOn(Date, 'now').mockReturnValue(real + 3_600_000);
  onTestFinished(() => void vi.restoreAllMocks());
  await advanceCheckpoint(ledger, until, at(0));
  expect(Math.abs((ledger.now() ?? 0) - real)).toBeLessThan(60_000);
});

test('tokens of commits are cleared away after an hour', async () => {
  const ledger = await freshLedger();
  await asked(ledger, `INSERT INTO commits VALUES ('old', now() - interval '61 minutes', false)`);
  // One transaction in a thousand clears tokens. The others are only counted here, not run.
  let since = 0;
  while (tokenStatements('not written').length === 1) since += 1;
  expect(since).toBeLessThan(1000);
  for (let write = 1; write < 1000; write += 1) tokenStatements('not written');
  await ledger.write({ names: [] }, () => Promise.resolve());
  expect(await asked(ledger, `SELECT 1 FROM commits WHERE token = 'old'`)).toEqual([]);
  expect(await readCheckpoint(ledger, until)).toBeNull();
});
