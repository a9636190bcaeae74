import { inject, expect, onTestFinished, test, vi } from 'vitest';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { openHints } from '../../../src/store/postgres/hints.ts';
import { openPool, type Connections } from '../../../src/store/postgres/pool.ts';
import { postgresAddress } from '../../../src/store/postgres/address.ts';
import { queried } from '../../support/postgres-server.ts';
import { closedConversation, testGladly } from '../../support/gladly.ts';
import { serve, webhookPassword } from '../../support/serving.ts';
import { recordEvents } from '../../../src/store/closings/events.ts';
import { freshLedger, opened } from '../support.ts';

const placeOf = ({ location }: Ledger): string => `${location}?connections=2`;

/** Listens for hints as another process with this ledger would. */
async function hearing(ledger: Ledger): Promise<{ heard: number; connections: Connections }> {
  const connections = await openPool(postgresAddress(placeOf(ledger)));
  const hints = openHints(connections, 50);
  onTestFinished(async () => {
    hints.close();
    await connections.close();
  });
  const hearer = { heard: 0, connections };
  hints.hear(() => (hearer.heard += 1));
  await vi.waitFor(async () => expect(await listeners(ledger)).toHaveLength(1));
  return hearer;
}

async function listeners(ledger: Ledger): Promise<Record<string, unknown>[]> {
  const database = new URL(ledger.location).pathname.slice(1);
  const text = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`;
  return (await queried(inject('postgresPort'), database, text)).rows;
}

test('of many that are told at once, the first and one more are said, and heard by the others alone', async () => {
  const ledger = await freshLedger();
  const other = await hearing(ledger);
  const own = await opened(placeOf(ledger));
  let heard = 0;
  own.hints?.hear(() => (heard += 1));
  await vi.waitFor(async () => expect(await listeners(ledger)).toHaveLength(2));
  for (let time = 0; time < 50; time += 1) own.hints?.tell();
  await vi.waitFor(() => expect(other.heard).toBe(2));
  expect(heard).toBe(0);
});

test('a connection that is lost is made again, and a server that is away harms nothing', async () => {
  const ledger = await freshLedger();
  const other = await hearing(ledger);
  const [{ pid } = { pid: 0 }] = await listeners(ledger);
  const ended = `SELECT pg_terminate_backend(${String(pid)}, 5000)`;
  await queried(inject('postgresPort'), 'postgres', ended);
  await vi.waitFor(async () => {
    const found = await listeners(ledger);
    expect(found).toHaveLength(1);
    expect(found[0]?.['pid']).not.toBe(pid);
  });
  const teller = await opened(placeOf(ledger));
  teller.hints?.tell();
  await vi.waitFor(() => expect(other.heard).toBe(1));
  await teller.close();
  expect(() => teller.hints?.tell()).not.toThrow();
});

/** A server that sees others' work only when it is told: it looks for work after an hour instead of three seconds. */
const hardlyLooks = `--import=data:text/javascript,${encodeURIComponent(`
  import timers from 'node:timers/promises';
  import { syncBuiltinESMExports } from 'node:module';
  const wait = timers.setTimeout;
  timers.setTimeout = (ms, ...rest) => wait(ms === 3000 ? 3_600_000 : ms, ...rest);
  syncBuiltinESMExports();
`)}`;

test(
  '`serve` tells others when it took an event, and is woken by what others tell',
  { timeout: 60_000 },
  async () => {
    const ledger = await freshLedger();
    const other = await hearing(ledger);
    const gladly = await testGladly({ size: 0 });
    const env = {
      ...gladly.env,
      GCSAT_DATABASE_URL: placeOf(ledger).replace('connections=2', 'connections=4'),
      GCSAT_WEBHOOK_USER: 'gcsat',
      GCSAT_WEBHOOK_PASSWORD: webhookPassword,
      NODE_OPTIONS: hardlyLooks,
    };
    const server = await serve(env);
    const surveyed = (): string[] => gladly.sandbox.mailbox().map(({ to }) => to);
    const patience = { timeout: 20_000, interval: 50 };

    expect(await server.tell(await closedConversation(gladly, 'lee@example.org'))).toBe(200);
    await vi.waitFor(() => expect(other.heard).toBe(1), patience);
    await vi.waitFor(() => expect(surveyed()).toEqual(['lee@example.org']), patience);
    // Right after its work, the server looks once more.
    const claimed = 'SELECT id FROM closings WHERE claimed_by IS NOT NULL';
    const { pathname } = new URL(ledger.location);
    await vi.waitFor(async () => {
      const { rows } = await queried(inject('postgresPort'), pathname.slice(1), claimed);
      expect(rows).toEqual([]);
    }, patience);
    await sleep(2000);

    const conversationId = await closedConversation(gladly, 'kim@example.org');
    const now = new Date().toISOString();
    const closed = { kind: 'closed', conversationId, customerId: null, closedAt: now, seenAt: now } as const;
    await recordEvents(ledger, [closed], 'live');
    await sleep(4000);
    expect(surveyed()).toEqual(['lee@example.org']);
    ledger.hints?.tell();
    await vi.waitFor(() => expect(surveyed()).toEqual(['lee@example.org', 'kim@example.org']), patience);
    expect(await server.stop()).toBe(143);
  },
);
