import { setTimeout as wait } from 'node:timers/promises';
import { settingsOfBrand } from '../config/brand-settings.ts';
import { isWeak, type WebhookCredentials } from '../config/webhook-credentials.ts';
import { isLoopback } from '../domain/values/loopback.ts';
import { webhookPath } from '../domain/values/webhook-path.ts';
import type { Log } from '../ports/log.ts';
import { createMetrics } from '../server/metrics.ts';
import { readBrand, type PageBrand } from '../html/brand.ts';
import { startServer } from '../server/start.ts';
import { openLog } from '../terminal/log.ts';
import { refuseUnusable, warnOfConfiguration } from '../workflow/checks/check-configuration.ts';
import type { Services } from '../workflow/context/services.ts';
import { queuedNow, sendingPauseNow } from '../workflow/operator/sending.ts';
import { openServing, type Serving } from '../workflow/serving/serve.ts';
import { listenAt } from '../workflow/webhooks/listen-at.ts';
import type { CommandContext } from './program/context.ts';
import { exitCodeOf, untilAborted } from './program/signals.ts';
import { serveOptions, type ServeFlags } from './serve-options.ts';
import { passedSocket, serviceManager } from './service-manager.ts';
import { firstSteps, sandboxCredentials } from './serve-sandbox.ts';

/**
 * `gcsat serve`. When stopped, it finishes what it has begun: first requests, while events and answers can still be
 * stored, then what is only in memory, then the queue.
 *
 * @returns the exit code
 */
export async function serveUntilStopped(context: CommandContext, flags: ServeFlags): Promise<number> {
  const { output, signal, clock } = context;
  const options = serveOptions(flags, context.env);
  const inSandbox = context.wantsSandbox();
  const page: { origin: string | null } = { origin: null };
  const settings = await context.settings({
    publicUrl: () => page.origin,
    ...(inSandbox ? { webhookCredentials: sandboxCredentials() } : {}),
  });
  const credentials = await settings.webhookCredentials();
  await refuseUnusable(settings);
  const brand = await readBrand(settings.brand);
  const ofBrands = settings.brands.map((one) => ({ name: one.name, own: settingsOfBrand(settings, one) }));
  const brands = new Map<string, PageBrand>();
  for (const { name, own } of ofBrands) brands.set(name, await readBrand(own.brand));
  const log = await openLog(output.level);
  const metrics = await createMetrics();
  const manager = serviceManager(context.env, (problem) =>
    log.warn({ error: problem }, 'could not notify the service manager'),
  );
  const servesPageHere = inSandbox || settings.origins['publicUrl'] === 'default';

  const serve = async (services: Services): Promise<void> => {
    const { catchUpMilliseconds, metricsReaders, host, port } = options;
    const serving = await openServing(services, { catchUpMilliseconds, listener: metrics, log });
    const server = await startServer(
      {
        desk: serving.desk,
        intake: serving.intake,
        credentials: settings.webhookCredentials,
        ready: () => serving.ready(),
        isStopping: () => signal.aborted,
        figures: () => serving.figures(),
        requests: () => serving.requests(),
        medalliaRequests: () => serving.medalliaRequests(),
        brand,
        brands,
        language: settings.policy.language,
        publicUrl: servesPageHere ? null : settings.publicUrl,
        brandUrls: settings.brands.flatMap(({ own }) => own.publicUrl ?? []),
        trustedProxies: options.trustedProxies ?? settings.trustedProxies,
        metricsReaders,
        metrics,
        log,
        clock,
      },
      { host, port, passed: passedSocket(context.env) },
    );
    // No message has been sent yet, so none has a placeholder link.
    if (servesPageHere) page.origin = server.origin;
    let working: Promise<void>;
    try {
      await serving.begin();
      working = serving.run();
      warnOfCredentials(log, credentials);
      if (servesPageHere && !inSandbox) warnOfLinks(log, server.origin);
      if (!isLoopback(host)) warnOfProxy(log);
      await announce(context, services, server.origin, log);
      manager.ready();
      const checked = warnOfConfiguration(services, log);
      await Promise.race([untilAborted(signal), working]);
      await checked;
      manager.stopping();
      if (signal.aborted) await wait(options.drainMilliseconds);
    } finally {
      manager.end();
      await server.close();
    }
    await finish(serving, working, log);
  };
  // The server's log reports a pause.
  const own = { debug: (text: string) => log.debug({}, text), warnsOfPause: false };
  await context.withServices('background', serve, own);
  return exitCodeOf(signal);
}

async function finish(serving: Serving, working: Promise<void>, log: Log): Promise<void> {
  // Flushes before the queue ends: its last message may take longer than a stopped process has.
  await serving.flush();
  log.info({}, 'stopping: finishing what is in flight');
  await working;
  log.info({}, 'stopped');
}

/**
 * Prints all addresses and what is queued. In the sandbox it first registers the webhook, so that the whole loop
 * works.
 */
async function announce(
  context: CommandContext,
  services: Services,
  origin: string,
  log: Log,
): Promise<void> {
  const { settings, ledger } = services;
  const sandbox = context.sandbox();
  const webhook = `${origin}${webhookPath}`;
  if (sandbox !== null) await listenAt(services, webhook);
  const queued = await queuedNow(services);
  const pause = await sendingPauseNow(ledger, context.now());
  const document = {
    listening: origin,
    webhook,
    survey: settings.publicUrl,
    ledger: ledger.location,
    delivery: settings.delivery,
    sandbox: sandbox?.origin ?? null,
    queued: queued.all,
    due: queued.due,
    pause,
  };
  log.info({ listening: origin, survey: document.survey }, 'listening');
  log.info(
    { queued: queued.all, due: queued.due, delivery: settings.delivery },
    'closings queued at the start',
  );
  context.output.record(document, () =>
    [`listening on ${origin}`, ...(sandbox === null ? [] : firstSteps(sandbox.origin, settings))].join('\n'),
  );
}

function warnOfCredentials(log: Log, credentials: WebhookCredentials): void {
  const { basic, headers, basicAlone = [] } = credentials;
  if (basic.length + headers.length + basicAlone.length === 0) {
    log.warn(
      { hint: 'Run `gcsat webhook install`, or set GCSAT_WEBHOOK_USER and GCSAT_WEBHOOK_PASSWORD.' },
      'there are no webhook credentials: every webhook is refused with 401',
    );
  }
  if (isWeak(credentials)) {
    log.warn(
      { hint: 'Set one of at least 16 characters, e.g. from `openssl rand -base64 24`.' },
      'a webhook password is so short that it could be guessed',
    );
  }
}

function warnOfLinks(log: Log, origin: string): void {
  log.warn(
    { hint: 'Set GCSAT_PUBLIC_URL before customers see them.' },
    `links in messages point to ${origin}, which only this machine can reach`,
  );
}

function warnOfProxy(log: Log): void {
  log.info(
    { hint: 'Put a reverse proxy with TLS in front of it, and name the proxy with --trust-proxy.' },
    'other machines can reach this port without encryption',
  );
}
