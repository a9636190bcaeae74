import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Failure } from '../../src/failure.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { BackfillDocument, SyncDocument } from '../../src/documents/backfill.ts';
import { defaultPolicy, type Policy } from '../../src/domain/eligibility/policy.ts';
import type { Closing } from '../../src/domain/closing/closing.ts';
import { closingsIn } from '../support/ledger.ts';
import { openLedger } from '../../src/store/open.ts';
import type { Ledger } from '../../src/store/ledger/ledger.ts';
import { startSandbox, type RunningSandbox, type SandboxOptions } from '../../src/sandbox/start.ts';
import { backfill, type BackfillListener, type BackfillRequest } from '../../src/workflow/runs/backfill.ts';
import type { SourceChoice } from '../../src/workflow/runs/find-closings.ts';
import type { Pacer } from '../../src/gladly/http/pacing.ts';
import { servicesOn, type Services } from '../../src/workflow/context/services.ts';
import { sync } from '../../src/workflow/runs/sync.ts';
import type { QueueLimits } from '../../src/workflow/queue/work-queue.ts';
import { unpaced } from '../gladly/local-gladly.ts';
import { temporaryFolder } from '../support/run.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
export const noon = Date.parse('2026-11-22T12:00:00.000Z');
export const iso = (ms: number): string => new Date(ms).toISOString();

export const unlimited: QueueLimits = { maxSends: null, maxClosings: null, deadline: null };

export interface World {
  /** Everybody's clock: ours and Gladly's. */
  time: { now: number };
  sandbox: RunningSandbox;
  ledger: Ledger;
  folder: string;
  /** Services of a new run with this ledger. */
  services(changes?: ServicesChanges): Services;
  /** Makes a conversation in Gladly that closes now, unless `close` is false. Returns its id. */
  tell(conversation?: Record<string, unknown>): Promise<string>;
  change(conversationId: string, what: 'close' | 'reopen'): Promise<void>;
  /** Every row of the ledger, newest first. */
  closings(): Promise<Closing[]>;
}

export interface ServicesChanges {
  medallia?: Partial<Settings['medallia']>;
  delivery?: Settings['delivery'];
  policy?: Partial<Policy>;
  alerts?: Partial<Settings['alerts']>;
  smtpUrl?: string;
  from?: string;
  brands?: Settings['brands'];
  origin?: string;
  signal?: AbortSignal;
  worker?: Services['worker'];
  ledger?: Ledger;
  pacer?: Pacer;
}

/** A ledger, and a sandbox without everyday conversations unless they are asked for; nothing waits for a rate limit. */
export async function world(options: SandboxOptions = {}): Promise<World> {
  const time = { now: noon };
  const clock = (): number => time.now;
  const limits = { requestsPerSecond: 1e6, reportsPerMinute: 1e6 };
  const sandbox = await startSandbox({ size: 0, clock, limits, ...options });
  const folder = temporaryFolder();
  const ledger = await openLedger(join(folder, 'ledger.db'));
  onTestFinished(async () => {
    await sandbox.close();
    await ledger.close();
  });
  const control = async (path: string, body: unknown): Promise<{ conversationId: string }> => {
    const answer = await fetch(`${sandbox.origin}/_sandbox/conversations${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`the sandbox refused ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { conversationId: string };
  };
  return {
    time,
    sandbox,
    ledger,
    folder,
    services: (changes = {}) => servicesOf({ time, sandbox, ledger, folder }, changes),
    tell: async (conversation = {}) => (await control('', { close: true, ...conversation })).conversationId,
    async change(conversationId, what) {
      await control(`/${encodeURIComponent(conversationId)}/${what}`, {});
    },
    closings: () => closingsIn(ledger),
  };
}

type Ground = Pick<World, 'time' | 'sandbox' | 'ledger' | 'folder'>;

function servicesOf({ time, sandbox, ledger: own, folder }: Ground, changes: ServicesChanges): Services {
  const clock = (): number => time.now;
  const { signal = new AbortController().signal, ledger = own } = changes;
  const settings = settingsOf(sandbox, folder, changes);
  const sleep = async (ms: number, until: AbortSignal = signal): Promise<void> => {
    until.throwIfAborted();
    await wait(Math.min(ms, 2));
    until.throwIfAborted();
  };
  const services = servicesOn(ledger, settings, {
    signal,
    clock,
    priority: 'background',
    debug: () => undefined,
    sleep,
    pacer: changes.pacer ?? unpaced(),
    ...(changes.worker === undefined ? {} : { worker: changes.worker }),
  });
  onTestFinished(() => services.client.close());
  return services;
}

function settingsOf(sandbox: RunningSandbox, folder: string, changes: ServicesChanges): Settings {
  return {
    profile: 'default',
    origin: changes.origin ?? sandbox.origin,
    hostKind: 'loopback',
    email: sandbox.email,
    token: sandbox.token,
    timeoutMs: 5000,
    ratePercent: 80,
    delivery: changes.delivery ?? 'gladly-email',
    from: changes.from ?? (changes.delivery === 'gladly-sms' ? sandbox.fromNumber : sandbox.fromAddress),
    smtpUrl: changes.smtpUrl ?? null,
    alerts: { url: null, secret: null, ...changes.alerts },
    publicUrl: 'https://csat.example.com',
    database: join(folder, 'ledger.db'),
    dataDir: folder,
    configDir: folder,
    outboxDir: join(folder, 'outbox'),
    templateFile: null,
    brand: {
      color: null,
      logoFile: null,
      texts: {
        language: 'en',
        question: null,
        resolved: null,
        comment: null,
        thanksTitle: null,
        thanks: null,
      },
    },
    brands: changes.brands ?? [],
    medallia: {
      apiKey: null,
      apiSecret: null,
      origin: sandbox.origin,
      channels: new Map(),
      employeesFile: null,
      brand: null,
      language: null,
      perMinute: 100,
      countSuppressed: false,
      ...changes.medallia,
    },
    trustedProxies: [],
    policy: { ...defaultPolicy, ...changes.policy },
    surveySecret: () => Promise.resolve(Buffer.from('k'.repeat(32))),
    previousSurveySecrets: () => Promise.resolve([]),
    webhookCredentials: () => Promise.resolve({ basic: [], headers: [] }),
    origins: {},
  };
}

export const silent: BackfillListener = {
  explain: () => undefined,
  warn: () => undefined,
  found: () => undefined,
  asks: false,
  ready: () => Promise.resolve(true),
  finished: () => undefined,
  unread: () => undefined,
};

export interface RunChanges extends Partial<Omit<BackfillRequest, 'target'>> {
  source?: SourceChoice;
  listener?: Partial<BackfillListener>;
}

/** What a run came to. Throws what stopped it, as the command does. */
export async function documentOf<Document>(
  work: Promise<{ document: Document; failure: Failure | null }>,
): Promise<Document> {
  const { document, failure } = await work;
  if (failure !== null) throw failure;
  return document;
}

/** One backfill of a range, as the command makes it. */
export function backfillOf(
  services: Services,
  [since, until]: readonly [since: number, until: number],
  { source = 'auto', listener, ...request }: RunChanges = {},
): Promise<BackfillDocument> {
  const range = { since: iso(since), until: iso(until) };
  const target = { range, timezone: 'UTC', source, failed: 'now' } as const;
  return documentOf(
    backfill(services, { target, limits: unlimited, dryRun: false, ...request }, { ...silent, ...listener }),
  );
}

/** One backfill of named conversations. */
export function backfillNamed(
  services: Services,
  ids: readonly string[],
  { listener, ...request }: Omit<RunChanges, 'source'> = {},
): Promise<BackfillDocument> {
  const conversationIds = (async function* () {
    yield* ids;
  })();
  return documentOf(
    backfill(
      services,
      { target: { conversationIds }, limits: unlimited, dryRun: false, ...request },
      { ...silent, ...listener },
    ),
  );
}

/** One tick, as the command makes it. */
export function tickOf(services: Services, dryRun = false): Promise<SyncDocument> {
  return documentOf(sync(services, { limits: unlimited, dryRun, timezone: 'UTC' }, silent));
}

export const sumOf = (counts: object): number =>
  (Object.values(counts) as number[]).reduce((sum, count) => sum + count, 0);

/** How many messages each customer's address got. */
export function mailsByAddress({ sandbox }: Pick<World, 'sandbox'>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { to } of sandbox.mailbox()) counts.set(to, (counts.get(to) ?? 0) + 1);
  return counts;
}

/** A conversation as Gladly shows it now. */
export async function conversationOf(
  { sandbox }: Pick<World, 'sandbox'>,
  id: string,
): Promise<Record<string, unknown>> {
  const authorization = `Basic ${Buffer.from(`${sandbox.email}:${sandbox.token}`).toString('base64')}`;
  const answer = await fetch(`${sandbox.origin}/api/v1/conversations/${id}`, { headers: { authorization } });
  return (await answer.json()) as Record<string, unknown>;
}
