import { settingsOfBrand } from '../../config/brand-settings.ts';
import { namingBrand } from '../../config/failure-of-brand.ts';
import type { Settings } from '../../config/settings.ts';
import type { SendingPause } from '../../domain/closing/pause.ts';
import { zoneWarning } from '../../domain/eligibility/policy-warnings.ts';
import { timeNow } from '../../domain/values/instant.ts';
import { Failure } from '../../failure.ts';
import type { Log } from '../../ports/log.ts';
import { sendingPause } from '../../store/closings/pause.ts';
import type { Services } from '../context/services.ts';
import { unmetInboxes } from '../survey/policy-warnings.ts';
import { brandsCheck } from './brand-checks.ts';
import type { Check, CheckResult } from './check.ts';
import { openCheckSources, type CheckedConfiguration, type CheckSources } from './check-sources.ts';
import { gladlyTokenCheck, optOutTopicCheck, policySentences, timeZoneCheck } from './gladly-checks.ts';
import { ledgerOpenCheck } from './ledger-checks.ts';
import {
  deliveryCheck,
  languageCheck,
  logoCheck,
  requireLogo,
  requireTemplate,
  templateCheck,
} from './message-checks.ts';
import { foundLater, syncCheck } from './queue-checks.ts';
import { runChecks } from './run-checks.ts';
import { surveySecretCheck } from './survey-checks.ts';
import { webhookCredentialsCheck } from './webhook-checks.ts';

/** A check under the name that `configure test` gives it. */
export interface TestedCheck {
  name: string;
  /** Null: it could not be checked. */
  ok: boolean | null;
  detail: string;
  /** Why it is not ok. */
  failure: Failure | null;
}

/** The checks of the configuration, by the names that scripts know. */
const named: readonly (readonly [name: string, check: Check<CheckSources>])[] = [
  ['Gladly', gladlyTokenCheck],
  ['opt-out topic', optOutTopicCheck],
  ['mail template', templateCheck],
  ['logo', logoCheck],
  ['language', languageCheck],
  ['delivery', deliveryCheck],
  ['ledger', ledgerOpenCheck],
  ['catch-up', syncCheck],
  ['webhook credentials', webhookCredentialsCheck],
  ['signing key', surveySecretCheck],
];

const unmetReasons: Record<string, string> = {
  [gladlyTokenCheck.id]: 'Gladly did not answer',
  [ledgerOpenCheck.id]: 'the ledger could not be read',
};

/**
 * Checks everything that the configuration names, with one line each; no check writes to Gladly. Doubts are only
 * warnings. A missing ledger is created.
 *
 * @param onWait is told what is being waited for, if that is not Gladly
 * @returns also the ledger's pause
 */
export async function testConfiguration(
  configuration: CheckedConfiguration & { settings: Settings },
  { signal, onWait }: { signal: AbortSignal; onWait: (what: string) => void },
): Promise<{ checks: TestedCheck[]; warnings: string[]; pause: SendingPause | null }> {
  const options = { signal, clock: Date.now, debug: () => undefined, makesLedger: true };
  const opened = openCheckSources(configuration, options);
  const sources: CheckSources = {
    ...opened,
    async provider() {
      const provider = await opened.provider();
      if (provider.check !== undefined) onWait(`trying the delivery ${provider.name}`);
      return provider;
    },
  };
  try {
    const checks = named.map(([, check]) => check);
    const results = await runChecks(checks, sources, { limitMs: null, offline: false });
    const isWell = ({ id }: Check<never>): boolean =>
      results.some((one) => one.id === id && one.status === 'ok');
    const late = results.filter(({ status }) => status === 'warning');
    return {
      checks: results.map(tested),
      warnings: [
        ...(isWell(gladlyTokenCheck) ? await doubtsOf(sources) : []),
        ...late.map(({ summary }) => `${summary}; ${foundLater}`),
      ],
      pause: isWell(ledgerOpenCheck) ? await sendingPause(await sources.ledger(), timeNow(Date.now)) : null,
    };
  } finally {
    await opened.close();
  }
}

function tested({ id, status, summary, failure, unmet, thrown }: CheckResult): TestedCheck {
  if (status === 'broken') throw thrown;
  const name = named.find(([, check]) => check.id === id)?.[0] ?? id;
  if (status === 'error') return { name, ok: false, detail: summary, failure };
  if (status !== 'skipped') return { name, ok: true, detail: summary, failure: null };
  const reason = unmetReasons[unmet ?? ''] ?? summary;
  return { name, ok: null, detail: `not checked, because ${reason}`, failure: null };
}

async function doubtsOf(sources: CheckSources): Promise<string[]> {
  const { timezone } = await sources.directory.organization();
  const ofBrands = await unmetInboxes(sources.settings().brands, sources.directory);
  return [...zoneWarning(timezone), ...(await policySentences(sources)), ...ofBrands];
}

/**
 * The same at the start of `serve`. A problem that makes messages or pages impossible stops it; other problems are only
 * warnings, by `warnOfConfiguration`.
 *
 * @throws Failure kind configuration
 */
export async function refuseUnusable(settings: Settings): Promise<void> {
  await requireTemplate(settings);
  await requireLogo(settings);
  for (const brand of settings.brands) {
    const own = settingsOfBrand(settings, brand);
    await namingBrand(brand.name, async () => {
      await requireTemplate(own);
      await requireLogo(own);
    });
  }
}

type ServingSources = Pick<CheckSources, 'settings' | 'directory' | 'provider'>;

const ofServing: readonly (readonly [name: string, check: Check<ServingSources>])[] = [
  ['opt-out topic', optOutTopicCheck],
  ['language', languageCheck],
  ['time zone', timeZoneCheck],
  ['brands', brandsCheck],
  ['delivery', deliveryCheck],
];

/** Logs what the other checks find once the server runs. Ends when the server is stopped. */
export async function warnOfConfiguration(services: Services, log: Log): Promise<void> {
  const { directory, signal } = services;
  const sources: ServingSources = {
    settings: () => services.settings,
    directory,
    provider: () => services.provider(),
  };
  try {
    for (const [name, check] of ofServing) {
      const [result] = await runChecks([check], sources, { limitMs: null, offline: false });
      if (result === undefined || result.code === null || signal.aborted) continue;
      if (result.status === 'broken') throw result.thrown;
      log.warn({ code: result.code, hint: result.failure?.hint ?? result.fix }, `check failed: ${name}`);
    }
    for (const sentence of await policySentences(sources)) if (!signal.aborted) log.warn({}, sentence);
  } catch (error) {
    // If Gladly does not answer now, the closings will ask again.
    if (!signal.aborted && !(error instanceof Failure)) throw error;
  }
}
