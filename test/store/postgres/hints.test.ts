import { inject, expect, onTestFinished, test, vi } from 'vitest';
import type { Ledger } from '../../../src/store/ledger.ts';
import { openHints } from '../../../src/store/postgres/hints.ts';
import { openPool, type Connections } from '../../../src/store/postgres/pool.ts';
import { postgresAddress } from '../../../src/store/postgres/address.ts';
import { queried } from '../../support/postgres-server.ts';
import { freshLedger, opened } from '../support.ts';

const placeOf = ({ location }: Ledger): string => `${location}?connections=2`;

/** As another process would, on the ledger of another one. */
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
