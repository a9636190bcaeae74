import { setTimeout as wait } from 'node:timers/promises';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { closedConversation, testGladly } from '../../support/gladly.ts';
import { startPostgres } from '../../support/postgres-server.ts';
import { serve, webhookPassword } from '../../support/serving.ts';
import { isWhole, proofTimeoutMs } from '../extent.ts';

const restarts = isWhole ? 100 : 8;
/** Closings before each restart: more than are settled before it, so that there is always work to interrupt. */
const closings = 3;

test(
  `the database restarts ${restarts} times while a server works: the server goes on, and everybody is asked once`,
  { timeout: proofTimeoutMs },
  async () => {
    const database = await startPostgres({}, inject('postgresFolder'));
    onTestFinished(() => database.remove());
    await database.query('postgres', 'CREATE DATABASE ledger');
    const gladly = await testGladly();
    const server = await serve({
      ...gladly.env,
      GCSAT_DATABASE_URL: database.url('ledger'),
      GCSAT_WEBHOOK_USER: 'gcsat',
      GCSAT_WEBHOOK_PASSWORD: webhookPassword,
    });
    const work = { isOver: false };
    // Reads all the time, as the pages and a load balancer do.
    const reading = (async () => {
      while (!work.isOver) expect([200, 503]).toContain((await server.readiness()).status);
    })();
    for (let turn = 0; turn < restarts; turn += 1) {
      for (let number = 0; number < closings; number += 1) {
        const id = await closedConversation(gladly, `kim.${turn}.${number}@example.com`);
        expect(await server.tell(id)).toBe(200);
      }
      await wait(Math.random() * 120);
      await database.stop('immediate');
      await database.start();
    }
    work.isOver = true;
    await reading;
    await vi.waitFor(
      async () => {
        const sent = await database.query('ledger', `SELECT id FROM closings WHERE state = 'sent'`);
        expect(sent.rows).toHaveLength(restarts * closings);
      },
      { timeout: proofTimeoutMs / 2, interval: 500 },
    );
    expect(await server.stop()).toBe(143);
    expect(server.stderr()).not.toMatch(/please report it/i);
    const sent = (await gladly.requests()).filter(({ path }) => path.endsWith('/communications/email'));
    expect(sent).toHaveLength(restarts * closings);
  },
);
