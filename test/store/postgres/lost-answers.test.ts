import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { closingById } from '../../../src/store/closings/closings.ts';
import { isWhole } from '../../proof/extent.ts';
import { closedConversation, testGladly } from '../../support/gladly.ts';
import { queried } from '../../support/postgres-server.ts';
import { runJson } from '../../support/run.ts';
import { opened, reported, temporaryPlace } from '../support.ts';

// Programs start slowly when many start at once.
vi.setConfig({ testTimeout: 180_000 });

const host = '127.0.0.1';

/**
 * A way to the server that loses the answer to one COMMIT: that of the first transaction that said this. `cut`: the
 * connection ends; `silent`: it stays open, and nothing more arrives.
 */
async function lossyWay(said: string, kind: 'cut' | 'silent'): Promise<{ port: number; lost: number }> {
  const sockets = new Set<Socket>();
  const way = { port: 0, lost: 0 };
  const listener = createServer((near) => {
    const far = connect(inject('postgresPort'), host);
    let hasSaid = false;
    let isLost = false;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    near.on('data', (data) => {
      const text = data.toString('latin1');
      hasSaid ||= text.includes(said);
      if (hasSaid && way.lost === 0 && /Q....COMMIT\0/s.test(text)) {
        isLost = true;
        way.lost += 1;
      }
      far.write(data);
    });
    far.on('data', (data) => {
      if (!isLost) near.write(data);
      else if (kind === 'cut') near.destroy();
    });
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  }).listen(0, host);
  await once(listener, 'listening');
  way.port = (listener.address() as AddressInfo).port;
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    listener.close();
    await once(listener, 'close');
  });
  return way;
}

test('the answer to the COMMIT of a transaction that only reads is lost: it reads again', async () => {
  const place = temporaryPlace();
  const ledger = await opened(place);
  const { id } = await reported(ledger, 'c1');
  const way = await lossyWay('READ ONLY', 'cut');
  const far = await opened(place.replace(/:\d+\//, `:${way.port}/`));
  expect((await closingById(far, id))?.conversationId).toBe('c1');
  expect((await closingById(far, id))?.conversationId).toBe('c1');
  expect(way.lost).toBe(1);
});

/** Waits a second for an answer, instead of a minute and a half. */
const impatient = `--import=data:text/javascript,${encodeURIComponent(`
  const wait = globalThis.setTimeout;
  globalThis.setTimeout = (run, ms, ...rest) => wait(run, ms === 90000 ? 1000 : ms, ...rest);
`)}`;

/** What marks a message before it leaves, and what records it afterward. */
const marked = 'insert into "messages"';
const settled = 'update "messages" set';

type Loss = [said: string, kind: 'cut' | 'silent'];
const few: Loss[] = [
  [marked, 'silent'],
  [settled, 'cut'],
];
const others: Loss[] = [
  [marked, 'cut'],
  [settled, 'silent'],
];

test.each(isWhole ? [...few, ...others] : few)(
  'the answer to the COMMIT of %s is lost (%s): it is asked for, and nothing is done twice',
  async (said, kind) => {
    const gladly = await testGladly();
    const id = await closedConversation(gladly, 'kim@example.com');
    const place = temporaryPlace();
    await (await opened(place)).close();
    const way = await lossyWay(said, kind);
    const env = {
      ...gladly.env,
      NODE_OPTIONS: impatient,
      GCSAT_DATABASE_URL: place.replace(/:\d+\//, `:${way.port}/`),
    };
    const { code, document, stderr } = await runJson(['replay', id], { env, timeoutMs: 60_000 });
    expect([code, document.outcome], stderr).toEqual([0, 'sent']);
    expect(way.lost).toBe(1);
    const sent = (await gladly.requests()).filter(({ path }) => path.endsWith('/communications/email'));
    expect(sent).toHaveLength(1);
    const database = new URL(place).pathname.slice(1);
    const count = async (text: string): Promise<unknown> =>
      (await queried(inject('postgresPort'), database, text)).rows;
    expect(await count('SELECT sequence, outcome FROM messages')).toEqual([{ sequence: 1, outcome: 'sent' }]);
    expect(await count('SELECT state, claimed_by FROM closings')).toEqual([
      { state: 'sent', claimed_by: null },
    ]);
  },
);
