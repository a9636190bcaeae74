import type { Settings } from '../../config/settings.ts';
import { builtInTemplate, checkTemplate, loadTemplate } from '../../delivery/template.ts';
import type { SendingPause } from '../../domain/closing/pause.ts';
import { traitsOf } from '../../domain/delivery.ts';
import type { Policy } from '../../domain/eligibility/policy.ts';
import { zoneWarning } from '../../domain/eligibility/policy-warnings.ts';
import { hasOptOutTopic } from '../../domain/eligibility/topics.ts';
import { timeNow } from '../../domain/values/instant.ts';
import { zoneProblem } from '../../domain/values/time-range.ts';
import { Failure } from '../../failure.ts';
import { createDirectory } from '../../gladly/directory.ts';
import { memoryLimiterStore } from '../../gladly/http/pacing.ts';
import { readBrand } from '../../html/brand.ts';
import { languages, speechOf } from '../../html/languages.ts';
import type { Log } from '../../ports/log.ts';
import { readCheckpoint } from '../../store/checkpoints.ts';
import { sendingPause } from '../../store/pause.ts';
import { openDelivery, publicUrlOf } from '../context/open-delivery.ts';
import { openGladly, type Services } from '../context/services.ts';
import { openSettingsLedger } from '../context/open-settings-ledger.ts';
import { policyWarnings } from '../survey/policy-warnings.ts';
import { checkConnection, surroundingsOf, type Connection } from './check-connection.ts';

export interface Check {
  name: string;
  /** Null: it could not be checked. */
  ok: boolean | null;
  detail: string;
  /** Why it is not ok. */
  failure: Failure | null;
}

/**
 * Checks everything that the configuration names: one line each, none of them writes to Gladly. What is only doubtful is a
 * warning.
 *
 * @param onWait is given what is waited for, where that is not Gladly
 * @returns also the pause of sending that the ledger has
 */
export async function testConfiguration(
  settings: Settings,
  options: { signal: AbortSignal; onWait: (what: string) => void },
): Promise<{ checks: Check[]; warnings: string[]; pause: SendingPause | null }> {
  const found: { connection: Connection | null; pause: SendingPause | null; seenUntil?: string | null } = {
    connection: null,
    pause: null,
  };
  const nowMs = Date.now();
  const checks = [
    await check('Gladly', async () => {
      found.connection = await checkConnection(settings, options);
      const { organization } = found.connection;
      return `${organization.name ?? 'an organization without a name'} at ${settings.origin}`;
    }),
    await check('opt-out topic', () => {
      const { connection } = found;
      return connection === null
        ? { unchecked: 'Gladly did not answer' }
        : optOutTopicOf(settings, connection.topicNames);
    }),
    await check('mail template', () => mailTemplateOf(settings)),
    await check('logo', () => logoOf(settings)),
    await check('language', () => languageOf(settings.policy.language)),
    await check('delivery', async () => {
      const { client } = openGladly(settings, surroundingsOf(options.signal), memoryLimiterStore());
      const provider = await openDelivery(settings, client, Date.now, options.signal);
      try {
        if (provider.check !== undefined) options.onWait(`trying the delivery ${provider.name}`);
        const found = await provider.check?.();
        const way = found === undefined ? settings.delivery : `${settings.delivery} (${found})`;
        return `${way}, survey page at ${publicUrlOf(settings)}`;
      } finally {
        await provider.close();
        client.close();
      }
    }),
    await check('ledger', async () => {
      const ledger = await openSettingsLedger(settings);
      try {
        found.pause = await sendingPause(ledger, timeNow(Date.now));
        found.seenUntil = await readCheckpoint(ledger, {
          lane: traitsOf(settings.delivery).lane,
          name: 'until',
        });
      } finally {
        await ledger.close();
      }
      return settings.database;
    }),
    await check('catch-up', () => {
      const { seenUntil } = found;
      return seenUntil === undefined
        ? { unchecked: 'the ledger could not be read' }
        : seenUntilText(seenUntil);
    }),
    await check('webhook credentials', () => webhookCredentialsOf(settings)),
    await check('signing key', async () => `${(await settings.surveySecret()).byteLength} bytes`),
  ];
  const ofConnection = found.connection === null ? [] : await warningsOf(settings, found.connection, options);
  return {
    checks,
    warnings: [...ofConnection, ...catchUpWarning(found.seenUntil, nowMs)],
    pause: found.pause,
  };
}

function seenUntilText(until: string | null): string {
  if (until === null) return 'neither `gcsat serve` nor `gcsat sync` has looked for closings yet';
  return `closings were looked for until ${until.slice(0, 16).replace('T', ' ')} UTC`;
}

/** `serve` and a timer of `sync` look every few minutes. */
const latestCatchUpMs = 3_600_000;

function catchUpWarning(until: string | null | undefined, nowMs: number): string[] {
  if (until === null || until === undefined || nowMs - Date.parse(until) <= latestCatchUpMs) return [];
  return [`${seenUntilText(until)}; those since are found by the next \`gcsat serve\` or \`gcsat sync\``];
}

async function warningsOf(
  settings: Settings,
  { organization, topicNames }: Connection,
  { signal }: { signal: AbortSignal },
): Promise<string[]> {
  const { client } = openGladly(settings, surroundingsOf(signal), memoryLimiterStore());
  try {
    const cache = { read: () => Promise.resolve(null), write: () => Promise.resolve() };
    const directory = createDirectory({ client, cache, clock: Date.now });
    const policy = unchecked(settings.policy, topicNames);
    return [...zoneWarning(organization.timezone), ...(await policyWarnings({ directory }, policy))];
  } finally {
    client.close();
  }
}

/** Without the opt-out topics where none exists, which is a check of its own. */
function unchecked(policy: Policy, topicNames: readonly string[]): Policy {
  return hasOptOutTopic(topicNames, policy.optOutTopics) ? policy : { ...policy, optOutTopics: [] };
}

/**
 * The same at the start of `serve`. What makes messages or pages impossible stops it; what may pass, or harms none that is
 * already running, is a warning.
 *
 * @throws Failure kind configuration
 */
export async function refuseUnusable(settings: Settings): Promise<void> {
  await mailTemplateOf(settings);
  await logoOf(settings);
}

/** What the other checks find, once the server runs. Ends when it is stopped. */
export async function warnOfConfiguration(services: Services, log: Log): Promise<void> {
  const { settings, directory, signal } = services;
  const found: { topicNames: string[] } = { topicNames: [] };
  const checks: readonly [string, () => Promise<string>][] = [
    [
      'opt-out topic',
      async () => {
        found.topicNames = [...(await directory.topics()).values()].flatMap(({ name }) => name ?? []);
        return optOutTopicOf(settings, found.topicNames);
      },
    ],
    ['language', () => Promise.resolve().then(() => languageOf(settings.policy.language))],
    ['time zone', async () => zoneOf((await directory.organization()).timezone)],
    ['delivery', async () => (await (await services.provider()).check?.()) ?? settings.delivery],
  ];
  try {
    for (const [name, work] of checks) {
      const { failure } = await check(name, work);
      if (failure === null || signal.aborted) continue;
      log.warn({ code: failure.code, hint: failure.hint }, `check failed: ${name}`);
    }
    const sentences = await policyWarnings(services, unchecked(settings.policy, found.topicNames));
    for (const sentence of sentences) if (!signal.aborted) log.warn({}, sentence);
  } catch (error) {
    // What Gladly does not say now, the closings ask again.
    if (!signal.aborted && !(error instanceof Failure)) throw error;
  }
}

async function mailTemplateOf({ templateFile }: Settings): Promise<string> {
  checkTemplate(templateFile === null ? builtInTemplate() : await loadTemplate(templateFile));
  return templateFile ?? 'built in';
}

async function logoOf({ brand }: Settings): Promise<string> {
  await readBrand(brand);
  return brand.logoFile ?? 'none';
}

/** @throws Failure `language_unsupported`: customers would get English */
export function languageOf(tag: string): string {
  if (speechOf(tag) !== null) return tag;
  throw new Failure('configuration', 'language_unsupported', `there are no messages and pages in '${tag}'`, {
    hint: `Use one of ${languages.join(', ')}, with a region if you like, e.g. es-MX.`,
  });
}

/** @throws Failure `time_zone_unknown` */
function zoneOf(timezone: string | null): string {
  const problem = zoneProblem(timezone);
  if (problem === null) return timezone ?? 'UTC';
  throw new Failure('configuration', 'time_zone_unknown', problem, {
    hint: 'Times and quiet hours are read as UTC. Correct the time zone in Gladly.',
  });
}

/** They are needed by `serve` alone, so that none is no mistake. */
async function webhookCredentialsOf(settings: Settings): Promise<string> {
  const { basic, headers } = await settings.webhookCredentials();
  const count = basic.length + headers.length;
  return count === 0 ? 'none, which only `gcsat serve` needs' : `${count} accepted`;
}

function optOutTopicOf({ policy }: Settings, topicNames: string[]): string {
  const names = policy.optOutTopics.join(', ');
  if (policy.optOutTopics.length === 0) return 'none is configured';
  if (hasOptOutTopic(topicNames, policy.optOutTopics)) return names;
  throw new Failure('configuration', 'opt_out_topic_missing', `no topic is named ${names}`, {
    hint: 'Create the topic in Gladly, or set optOutTopics to the one you use.',
  });
}

type Finding = string | { unchecked: string };

async function check(name: string, work: () => Finding | Promise<Finding>): Promise<Check> {
  try {
    const found = await work();
    if (typeof found === 'string') return { name, ok: true, detail: found, failure: null };
    return { name, ok: null, detail: `not checked, because ${found.unchecked}`, failure: null };
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'interrupted' || error.kind === 'terminated')
      throw error;
    return { name, ok: false, detail: error.message, failure: error };
  }
}
