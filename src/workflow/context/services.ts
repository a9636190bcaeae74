import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { Settings } from '../../config/settings.ts';
import type { Lane } from '../../domain/values/lanes.ts';
import { linkKeyOf } from '../../domain/survey/token.ts';
import { traitsOf } from '../../domain/delivery.ts';
import type { Priority } from '../../domain/values/request-slot.ts';
import type { Organization } from '../../gladly/resources/organization.ts';
import { createGladlyClient, type GladlyClient } from '../../gladly/client.ts';
import type { ReportSlots } from '../../ports/report-slots.ts';
import { createDirectory, type Directory } from '../../gladly/directory.ts';
import { createPacer, type Pacer } from '../../gladly/http/pacing.ts';
import type { LimiterStore } from '../../ports/limiter.ts';
import type { MedalliaClient } from '../../medallia/client.ts';
import type { MedalliaCounts } from '../../medallia/exchange.ts';
import type { DeliveryProvider } from '../../ports/delivery-provider.ts';
import { directoryCache } from '../../store/directories.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import { limiterStore } from '../../store/limiter.ts';
import { ledgerExists } from '../../store/open.ts';
import { boundOrganization, otherOrganization } from '../../store/organization.ts';
import { currentWorker, type Worker } from '../../store/ledger/workers.ts';
import { ledgerClock } from './ledger-clock.ts';
import { unlessBusy, unlessBusyLimiter } from './best-effort.ts';
import { openSettingsLedger } from './open-settings-ledger.ts';
import { identifiedOrganization } from './organization.ts';
import { reportSlots } from './report-semaphore.ts';

declare const GCSAT_VERSION: string;

/** What a command passes to the workflow besides the settings. */
export interface ServiceContext {
  signal: AbortSignal;
  clock: () => number;
  /** A command that a person runs goes before a long run. */
  priority: Priority;
  debug: (text: string) => void;
  /** The command records nothing, so a ledger that another process keeps busy is no obstacle. */
  readOnly?: boolean;
  /** In milliseconds; throws the signal's reason when it is aborted. */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  pacer?: Pacer;
  worker?: Worker;
}

/** Everything that the steps of the workflow work with, opened once for each command. */
export interface Services {
  readonly settings: Settings;
  /** The lane in which this delivery's work is recorded. */
  readonly lane: Lane;
  readonly ledger: Ledger;
  readonly client: GladlyClient;
  readonly directory: Directory;
  readonly worker: Worker;
  readonly signal: AbortSignal;
  readonly clock: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly debug: (text: string) => void;
  /** Set when it works until it is stopped: this same process will look at waiting closings later. */
  readonly isLongRunning?: true;
  /** The ledger's organization, checked, as it was at most a quarter of an hour ago. */
  organization(): Promise<Organization>;
  /** Signs the links of this ledger and lane. */
  linkKey(): Promise<Uint8Array>;
  /** The configured delivery; a broken template or a missing setting is a Failure kind configuration. */
  provider(): Promise<DeliveryProvider>;
  /** Agent Connect; missing keys are a Failure kind configuration. */
  medallia(): Promise<MedalliaClient>;
  /** Requests to Agent Connect so far; null when it was not used. */
  medalliaRequests(): MedalliaCounts | null;
  close(): Promise<void>;
}

const readOnlyPatienceMs = 1000;

/** Named by a flag or the environment, where a typo is possible. */
function isNamed({ origins }: Settings): boolean {
  return ['flag', 'environment'].includes(origins['database'] ?? 'default');
}

/**
 * Opens the ledger and the Gladly client.
 *
 * @throws Failure kind ledger when the ledger cannot be used, kind configuration when it is another organization's.
 */
export async function openServices(settings: Settings, context: ServiceContext): Promise<Services> {
  // A typo must not create a new ledger for a command that records nothing.
  const isMistyped = context.readOnly === true && !ledgerExists(settings.database) && isNamed(settings);
  if (isMistyped) context.debug('the ledger does not exist; a command that only reads does not create it');
  const ledger = await openSettingsLedger(
    isMistyped ? { ...settings, database: ':memory:' } : settings,
    context.readOnly === true ? { busyTimeoutMs: readOnlyPatienceMs } : undefined,
  );
  const services = servicesOn(ledger, settings, {
    ...context,
    clock: ledgerClock(ledger, context.clock),
  });
  try {
    const bound = await boundOrganization(ledger);
    if (bound !== null && bound.hostKind !== settings.hostKind)
      throw otherOrganization(ledger, bound, settings);
    // Another address may mean another organization: settle that before using anything from the ledger.
    if (bound !== null && bound.origin !== settings.origin) await services.organization();
    return services;
  } catch (error) {
    await services.close();
    throw error;
  }
}

/** The same on a ledger that is already open. */
export function servicesOn(ledger: Ledger, settings: Settings, context: ServiceContext): Services {
  const { clock, signal, readOnly = false, worker = currentWorker() } = context;
  const limiter = limiterStore(ledger);
  const cache = directoryCache(ledger);
  const { client, sleep } = openGladly(
    settings,
    context,
    readOnly ? unlessBusyLimiter(limiter) : limiter,
    (time) => reportSlots(ledger, worker, time),
  );
  const directory = createDirectory({
    client,
    cache: readOnly ? { ...cache, write: (...given) => unlessBusy(() => cache.write(...given)) } : cache,
    clock,
  });
  const { lane } = traitsOf(settings.delivery);
  const organization = identifiedOrganization({ settings, ledger, client, directory, clock, readOnly });
  let opened: DeliveryProvider | null = null;
  let medalliaClient: MedalliaClient | null = null;
  const medallia = onceDone(async () => {
    const { openMedallia } = await import('./open-medallia.ts');
    const { debug, priority } = context;
    const given = { store: limiter, clock, sleep, signal, priority, debug };
    return (medalliaClient = openMedallia(settings, given));
  });
  return {
    settings,
    lane,
    ledger,
    client,
    directory,
    worker,
    signal,
    clock,
    sleep,
    debug: context.debug,
    organization,
    linkKey: onceDone(async () => {
      if ((await boundOrganization(ledger)) === null) await organization();
      const { origin } = (await boundOrganization(ledger)) ?? settings;
      return linkKeyOf(await settings.surveySecret(), origin, lane);
    }),
    provider: onceDone(
      async () => (opened = await openProvider(settings, client, { clock, signal, medallia })),
    ),
    medallia,
    medalliaRequests: () => medalliaClient?.counts ?? null,
    async close() {
      client.close();
      medalliaClient?.close();
      await opened?.close();
      await ledger.close();
    },
  };
}

/** What a Gladly client needs. */
export type Account = Pick<Settings, 'origin' | 'email' | 'token' | 'timeoutMs' | 'ratePercent'>;

/** Only a client, for requests that need no ledger. */
export function openGladly(
  settings: Account,
  { signal, clock, priority, debug, pacer, sleep: givenSleep }: ServiceContext,
  store: LimiterStore,
  slotsFor?: (time: Pick<Services, 'clock' | 'sleep'>) => ReportSlots,
): Pick<Services, 'client' | 'sleep'> {
  // Every wait and every request listens to this signal.
  setMaxListeners(0, signal);
  const sleep =
    givenSleep ??
    (async (ms: number, until: AbortSignal = signal): Promise<void> => {
      await wait(ms, undefined, { signal: until }).catch((error: unknown) => {
        throw until.aborted ? until.reason : error;
      });
    });
  const client = createGladlyClient({
    origin: settings.origin,
    email: settings.email,
    token: settings.token,
    timeoutMs: settings.timeoutMs,
    userAgent: `gcsat/${GCSAT_VERSION}`,
    pacer: pacer ?? createPacer({ store, ratePercent: settings.ratePercent, priority, clock, sleep }),
    ...(slotsFor === undefined ? {} : { reportSlots: slotsFor({ clock, sleep }) }),
    clock,
    random: Math.random,
    sleep,
    signal,
    onRetry: ({ operation, attempt, waitMs, why }) =>
      debug(`${operation}: try ${attempt} failed (${why}), next in ${Math.round(waitMs)} ms`),
  });
  return { client, sleep };
}

/** All callers share one result; a failure is not kept, because a long run may outlive its cause. */
function onceDone<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | null = null;
  return () =>
    (result ??= work().catch((error: unknown) => {
      result = null;
      throw error;
    }));
}

async function openProvider(
  settings: Settings,
  client: GladlyClient,
  { clock, signal, medallia }: Pick<Services, 'clock' | 'signal' | 'medallia'>,
): Promise<DeliveryProvider> {
  const { openDelivery } = await import('./open-delivery.ts');
  return openDelivery(settings, client, clock, signal, medallia);
}
