import { setTimeout as wait } from 'node:timers/promises';
import type { Settings } from '../../config/settings.ts';
import type { DeliveryProvider } from '../../ports/delivery-provider.ts';
import type { ReportSlots } from '../../ports/report-slots.ts';
import type { Organization } from '../../gladly/resources/organization.ts';
import { createGladlyClient, type GladlyClient } from '../../gladly/client.ts';
import { createDirectory, type Directory } from '../../gladly/directory.ts';
import { createPacer } from '../../gladly/http/pacing.ts';
import { currentWorker, type Worker } from '../../store/queue/workers.ts';
import { directoryCache } from '../../store/directories.ts';
import { limiterStore } from '../../store/limiter.ts';
import { boundOrganization, openLedger, otherOrganization, type Ledger } from '../../store/open.ts';
import { identifiedOrganization } from './organization.ts';
import { reportSlots } from './report-semaphore.ts';

declare const GCSAT_VERSION: string;

/** What a command gives the workflow besides the settings. */
export interface Surroundings {
  signal: AbortSignal;
  clock: () => number;
  /** A command run by hand goes before a long run. */
  priority: 'interactive' | 'background';
  debug: (text: string) => void;
}

/** Everything that the arrows of the flow work with, opened once a command. */
export interface Services extends Surroundings {
  readonly settings: Settings;
  readonly ledger: Ledger;
  readonly client: GladlyClient;
  readonly directory: Directory;
  readonly worker: Worker;
  readonly sleep: (ms: number) => Promise<void>;
  /** The organisation as it was at most a quarter of an hour ago, and certainly the one that the ledger belongs to. */
  organization(): Promise<Organization>;
  /** The chosen way to the customer; a broken template or a missing setting is a Failure kind configuration. */
  provider(): Promise<DeliveryProvider>;
  close(): Promise<void>;
}

/**
 * Opens the ledger and the way to Gladly.
 *
 * @throws Failure kind ledger when the ledger cannot be used, kind configuration when it is another organisation's.
 */
export async function openServices(settings: Settings, surroundings: Surroundings): Promise<Services> {
  const ledger = await openLedger(settings.database);
  const worker = currentWorker();
  const { client, sleep } = openGladly(settings, surroundings, limiterStore(ledger), (time) =>
    reportSlots(ledger, worker, time),
  );
  const directory = createDirectory({ client, cache: directoryCache(ledger), clock: surroundings.clock });
  const { clock } = surroundings;
  const organization = identifiedOrganization({ settings, ledger, client, directory, clock });
  let opened: DeliveryProvider | null = null;
  const provider = onceDone(async () => (opened = await openProvider(settings, client, surroundings)));

  const services: Services = {
    ...surroundings,
    settings,
    ledger,
    client,
    directory,
    worker,
    sleep,
    organization,
    provider,
    async close() {
      client.close();
      await opened?.close();
      await ledger.close();
    },
  };
  try {
    const bound = await boundOrganization(ledger);
    if (bound !== null && bound.hostKind !== settings.hostKind)
      throw otherOrganization(ledger, bound, settings);
    // Another address may be another organisation: nothing of the ledger is used before that is settled.
    if (bound !== null && bound.origin !== settings.origin) await services.organization();
    return services;
  } catch (error) {
    await services.close();
    throw error;
  }
}

/** A client alone, for questions that need no ledger. */
export function openGladly(
  settings: Settings,
  { signal, clock, priority, debug }: Surroundings,
  store: Parameters<typeof createPacer>[0]['store'],
  placesFor?: (time: Parameters<typeof reportSlots>[2]) => ReportSlots,
): { client: GladlyClient; sleep: (ms: number, signal?: AbortSignal) => Promise<void> } {
  const sleep = async (ms: number, until: AbortSignal = signal): Promise<void> => {
    await wait(ms, undefined, { signal: until }).catch((error: unknown) => {
      throw until.aborted ? until.reason : error;
    });
  };
  const pacer = createPacer({ store, ratePercent: settings.ratePercent, priority, clock, sleep });
  const client = createGladlyClient({
    origin: settings.origin,
    email: settings.email,
    token: settings.token,
    timeoutMs: settings.timeoutMs,
    userAgent: `gcsat/${GCSAT_VERSION}`,
    pacer,
    ...(placesFor === undefined ? {} : { reportSlots: placesFor({ clock, sleep }) }),
    clock,
    random: Math.random,
    sleep,
    signal,
    onRetry: ({ operation, attempt, waitMs, why }) =>
      debug(`${operation}: try ${attempt} failed (${why}), next in ${Math.round(waitMs)} ms`),
  });
  return { client, sleep };
}

/** The same result for everybody; a failure is not kept, because a long run may outlive what caused it. */
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
  { clock, signal }: Surroundings,
): Promise<DeliveryProvider> {
  const { openDelivery } = await import('./open-delivery.ts');
  return openDelivery(settings, client, clock, signal);
}
