import { Hono } from 'hono';
import { openLedger } from '../src/store/open.ts';
import { createApp } from '../src/server/app.ts';
import { addressSet } from '../src/server/client-address.ts';
import { responseHeaders } from '../src/server/headers.ts';
import { listen } from '../src/server/listen.ts';
import { createMetrics } from '../src/server/metrics.ts';
import { createIntake, type Intake } from '../src/workflow/serving/intake.ts';
import { print } from './table.ts';

/**
 * The server of gcsat without its queue: `webhook-server.js LEDGER USER PASSWORD`. With the LEDGER `none` it answers 200
 * and stores nothing; everything else is the same.
 */
const [path = '', user = '', password = ''] = process.argv.slice(2);

async function intakeOf(file: string): Promise<Intake> {
  if (file === 'none') return { accept: () => Promise.resolve('stored') };
  const ledger = await openLedger(file);
  const listener = { onStored: () => undefined, onIgnored: () => undefined };
  return createIntake({ ledger, clock: Date.now, lane: 'live' }, listener);
}

const metrics = await createMetrics();
const silent = (): void => undefined;
const log = { debug: silent, info: silent, warn: silent, error: silent };
const trustedProxies = addressSet([]);
const app = createApp({
  intake: await intakeOf(path),
  credentials: () => Promise.resolve({ basic: [{ user, password }], headers: [] }),
  ready: () => Promise.resolve(),
  figures: () => Promise.reject(new Error('not measured')),
  requests: () => ({ gladly: 0, retried: 0, rateLimited: 0, byOperation: {} }),
  medalliaRequests: () => null,
  metrics,
  metricsReaders: addressSet([]),
  log,
  clock: Date.now,
  pages: new Hono(),
  isOurs: () => Promise.resolve(false),
  closedPage: (c) => Promise.resolve(c.body(null, 404)),
  notice: () => '',
  trustedProxies,
});
const observe = metrics.observe.bind(metrics);
const { origin } = await listen(
  {
    app,
    headers: responseHeaders([]),
    publicHosts: [],
    trustedProxies,
    log,
    observe,
    connectionEnded: silent,
  },
  { host: '127.0.0.1', port: 0 },
);
print(JSON.stringify({ listening: origin }));
