import type { Settings } from '../../config/settings.ts';
import { checkTemplate, builtInTemplate, loadTemplate } from '../../delivery/template.ts';
import { hasOptOutTopic } from '../../domain/eligibility/topics.ts';
import { Failure } from '../../failure.ts';
import { memoryLimiterStore } from '../../gladly/http/pacing.ts';
import { openLedger } from '../../store/open.ts';
import { openDelivery, publicUrlOf } from '../context/open-delivery.ts';
import { openGladly, type Surroundings } from '../context/services.ts';

export interface Connection {
  organization: { id: string | null; name: string | null; timezone: string | null };
  topicNames: string[];
}

/**
 * Asks Gladly who it is with these credentials. Needs no ledger, so that it can run before anything is saved.
 *
 * @throws Failure kind credentials when Gladly refuses them, kind temporary when it cannot be reached.
 */
export async function checkConnection(
  settings: Settings,
  { signal }: { signal: AbortSignal },
): Promise<Connection> {
  const { client } = openGladly(settings, surroundingsOf(signal), memoryLimiterStore());
  try {
    const [organization, topics] = await Promise.all([client.getOrganization(), client.getTopics()]);
    return { organization, topicNames: topics.flatMap(({ name }) => (name === null ? [] : [name])) };
  } finally {
    client.close();
  }
}

/**
 * Opens the delivery and closes it, without asking or sending anything.
 *
 * @throws Failure as `openDelivery`
 */
export async function checkDelivery(settings: Settings, { signal }: { signal: AbortSignal }): Promise<void> {
  const { client } = openGladly(settings, surroundingsOf(signal), memoryLimiterStore());
  try {
    const provider = await openDelivery(settings, client, Date.now, signal);
    await provider.close();
  } finally {
    client.close();
  }
}

export interface Check {
  name: string;
  /** Null: it could not be checked. */
  ok: boolean | null;
  detail: string;
  /** Why it is not ok. */
  failure: Failure | null;
}

/** Checks everything that the configuration names: one line each, none of them writes to Gladly. */
export async function testConfiguration(
  settings: Settings,
  options: { signal: AbortSignal },
): Promise<Check[]> {
  const found: { topicNames: string[] | null } = { topicNames: null };
  return [
    await check('Gladly', async () => {
      const { organization, ...connection } = await checkConnection(settings, options);
      found.topicNames = connection.topicNames;
      return `${organization.name ?? 'an organization without a name'} at ${settings.origin}`;
    }),
    await check('opt-out topic', () => {
      const { topicNames } = found;
      return topicNames === null
        ? { unchecked: 'Gladly did not answer' }
        : optOutTopicOf(settings, topicNames);
    }),
    await check('mail template', async () => {
      const { templateFile } = settings;
      checkTemplate(templateFile === null ? builtInTemplate() : await loadTemplate(templateFile));
      return templateFile ?? 'built in';
    }),
    await check('delivery', async () => {
      const { client } = openGladly(settings, surroundingsOf(options.signal), memoryLimiterStore());
      const provider = await openDelivery(settings, client, Date.now, options.signal);
      try {
        const found = await provider.check?.();
        const way = found === undefined ? settings.delivery : `${settings.delivery} (${found})`;
        return `${way}, survey page at ${publicUrlOf(settings)}`;
      } finally {
        await provider.close();
        client.close();
      }
    }),
    await check('ledger', async () => {
      const ledger = await openLedger(settings.database);
      await ledger.close();
      return settings.database;
    }),
    await check('webhook credentials', () => webhookCredentialsOf(settings)),
    await check('signing key', async () => `${(await settings.surveySecret()).byteLength} bytes`),
  ];
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

function surroundingsOf(signal: AbortSignal): Surroundings {
  return { signal, clock: Date.now, priority: 'interactive', debug: () => undefined };
}
