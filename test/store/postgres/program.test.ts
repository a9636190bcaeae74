import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { busyGladly } from '../../e2e/busy-gladly.ts';
import { closedConversation, surveysOf, testGladly } from '../../support/gladly.ts';
import { queried, startPostgres } from '../../support/postgres-server.ts';
import { run, runJson, start, temporaryFolder } from '../../support/run.ts';
import { serve, webhookPassword } from '../../support/serving.ts';
import { opened, temporaryPlace } from '../support.ts';

// Programs start slowly when many start at once.
vi.setConfig({ testTimeout: 180_000 });

/** The place of a new ledger on the server of the run. */
async function newPlace(): Promise<string> {
  const place = temporaryPlace();
  await (await opened(place)).close();
  return place;
}

async function asked(place: string, text: string): Promise<Record<string, unknown>[]> {
  const database = new URL(place).pathname.slice(1);
  return (await queried(inject('postgresPort'), database, text)).rows;
}

describe('replay', () => {
  test('asks once, and says the same as with a file', async () => {
    const gladly = await testGladly();
    const id = await closedConversation(gladly, 'kim@example.com');
    const env = { ...gladly.env, GCSAT_DATABASE_URL: await newPlace() };
    const dry = await runJson(['replay', '--dry-run', id], { env });
    expect([dry.code, dry.document.outcome]).toEqual([0, 'would_send']);
    expect(await asked(env.GCSAT_DATABASE_URL, 'SELECT id FROM closings')).toEqual([]);
    const first = await runJson(['replay', id], { env });
    expect([first.code, first.document.outcome]).toEqual([0, 'sent']);
    const again = await runJson(['replay', id], { env });
    expect([again.code, again.document.outcome]).toEqual([0, 'already_surveyed']);
    const sent = (await gladly.requests()).filter(({ path }) => path.endsWith('/communications/email'));
    expect(sent).toHaveLength(1);
    const checked = await runJson(['ledger', 'check'], { env });
    expect([checked.code, checked.document.problems]).toEqual([0, []]);
  });

  test('says nothing of the password, whatever happens', async () => {
    const gladly = await testGladly();
    const place = (await newPlace()).replace('postgres@', 'postgres:geheim-wort@');
    const away = place.replace(/:\d+\//, ':1/');
    const everything = [
      ['surveys', 'list'],
      ['doctor', '--offline'],
      ['ledger', 'check'],
      ['configure', 'show', '-v'],
    ];
    for (const [database, commands] of [
      [place, everything],
      [away, everything.slice(0, 2)],
    ] as const) {
      const env = { ...gladly.env, GCSAT_DATABASE_URL: database };
      for (const args of commands) {
        const { code, stdout, stderr } = await run(args, { env });
        expect(stdout + stderr).not.toContain('geheim');
        const expected = database === away ? 8 : 0;
        if (args[0] !== 'doctor') expect([args, code]).toEqual([args, expected]);
      }
    }
  });
});

describe('backfill', () => {
  test('killed with SIGKILL at random moments, then finished: everybody is asked once', async () => {
    const gladly = await busyGladly();
    await gladly.customers(30);
    const env = { ...gladly.env, GCSAT_DELIVERY: 'gladly-email', GCSAT_DATABASE_URL: await newPlace() };
    let kills = 0;
    while (kills < 3) {
      const child = start(['backfill', ...gladly.range], { env });
      const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
      await Promise.race([sleep(600 + Math.random() * 1200), ended]);
      child.kill('SIGKILL');
      if ((await ended)[1] !== 'SIGKILL') break;
      kills += 1;
    }
    const { code, document } = await runJson(['backfill', ...gladly.range], { env, timeoutMs: 60_000 });
    const told = { kills, outcomes: document.outcomes };
    expect({ ...told, code }).toEqual({ ...told, code: 0 });
    expect(kills).toBeGreaterThan(0);
    expect(document.closings).toBe(30);
    expect(Number(document.outcomes.sent) + Number(document.outcomes.uncertain)).toBe(30);
    expect(await surveysOf(env)).toHaveLength(30);
  });

  test('of two processes, each asks others', async () => {
    const gladly = await busyGladly();
    await gladly.customers(16);
    const env = { ...gladly.env, GCSAT_DELIVERY: 'gladly-email', GCSAT_DATABASE_URL: await newPlace() };
    const runs = await Promise.all(
      [1, 2].map(() => runJson(['backfill', ...gladly.range], { env, timeoutMs: 60_000 })),
    );
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    const sent = runs.map(({ document }) => Number(document.thisRun.sent));
    expect(sent[0]! + sent[1]!).toBe(16);
    const { document } = await runJson(['backfill', ...gladly.range], { env, timeoutMs: 60_000 });
    expect(document).toMatchObject({ outcomes: { sent: 16 }, thisRun: { sent: 0 } });
  });
});

describe('serve', () => {
  test('refuses events while the server is away, and works them off when it is back', async () => {
    const server = await startPostgres({}, inject('postgresFolder'));
    onTestFinished(() => server.remove());
    await server.query('postgres', 'CREATE DATABASE ledger');
    const gladly = await testGladly();
    const env = {
      ...gladly.env,
      GCSAT_DATABASE_URL: server.url('ledger'),
      GCSAT_WEBHOOK_USER: 'gcsat',
      GCSAT_WEBHOOK_PASSWORD: webhookPassword,
    };
    const ids = await Promise.all(
      [1, 2, 3].map((number) => closedConversation(gladly, `kim${number}@example.com`)),
    );
    const serving = await serve(env);
    expect(await serving.tell(ids[0]!)).toBe(200);
    await server.stop('immediate');
    expect(await serving.tell(ids[1]!)).toBe(503);
    await server.start();
    expect(await serving.tell(ids[1]!)).toBe(200);
    expect(await serving.tell(ids[2]!)).toBe(200);
    await vi.waitFor(
      async () => {
        const { rows } = await server.query('ledger', `SELECT id FROM closings WHERE state = 'sent'`);
        expect(rows).toHaveLength(3);
      },
      { timeout: 40_000, interval: 200 },
    );
    expect(await serving.stop()).toBe(143);
    const sent = (await gladly.requests()).filter(({ path }) => path.endsWith('/communications/email'));
    expect(sent).toHaveLength(3);
  });
});

test('behind pgbouncer, which lends a connection for one transaction, it works the same', async () => {
  const place = await newPlace();
  const folder = temporaryFolder();
  const { port } = new URL(place);
  const pooled = String(20_000 + Math.floor(Math.random() * 20_000));
  const settings = join(folder, 'pgbouncer.ini');
  writeFileSync(join(folder, 'users.txt'), '"postgres" ""\n');
  writeFileSync(
    settings,
    `[databases]
* = user=postgres host=127.0.0.1 port=${port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${pooled}
unix_socket_dir =
auth_type = any
auth_file = ${join(folder, 'users.txt')}
pool_mode = transaction
default_pool_size = 2
`,
  );
  chmodSync(folder, 0o755);
  // pgbouncer refuses root.
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const pooler = spawn('/usr/sbin/pgbouncer', ['-q', settings], { ...user, stdio: 'ignore' });
  const ended = once(pooler, 'exit');
  onTestFinished(async () => {
    pooler.kill('SIGKILL');
    await ended;
  });
  const gladly = await busyGladly();
  await gladly.customers(12);
  const env = {
    ...gladly.env,
    GCSAT_DELIVERY: 'gladly-email',
    GCSAT_DATABASE_URL: place.replace(`:${port}/`, `:${pooled}/`),
  };
  await vi.waitFor(async () => {
    const client = new pg.Client(env.GCSAT_DATABASE_URL.replace(/\?.*/, ''));
    await client.connect();
    await client.end();
  });
  const runs = await Promise.all(
    [1, 2].map(() => runJson(['backfill', ...gladly.range], { env, timeoutMs: 60_000 })),
  );
  expect(runs.map(({ code }) => code)).toEqual([0, 0]);
  const { document } = await runJson(['backfill', ...gladly.range], { env, timeoutMs: 60_000 });
  expect(document).toMatchObject({ outcomes: { sent: 12 }, thisRun: { sent: 0 } });
  const pooledLedger = await opened(env.GCSAT_DATABASE_URL);
  const direct = await opened(place);
  let heard = 0;
  pooledLedger.hints?.hear(() => (heard += 1));
  await sleep(300);
  const listening = `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`;
  expect(await asked(place, listening)).toEqual([]);
  direct.hints?.tell();
  pooledLedger.hints?.tell();
  await sleep(300);
  expect(heard).toBe(0);
  const held = `SELECT * FROM pg_locks WHERE locktype = 'advisory'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  expect(await asked(place, held)).toEqual([]);
});
