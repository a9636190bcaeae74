import { setTimeout as wait } from 'node:timers/promises';
import type { Settings } from '../../config/settings.ts';
import type { Lane } from '../../domain/values/lanes.ts';
import { defaultDelivery, traitsOf } from '../../domain/delivery.ts';
import { timeNow } from '../../domain/values/instant.ts';
import type { Failure } from '../../failure.ts';
import type { GladlyClient } from '../../gladly/client.ts';
import { createDirectory, type Directory } from '../../gladly/directory.ts';
import { createPacer, memoryLimiterStore, type RateLimitHeaders } from '../../gladly/http/pacing.ts';
import type { DeliveryProvider } from '../../ports/delivery-provider.ts';
import { openExistingLedger } from '../../store/ledger-backup.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import { queueFigures, type QueueFigures } from '../../store/views/counts.ts';
import type { Employee } from '../../medallia/employees.ts';
import { openDelivery } from '../context/open-delivery.ts';
import { openMedallia } from '../context/open-medallia.ts';
import type { LedgerPlace } from '../context/open-ledger.ts';
import { writeCountersOf, openSettingsLedger } from '../context/open-settings-ledger.ts';
import { openGladly } from '../context/services.ts';
import { webhookStatusBy, type WebhookStatus } from '../webhooks/webhook-registration.ts';
import { checkDomain, type DomainAnswer } from './check-domain.ts';
import { checkMedalliaHost } from './check-medallia-host.ts';
import { askPage, type PageAnswer } from './page-probe.ts';
import { nameServer, type NameServer } from './name-server.ts';

/** What is known about the configuration before anything is requested. */
export interface CheckedConfiguration {
  settings: Settings | null;
  /** Why there are no settings. */
  problems: readonly Failure[];
  /** The profile's name and file; null if they could not be read. */
  profile: { name: string; file: string } | null;
  /** Null while no ledger is selected. */
  place: LedgerPlace | null;
  signingKey: 'environment' | 'file' | 'none';
  /** Where the webhook should point; null if nothing says so. */
  webhookUrl: string | null;
}

/** What the checks look at. Everything is opened, read or requested once, when the first check needs it. */
export interface CheckSources {
  readonly configuration: CheckedConfiguration;
  /** @throws Failure that says why there are none */
  settings(): Settings;
  readonly clock: () => number;
  domain(): Promise<DomainAnswer & { askedAtMs: number; heardAtMs: number }>;
  client(): GladlyClient;
  readonly directory: Directory;
  /** From Gladly's latest answer that had them. */
  rateLimit(): RateLimitHeaders | null;
  webhook(): Promise<WebhookStatus>;
  medalliaHost(): Promise<DomainAnswer & { askedAtMs: number; heardAtMs: number }>;
  /** Employees with an active profile at Agent Connect. @throws Failure when the keys are missing or refused */
  employees(): Promise<Employee[]>;
  provider(): Promise<DeliveryProvider>;
  lane(): Lane;
  ledger(): Promise<Ledger>;
  figures(): Promise<QueueFigures>;
  readonly names: NameServer;
  page(url: string): Promise<PageAnswer>;
}

export interface OpenedSources extends CheckSources {
  /** The number of requests to Gladly. */
  requests(): number;
  /** Ends requests that are still open. */
  close(): Promise<void>;
}

export interface SourcesOptions {
  signal: AbortSignal;
  clock: () => number;
  debug: (text: string) => void;
  /** Creates a missing ledger, and upgrades an older one to this version. */
  makesLedger: boolean;
  /** The timeout of one request to Gladly; default: the setting. */
  timeoutMs?: number;
  names?: NameServer;
  page?: (url: string, signal: AbortSignal) => Promise<PageAnswer>;
}

/** Short, because a person is waiting. */
const busyTimeoutMs = 3000;

export function openCheckSources(
  configuration: CheckedConfiguration,
  { signal: outer, clock, debug, makesLedger, timeoutMs, ...options }: SourcesOptions,
): OpenedSources {
  const own = new AbortController();
  const signal = AbortSignal.any([outer, own.signal]);
  const context = { signal, clock, priority: 'interactive', debug } as const;
  let rates: RateLimitHeaders | null = null;
  let asked = 0;

  const settings = (): Settings => {
    if (configuration.settings !== null) return configuration.settings;
    throw configuration.problems[0] ?? new Error('there are no settings, and nothing says why');
  };
  const sleep = async (ms: number, until: AbortSignal = signal): Promise<void> => {
    await wait(ms, undefined, { signal: until }).catch(() => until.throwIfAborted());
  };
  const client = once((): GladlyClient => {
    const given = settings();
    const pacer = createPacer({
      ...{ store: memoryLimiterStore(), priority: 'interactive', clock, sleep },
      ratePercent: given.ratePercent,
    });
    const watching: typeof pacer = {
      ...pacer,
      observe(headers) {
        if (headers.limit !== null) rates = headers;
        return pacer.observe(headers);
      },
    };
    const account = { ...given, timeoutMs: Math.min(given.timeoutMs, timeoutMs ?? given.timeoutMs) };
    return openGladly(account, { ...context, sleep, pacer: watching }, memoryLimiterStore()).client;
  });
  const directory = createDirectory({
    client: {
      getAgents: () => client().getAgents(),
      getAgent: (id) => client().getAgent(id),
      getInboxes: () => client().getInboxes(),
      getInbox: (id) => client().getInbox(id),
      getTopics: () => client().getTopics(),
      getTopic: (id) => client().getTopic(id),
      getOrganization: () => client().getOrganization(),
    },
    cache: { read: () => Promise.resolve(null), write: () => Promise.resolve() },
    clock,
  });
  const ledger = opened((): Promise<Ledger> => {
    const { place } = configuration;
    if (place === null) throw new Error('the checks of the ledger have to look first whether there is one');
    if (makesLedger) return openSettingsLedger(place);
    return openExistingLedger(place.database, {
      busyTimeoutMs,
      writeCounters: { ...writeCountersOf(place), isReadOnly: true },
    });
  });
  const provider = opened(() => openDelivery(settings(), client(), clock, signal));
  const lane = (): Lane => traitsOf(configuration.place?.delivery ?? defaultDelivery).lane;
  const { names = nameServer(), page = askPage } = options;

  return {
    configuration,
    settings,
    clock,
    domain: once(async () => {
      const { origin, timeoutMs: usualMs } = settings();
      const askedAtMs = clock();
      asked += 1;
      const answer = await checkDomain(origin, signal, Math.min(usualMs, timeoutMs ?? usualMs));
      return { ...answer, askedAtMs, heardAtMs: clock() };
    }),
    client,
    directory,
    rateLimit: () => rates,
    medalliaHost: once(async () => {
      const { medallia, timeoutMs: usualMs } = settings();
      const askedAtMs = clock();
      const waitMs = Math.min(usualMs, timeoutMs ?? usualMs);
      return { ...(await checkMedalliaHost(medallia.origin, signal, waitMs)), askedAtMs, heardAtMs: clock() };
    }),
    employees: once(async () => {
      const client = openMedallia(settings(), { ...context, store: memoryLimiterStore(), sleep });
      try {
        return await client.activeEmployees();
      } finally {
        client.close();
      }
    }),
    webhook: once(() => webhookStatusBy(client(), settings(), configuration.webhookUrl)),
    provider: provider.get,
    lane,
    ledger: ledger.get,
    figures: once(async () => {
      const maxPerHour = configuration.settings?.policy.maxPerHour ?? null;
      return queueFigures(await ledger.get(), timeNow(clock), lane(), maxPerHour);
    }),
    names,
    page: (url) => page(url, signal),
    requests: () => asked + (configuration.settings === null ? 0 : client().counts.gladly),
    async close() {
      own.abort();
      names.close();
      await Promise.all([provider.close(), ledger.close()]);
      if (configuration.settings !== null) client().close();
    },
  };
}

function once<Result>(work: () => Result): () => Result {
  let known: { result: Result } | null = null;
  return () => (known ??= { result: work() }).result;
}

/** The same for something that must be closed: `close` waits until it has been opened. */
function opened<Result extends { close(): Promise<void> }>(
  open: () => Promise<Result>,
): { get: () => Promise<Result>; close: () => Promise<void> } {
  let opening: Promise<Result> | null = null;
  return {
    get: () => (opening ??= Promise.resolve().then(open)),
    async close() {
      const result = await opening?.catch(() => null);
      await result?.close();
    },
  };
}
