import { randomBytes } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { InvalidValue } from '../config/invalid-value.ts';
import { parseTrustProxy } from '../config/profile-values.ts';
import type { Settings } from '../config/settings.ts';
import { exitCodes, Failure } from '../failure.ts';
import { createMetrics } from '../server/metrics.ts';
import { readBrand } from '../server/pages/brand.ts';
import { webhookPath } from '../server/routes.ts';
import { startServer } from '../server/start.ts';
import { openLog, type Log } from '../terminal/log.ts';
import { openServing, type Serving } from '../workflow/serve.ts';
import { openServices, type Services } from '../workflow/services.ts';
import { registerWebhookSecrets, type CommandContext } from './context.ts';
import { durationOf } from './run-limits.ts';

/** The flags of `gcsat serve` as typed. */
export interface ServeOptions {
  host?: string | undefined;
  port?: string | undefined;
  trustProxy?: string | undefined;
  /** False: `--no-catch-up`. */
  catchUp?: string | false | undefined;
}

const usualHost = '127.0.0.1';
const usualPort = 8080;
const usualCatchUpMilliseconds = 5 * 60_000;
const shortestCatchUpMilliseconds = 1000;

/**
 * `gcsat serve`: works until it is stopped. What is begun is finished then: requests first, while events and answers can
 * still be stored, then the queue, then what is only in memory.
 *
 * @returns the exit code
 */
export async function runServe(context: CommandContext, options: ServeOptions): Promise<number> {
  const { output, signal, clock } = context;
  const at = { host: options.host ?? usualHost, port: portOf(options.port) };
  const catchUpMilliseconds = catchUpOf(options.catchUp);
  const trusted = options.trustProxy === undefined ? null : trustedOf(options.trustProxy);
  const settings = { ...(await context.settings()) };
  if (context.sandbox() !== null) expectSandbox(settings);
  const credentials = await settings.webhookCredentials();
  const brand = await readBrand(settings.brand);
  const log = await openLog(output.level);
  const metrics = await createMetrics();
  const services = await openServices(settings, {
    signal,
    clock,
    priority: 'background',
    debug: (text) => log.debug({}, text),
  });
  try {
    const serving = await openServing(services, { catchUpMilliseconds, listener: metrics, log });
    const leadsHere = context.sandbox() !== null || settings.origins['publicUrl'] === 'default';
    const server = await startServer(
      {
        desk: serving.desk,
        intake: serving.intake,
        credentials: () => settings.webhookCredentials(),
        ready: () => serving.ready(),
        figures: () => serving.figures(),
        requests: () => serving.requests(),
        brand,
        language: settings.policy.language,
        publicUrl: leadsHere ? null : settings.publicUrl,
        trustedProxies: trusted ?? settings.trustedProxies,
        metrics,
        log,
        clock,
      },
      at,
    );
    // Nothing was sent yet, so that no message has the placeholder.
    if (leadsHere) settings.publicUrl = server.origin;
    const working = serving.run();
    try {
      if (credentials.basic.length + credentials.headers.length === 0) warnOfNoCredentials(log);
      if (leadsHere && context.sandbox() === null) warnOfLinks(log, server.origin);
      if (!isLoopback(at.host)) tellOfProxy(log);
      await tell(context, services, server.origin);
      await Promise.race([aborted(signal), working]);
    } finally {
      await server.close();
    }
    await finish(serving, working, log);
  } finally {
    await services.close();
  }
  const { reason } = signal as { reason: unknown };
  return reason instanceof Failure ? exitCodes[reason.kind] : 0;
}

async function finish(serving: Serving, working: Promise<void>, log: Log): Promise<void> {
  // Before the queue, whose last message may take longer than a stopped process is given.
  await serving.flush();
  log.info({}, 'stopping: what is begun is finished');
  await working;
  log.info({}, 'stopped');
}

/** The one result: where everything is. In the sandbox its webhook is made first, so that the loop works by itself. */
async function tell(context: CommandContext, services: Services, origin: string): Promise<void> {
  const { settings, ledger } = services;
  const sandbox = context.sandbox();
  const webhook = `${origin}${webhookPath}`;
  if (sandbox !== null) await listenToSandbox(services, webhook);
  const document = {
    listening: origin,
    webhook,
    survey: settings.publicUrl,
    ledger: ledger.location,
    delivery: settings.delivery,
    sandbox: sandbox?.origin ?? null,
  };
  context.output.record(document, () =>
    [`listening on ${origin}`, ...(sandbox === null ? [] : firstSteps(sandbox.origin))].join('\n'),
  );
}

function firstSteps(sandbox: string): string[] {
  return [
    '',
    'Close a conversation of the sandbox:',
    `  curl -X POST ${sandbox}/_sandbox/conversations -H 'content-type: application/json' \\`,
    `    -d '{"customer": {"email": "you@example.org"}, "close": true}'`,
    '',
    'Its survey is in the mailbox a moment later; answer it there:',
    `  ${sandbox}/_sandbox/mailbox/1.html`,
    '',
    'Press Ctrl-C to stop.',
  ];
}

/** The sandbox's webhook gets credentials that live as long as it. */
function expectSandbox(settings: Settings): void {
  const credentials = {
    basic: [{ user: 'gcsat', password: randomBytes(24).toString('base64url') }],
    headers: [],
  };
  registerWebhookSecrets(credentials);
  settings.webhookCredentials = () => Promise.resolve(credentials);
}

async function listenToSandbox({ client, settings }: Services, url: string): Promise<void> {
  const [pair] = (await settings.webhookCredentials()).basic;
  if (pair === undefined) throw new Error('the sandbox got no credentials for its webhook');
  const { id } = await client.createWebhook({
    name: 'gcsat',
    url,
    events: ['CONVERSATION/CLOSED', 'CONVERSATION/REOPENED'],
    credentials: { username: pair.user, password: pair.password },
  });
  await client.updateWebhook(id, { enabled: true });
}

function warnOfNoCredentials(log: Log): void {
  log.warn(
    { hint: 'run `gcsat webhook install`, or set GCSAT_WEBHOOK_USER and GCSAT_WEBHOOK_PASSWORD' },
    'there are no webhook credentials: every webhook is refused with 401',
  );
}

function warnOfLinks(log: Log, origin: string): void {
  log.warn(
    { hint: 'set GCSAT_PUBLIC_URL before customers see them' },
    `links in messages lead to ${origin}, which only this machine can reach`,
  );
}

function tellOfProxy(log: Log): void {
  log.info(
    { hint: 'put a reverse proxy with TLS before it, and name it with --trust-proxy' },
    'other machines reach this port without encryption',
  );
}

/** 0 takes any free port. */
function portOf(text: string | undefined): number {
  if (text === undefined) return usualPort;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new Failure('usage', 'bad_value', `--port does not take '${text}'`, {
    hint: 'give a whole number from 0 (any free port) to 65535',
  });
}

function catchUpOf(given: ServeOptions['catchUp']): number | null {
  if (given === undefined) return usualCatchUpMilliseconds;
  if (given === false) return null;
  const milliseconds = durationOf('--catch-up', given);
  if (milliseconds >= shortestCatchUpMilliseconds) return milliseconds;
  throw new Failure('usage', 'bad_duration', `--catch-up ${given} is too often`, {
    hint: 'give at least 1s, e.g. 5m, or --no-catch-up',
  });
}

function trustedOf(text: string): readonly string[] {
  try {
    return parseTrustProxy(text);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new Failure('usage', 'bad_value', `--trust-proxy: ${error.message}`, { hint: error.hint });
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
