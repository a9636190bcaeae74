import { readValue } from '../config/invalid-value.ts';
import { parseTrustProxy } from '../config/profile-values.ts';
import { isWeak, type WebhookCredentials } from '../config/webhook-credentials.ts';
import type { Log } from '../ports/log.ts';
import { isLoopback } from '../domain/values/loopback.ts';
import { webhookPath } from '../domain/values/webhook-path.ts';
import { exitCodes, Failure } from '../failure.ts';
import { createMetrics } from '../server/metrics.ts';
import { readBrand } from '../server/pages/brand.ts';
import { startServer } from '../server/start.ts';
import { openLog } from '../terminal/log.ts';
import { openServing, type Serving } from '../workflow/serving/serve.ts';
import { openServices, type Services } from '../workflow/context/services.ts';
import { listenAt } from '../workflow/webhooks/listen-at.ts';
import type { CommandContext } from './context.ts';
import { durationOf } from './run-limits.ts';
import { expectSandbox, firstSteps } from './serve-sandbox.ts';

/** The flags of `gcsat serve` as typed. */
export interface ServeOptions {
  host?: string | undefined;
  port?: string | undefined;
  trustProxy?: string | undefined;
  metricsFrom?: string | undefined;
  /** False: `--no-catch-up`. */
  catchUp?: string | false | undefined;
}

const usualHost = '127.0.0.1';
const usualPort = 8080;
const usualCatchUpMilliseconds = 5 * 60_000;
const shortestCatchUpMilliseconds = 1000;
/** Gladly's events reach back as far: whoever looks less often needs a report each time. */
const longestCatchUpMilliseconds = 24 * 60 * 60_000;

/**
 * `gcsat serve`: works until it is stopped. What is begun is finished then: requests first, while events and answers can
 * still be stored, then the queue, then what is only in memory.
 *
 * @returns the exit code
 */
export async function runServe(context: CommandContext, options: ServeOptions): Promise<number> {
  const { output, signal, clock } = context;
  const at = { host: hostOf(options.host), port: portOf(options.port) };
  const catchUpMilliseconds = catchUpOf(options.catchUp);
  const trusted = rangesOf('--trust-proxy', options.trustProxy);
  const metricsReaders = rangesOf('--metrics-from', options.metricsFrom) ?? [];
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
        metricsReaders,
        metrics,
        log,
        clock,
      },
      at,
    );
    // Nothing was sent yet, so that no message has the placeholder.
    if (leadsHere) settings.publicUrl = server.origin;
    let working: Promise<void>;
    try {
      await serving.begin();
      working = serving.run();
      warnOfCredentials(log, credentials);
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
  if (sandbox !== null) await listenAt(services, webhook);
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

function warnOfCredentials(log: Log, credentials: WebhookCredentials): void {
  const { basic, headers, basicAlone = [] } = credentials;
  if (basic.length + headers.length + basicAlone.length === 0) {
    log.warn(
      { hint: 'run `gcsat webhook install`, or set GCSAT_WEBHOOK_USER and GCSAT_WEBHOOK_PASSWORD' },
      'there are no webhook credentials: every webhook is refused with 401',
    );
  }
  if (isWeak(credentials)) {
    log.warn(
      { hint: 'set one of at least 16 characters, e.g. from `openssl rand -base64 24`' },
      'a webhook password is so short that it could be guessed',
    );
  }
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

/** An empty one, as from a variable that is not set, would be every address of this machine. */
function hostOf(text: string | undefined): string {
  const host = (text ?? usualHost).trim();
  if (host !== '') return host;
  throw new Failure('usage', 'bad_value', '--host is empty', {
    hint: 'give an address or a name of this machine; 0.0.0.0 or :: for all of them',
  });
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
  const isTooOften = milliseconds < shortestCatchUpMilliseconds;
  if (!isTooOften && milliseconds <= longestCatchUpMilliseconds) return milliseconds;
  throw new Failure(
    'usage',
    'bad_duration',
    `--catch-up ${given} is too ${isTooOften ? 'often' : 'seldom'}`,
    {
      hint: 'give 1s to 1d, e.g. 5m, or --no-catch-up',
    },
  );
}

/** Null when the flag was not given. */
function rangesOf(flag: string, given: string | undefined): readonly string[] | null {
  return given === undefined ? null : readValue('usage', flag, parseTrustProxy, given);
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
