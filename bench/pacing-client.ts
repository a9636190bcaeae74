import { setTimeout as sleep } from 'node:timers/promises';
import { createGladlyClient } from '../src/gladly/client.ts';
import { createPacer } from '../src/gladly/http/pacing.ts';
import { limiterStore } from '../src/store/limiter.ts';
import { openLedger } from '../src/store/open.ts';

/** What one process of the pacing benchmark does, as JSON in its first argument. */
export interface PacingClient {
  /** `pool` and `serial` do not pace their requests, and wait a second after a 429. */
  behaviour: 'paced' | 'pool' | 'serial';
  origin: string;
  ledger: string;
  ratePercent: number;
}

type Ask = (id: string) => Promise<unknown>;

async function pacedAsk({ origin, ledger, ratePercent }: PacingClient): Promise<Ask> {
  const wait = (ms: number, signal?: AbortSignal): Promise<void> => sleep(ms, undefined, { signal });
  const pacer = createPacer({
    store: limiterStore(await openLedger(ledger)),
    ratePercent,
    priority: 'background',
    clock: Date.now,
    sleep: wait,
  });
  const client = createGladlyClient({
    origin,
    email: 'bench@example.com',
    token: 'bench',
    timeoutMs: 30_000,
    userAgent: 'gcsat-bench',
    pacer,
    clock: Date.now,
    random: Math.random,
    sleep: wait,
  });
  return (id) => client.getConversation(id);
}

function plainAsk({ origin }: PacingClient): Ask {
  return async (id) => {
    for (;;) {
      const answer = await fetch(`${origin}/api/v1/conversations/${id}`);
      await answer.arrayBuffer();
      if (answer.status !== 429) return;
      await sleep(1000);
    }
  };
}

/** `paced` has as many workers as the program works on closings at once. */
const workers = { paced: 16, pool: 8, serial: 1 } as const;

const client = JSON.parse(process.argv[2] ?? '{}') as PacingClient;
const ask = client.behaviour === 'paced' ? await pacedAsk(client) : plainAsk(client);
let asked = 0;

process.once('message', () => {
  for (let worker = 0; worker < workers[client.behaviour]; worker += 1) {
    void (async () => {
      for (;;) await ask(`${process.pid}-${(asked += 1)}`);
    })();
  }
});
process.once('disconnect', () => process.exit());
process.send?.('ready');
