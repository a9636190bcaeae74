import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { closingById } from '../../../src/store/closings/closings.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { openPostgres } from '../../../src/store/postgres/open-postgres.ts';
import { releaseClaim } from '../../../src/store/queue/claims.ts';
import { cancelClosing } from '../../../src/store/queue/acts.ts';
import { claimNextDue } from '../../../src/store/queue/next-due.ts';
import { queried } from '../../support/postgres-server.ts';
import { mountSmallDisk } from '../../support/small-disk.ts';
import { at, freshLedger, here, opened, reported } from '../support.ts';

const server = { host: '127.0.0.1', user: 'postgres' };

/** A way to the server that can be cut without either side being told. */
async function silentWay(): Promise<{ port: number; isCut: boolean; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const way = { port: 0, isCut: false, close: () => Promise.resolve() };
  const listener = createServer((near) => {
    const far = connect(inject('postgresPort'), server.host);
    let isDead = way.isCut;
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('data', (data) => {
        // A connection that was cut once stays silent.
        isDead ||= way.isCut;
        if (!isDead) to.write(data);
      });
      from.on('close', () => {
        if (!isDead) to.destroy();
      });
    }
  }).listen(0, server.host);
  await once(listener, 'listening');
  way.port = (listener.address() as AddressInfo).port;
  way.close = async () => {
    for (const socket of sockets) socket.destroy();
    listener.close();
    await once(listener, 'close');
  };
  onTestFinished(() => way.close());
  return way;
}

test('a connection that is open on this side alone is given up, and what was to be written is written once', async () => {
  const ledger = await freshLedger();
  const way = await silentWay();
  const database = new URL(ledger.location).pathname.slice(1);
  const place = `postgres://postgres@127.0.0.1:${way.port}/${database}?connections=2`;
  const beyond = await openPostgres(place, { answerMs: 400 });
  onTestFinished(() => beyond.close());
  await beyond.write({ names: [] }, () => Promise.resolve());
  way.isCut = true;
  setTimeout(() => (way.isCut = false), 600);
  let tries = 0;
  await beyond.write({ names: ['x'] }, async (trx) => {
    tries += 1;
    await trx
      .insertInto('unsubscribes')
      .values({ address: 'a', at: at(0), source: 'page' })
      .execute();
  });
  expect(tries).toBeGreaterThanOrEqual(1);
  const rows = await ledger.read((db) => db.selectFrom('unsubscribes').select('address').execute());
  expect(rows).toEqual([{ address: 'a' }]);
});

test('a serialization failure is passed by doing it again', async () => {
  const ledger = await freshLedger();
  let tries = 0;
  await ledger.write({ names: ['x'] }, async (trx) => {
    tries += 1;
    await trx
      .insertInto('unsubscribes')
      .values({ address: 'a', at: at(0), source: 'page' })
      .execute();
    if (tries === 1) {
      await sql`DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'serialization_failure'; END $$`.execute(trx);
    }
  });
  expect(tries).toBe(2);
});

test('a snapshot that somebody holds delays the clearing away of old rows, and nothing else', async () => {
  const ledger = await freshLedger();
  for (let number = 0; number < 25; number += 1) await reported(ledger, `c${number}`);
  const database = new URL(ledger.location).pathname.slice(1);
  const holder = new pg.Client({ ...server, port: inject('postgresPort'), database });
  await holder.connect();
  onTestFinished(() => holder.end());
  await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM closings');
  const taken: string[] = [];
  for (;;) {
    const closing = await claimNextDue(ledger, here, at(100), 'live');
    if (closing === null) break;
    await cancelClosing(ledger, closing.id, at(110));
    await releaseClaim(ledger, closing.id, here);
    taken.push(closing.id);
  }
  expect(new Set(taken).size).toBe(25);
  expect(taken).toHaveLength(25);
  expect(await ledger.compact(200)).toBe(false);
  const seen = await holder.query(`SELECT count(*)::integer AS count FROM closings WHERE state = 'pending'`);
  expect(seen.rows).toEqual([{ count: 25 }]);
  await holder.query('COMMIT');
  expect(await ledger.compact(20_000)).toBe(true);
});

test('an id that the server has no room for in an index is refused, says why, and loses nothing', async () => {
  const ledger = await freshLedger();
  const random = Array.from({ length: 150 }, () => randomUUID()).join('');
  await expect(reported(ledger, random)).rejects.toMatchObject({ kind: 'contract', code: 'id_too_long' });
  const { id } = await reported(ledger, random.slice(0, 2600));
  expect(await closingById(ledger, id)).toMatchObject({ conversationId: random.slice(0, 2600) });
});

async function idsIn(ledger: Ledger): Promise<string[]> {
  const rows = await ledger.read((db) => db.selectFrom('closings').select('id').execute());
  return rows.map(({ id }) => id);
}

/** The folder of a small disk; null if this user may not mount one. */
function smallDisk(megabytes: number): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'gcsat-disk-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return mountSmallDisk(folder, megabytes) ? folder : null;
}

describe('a disk that is full', () => {
  test('is said, loses nothing that was recorded, and the work goes on when there is room', async (context) => {
    const port = inject('postgresPort');
    const disk = smallDisk(24);
    // Mounting one takes a right that a container may lack.
    if (disk === null) {
      context.skip('no small disk can be mounted here');
      return;
    }
    chmodSync(disk, 0o755);
    const data = join(disk, 'data');
    mkdirSync(data);
    execFileSync('chown', ['postgres', data]);
    const name = `small_${randomUUID().replaceAll('-', '')}`;
    await queried(port, 'postgres', `CREATE TABLESPACE ${name} LOCATION '${data}'`);
    await queried(port, 'postgres', `CREATE DATABASE ${name} TABLESPACE ${name}`);
    onTestFinished(async () => {
      await queried(port, 'postgres', `DROP DATABASE ${name} WITH (FORCE)`);
      await queried(port, 'postgres', `DROP TABLESPACE ${name}`);
    });
    const ledger = await opened(`postgres://postgres@127.0.0.1:${port}/${name}?connections=2`);
    const filler = join(disk, 'filler');
    writeFileSync(filler, Buffer.alloc(6_000_000));
    const ids: string[] = [];
    const fill = async (): Promise<void> => {
      for (let number = 0; number < 20_000; number += 1) {
        const random = Array.from({ length: 60 }, () => randomUUID()).join('');
        ids.push((await reported(ledger, `${number} ${random}`)).id);
      }
    };
    await expect(fill()).rejects.toMatchObject({ kind: 'ledger', code: 'ledger_full' });
    expect(ids.length).toBeGreaterThan(10);
    expect((await idsIn(ledger)).toSorted()).toEqual(ids.toSorted());
    rmSync(filler);
    await reported(ledger, 'with room again');
    expect(await idsIn(ledger)).toHaveLength(ids.length + 1);
  });
});
