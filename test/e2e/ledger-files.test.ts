import {
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { run, runJson, temporaryFolder } from '../support/run.ts';
import { closedConversation, testGladly, type TestGladly } from '../support/gladly.ts';
import { serve, webhookPassword, type Serving } from '../support/serving.ts';

const patience = { timeout: 30_000, interval: 20 };

async function gladlyOfServer(): Promise<TestGladly> {
  const gladly = await testGladly({ size: 0 });
  gladly.env['GCSAT_WEBHOOK_PASSWORD'] = webhookPassword;
  return gladly;
}

const ledgerIn = (folder: string): string =>
  join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.db'))!,
  );

const askedIn = ({ sandbox }: TestGladly): string[] =>
  sandbox
    .mailbox()
    .map(({ to }) => to)
    .sort();

/** Two customers are surveyed; a third conversation is closed. */
async function twoAsked(gladly: TestGladly, server: Serving): Promise<string[]> {
  const [one, two, three] = [
    await closedConversation(gladly, 'one@example.org'),
    await closedConversation(gladly, 'two@example.org'),
    await closedConversation(gladly, 'three@example.org'),
  ];
  expect([await server.tell(one), await server.tell(two)]).toEqual([200, 200]);
  await vi.waitFor(() => expect(askedIn(gladly)).toHaveLength(2), patience);
  return [one, two, three];
}

async function refusesAll(server: Serving, conversationId: string): Promise<void> {
  expect(await server.tell(conversationId)).toBe(503);
  await vi.waitFor(
    async () =>
      expect(await server.readiness()).toEqual({
        status: 503,
        body: { status: 'unavailable', code: 'ledger_gone' },
      }),
    patience,
  );
  expect(await server.tell(conversationId)).toBe(503);
  expect(server.stderr()).toContain('"code":"ledger_gone"');
}

/** Gladly repeats all events, including earlier ones. */
async function askedOnce(gladly: TestGladly, conversations: string[]): Promise<void> {
  const server = await serve(gladly.env);
  for (const id of conversations) expect(await server.tell(id)).toBe(200);
  const everybody = ['one@example.org', 'three@example.org', 'two@example.org'];
  await vi.waitFor(() => expect(askedIn(gladly)).toEqual(everybody), patience);
  expect((await server.readiness()).status).toBe(200);
  expect(await server.stop()).toBe(143);
  expect(askedIn(gladly)).toEqual(everybody);
  expect((await run(['ledger', 'check'], { env: gladly.env })).code).toBe(0);
}

describe('under a running server', () => {
  test.each<[string, (ledger: string) => void, (ledger: string) => void]>([
    ['the -wal is removed', (ledger) => rmSync(`${ledger}-wal`), () => undefined],
    ['the -shm is removed', (ledger) => rmSync(`${ledger}-shm`), () => undefined],
    [
      'the -wal and the -shm are removed',
      (ledger) => ['-wal', '-shm'].forEach((end) => rmSync(ledger + end)),
      () => undefined,
    ],
    [
      'the file is moved away',
      (ledger) => renameSync(ledger, `${ledger}.away`),
      (ledger) => renameSync(`${ledger}.away`, ledger),
    ],
    [
      'the file is replaced',
      (ledger) => {
        linkSync(ledger, `${ledger}.kept`);
        copyFileSync(ledger, `${ledger}.copy`);
        renameSync(`${ledger}.copy`, ledger);
      },
      (ledger) => renameSync(`${ledger}.kept`, ledger),
    ],
  ])(
    'when %s, nothing more is taken, and afterwards nobody is asked twice',
    { timeout: 90_000 },
    async (_, damage, mend) => {
      const gladly = await gladlyOfServer();
      const server = await serve(gladly.env);
      const conversations = await twoAsked(gladly, server);
      const ledger = ledgerIn(gladly.env['GCSAT_DATA_DIR']!);
      damage(ledger);
      await refusesAll(server, conversations[2]!);
      expect(await server.stop()).toBe(143);
      mend(ledger);
      await askedOnce(gladly, conversations);
    },
  );

  test(
    'when the -shm is emptied, it ends, and afterwards nobody is asked twice',
    { timeout: 90_000 },
    async () => {
      const gladly = await gladlyOfServer();
      const server = await serve(gladly.env);
      const conversations = await twoAsked(gladly, server);
      // SQLite has the file mapped, and the system ends a process that reads past the end of a mapped file.
      truncateSync(`${ledgerIn(gladly.env['GCSAT_DATA_DIR']!)}-shm`);
      await expect(server.tell(conversations[2]!)).rejects.toThrow();
      await server.ended;
      await askedOnce(gladly, conversations);
    },
  );
});

async function refusesToStart({ env }: TestGladly, code: string): Promise<void> {
  const { code: exit, document } = await runJson(['serve', '--port', '0'], { env });
  expect({ exit, code: document.error.code }).toEqual({ exit: 8, code });
}

describe('a ledger that shrank', () => {
  test(
    'is restored as documented, here and on another machine, and nobody is asked twice',
    { timeout: 120_000 },
    async () => {
      const gladly = await gladlyOfServer();
      const { env } = gladly;
      const server = await serve(env);
      const conversations = await twoAsked(gladly, server);
      expect((await run(['configure', 'set', 'suppressionDays=14'], { env })).code).toBe(0);
      const backups = temporaryFolder();
      const file = join(backups, 'gcsat.db');
      const made = await runJson(['ledger', 'backup', file], { env });
      const { ledger, alsoNeeded } = made.document as { ledger: string; alsoNeeded: { file: string }[] };
      await closedConversation(gladly, 'later@example.org').then((id) => server.tell(id));
      await vi.waitFor(() => expect(askedIn(gladly)).toContain('later@example.org'), patience);

      truncateSync(ledger);
      await refusesAll(server, conversations[2]!);
      expect(await server.stop()).toBe(143);
      await refusesToStart(gladly, 'ledger_shrank');

      const old = temporaryFolder();
      for (const end of ['', '-wal', '-shm']) {
        if (existsSync(ledger + end)) renameSync(ledger + end, join(old, `old${end}`));
      }
      await refusesToStart(gladly, 'ledger_shrank');
      cpSync(file, ledger);
      await refusesToStart(gladly, 'ledger_shrank');
      const accepted = await run(['ledger', 'accept'], { env });
      expect(accepted).toMatchObject({ code: 0 });
      expect(accepted.stderr).toContain('may be surveyed again');

      // Another machine has neither the earlier ledger nor what is remembered about it.
      const there = temporaryFolder();
      const elsewhere = {
        ...gladly,
        env: { ...env, GCSAT_CONFIG_DIR: join(there, 'config'), GCSAT_DATA_DIR: join(there, 'data') },
      };
      const moved = (path: string): string =>
        path
          .replace(env['GCSAT_CONFIG_DIR']!, elsewhere.env.GCSAT_CONFIG_DIR)
          .replace(env['GCSAT_DATA_DIR']!, elsewhere.env.GCSAT_DATA_DIR);
      for (const folder of ['config', 'data']) mkdirSync(join(there, folder), { mode: 0o700 });
      cpSync(file, moved(ledger));
      for (const needed of alsoNeeded) cpSync(needed.file, moved(needed.file));
      expect((await run(['ledger', 'accept'], { env: elsewhere.env })).code).toBe(0);

      for (const place of [gladly, elsewhere]) {
        expect((await run(['ledger', 'check'], { env: place.env })).code).toBe(0);
        expect((await run(['configure', 'test'], { env: place.env })).code).toBe(0);
      }
      const again = await serve(elsewhere.env);
      expect(await again.tell(conversations[0]!)).toBe(200);
      expect(await again.tell(conversations[2]!)).toBe(200);
      await vi.waitFor(() => expect(askedIn(gladly)).toContain('three@example.org'), patience);
      expect(await again.stop()).toBe(143);
      expect(new Set(askedIn(gladly)).size).toBe(askedIn(gladly).length);
      await expect(runJson(['surveys', 'list'], { env })).resolves.toMatchObject({ document: { length: 2 } });
    },
  );

  test(
    'or that is gone beside its signing key is not begun anew, until that is accepted',
    { timeout: 60_000 },
    async () => {
      const gladly = await gladlyOfServer();
      const folder = gladly.env['GCSAT_DATA_DIR']!;
      const server = await serve(gladly.env);
      await twoAsked(gladly, server);
      expect(await server.stop()).toBe(143);
      // Everything that a wrong clean-up would take for leftovers.
      for (const name of readdirSync(folder)) {
        if (name !== 'survey-secret') rmSync(join(folder, name), { recursive: true });
      }
      await refusesToStart(gladly, 'ledger_shrank');
      expect(readdirSync(folder).filter((name) => name.startsWith('ledger-'))).toEqual([]);
      expect((await run(['ledger', 'accept'], { env: gladly.env })).code).toBe(0);
      expect(await (await serve(gladly.env)).stop()).toBe(143);
    },
  );
});
