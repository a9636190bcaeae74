import type { StoredWebhook } from '../../config/profiles.ts';
import type { Settings } from '../../config/settings.ts';
import type { GivenWebhookSecret } from '../../config/webhook-credentials.ts';
import { oneLine } from '../../domain/values/one-line.ts';
import { Failure } from '../../failure.ts';
import type { GladlyClient } from '../../gladly/client.ts';
import {
  isSameUrl,
  surveyEvents,
  type Webhook,
  type WebhookSpecification,
} from '../../gladly/resources/webhooks.ts';
import { expected, isOurs, listenersBeside, nameOf, type WebhookSummary } from './known-webhooks.ts';
import type { ServiceContext } from '../context/services.ts';
import { withClient } from './webhook-client.ts';
import { nextSecret, noPlaceForSecret, storedWebhook, storeWebhook } from './webhook-secrets.ts';

export interface WebhookInstallation {
  url: string;
  /** The environment's credentials, which take precedence over generated ones. */
  given: GivenWebhookSecret;
  /** Also takes over a webhook at the URL that gcsat did not make. */
  replace: boolean;
  dryRun: boolean;
}

export interface InstalledWebhook {
  profile: string;
  dryRun: boolean;
  action: 'created' | 'updated';
  id: string | null;
  url: string;
  events: readonly string[];
  enabled: boolean;
  /** Where the credentials that Gladly uses now come from. */
  credentials: 'environment' | 'profile';
  /** The name of the header that carries a credential. */
  header: string | null;
  /** Other webhooks that also get closings. */
  others: WebhookSummary[];
}

/**
 * Has Gladly send closings and reopenings to a URL, with credentials of its own. The credentials are stored first, so
 * that a running server accepts them before Gladly uses them. Then the webhook is created, or found by its URL, given
 * the credentials, and enabled. If this is interrupted anywhere, the next call continues from there.
 *
 * @throws Failure `webhook_ping_failed` when nothing at the URL answers the PING with 200; `webhook_secret_homeless`
 *   when generated credentials have no profile to be stored in; `webhook_of_others` when the URL has a webhook that is
 *   not ours; `webhook_limit` when Gladly takes no more webhooks.
 */
export async function installWebhook(
  settings: Settings,
  context: ServiceContext,
  { url, given, replace, dryRun }: WebhookInstallation,
): Promise<InstalledWebhook> {
  const { profileFits, webhook: known } = await storedWebhook(settings);
  const fromEnvironment = given.basic !== null || given.header !== null;
  if (!profileFits && !fromEnvironment) throw noPlaceForSecret(settings);
  return withClient(settings, context, async (client) => {
    const webhooks = await client.getWebhooks();
    const found = expected(webhooks, url, known);
    const requireOurs = (webhook: Webhook | null): void => {
      if (webhook !== null && !replace && !isOurs(webhook, settings, known)) throw ofOthers(webhook);
    };
    requireOurs(found);
    const result: InstalledWebhook = {
      profile: settings.profile,
      dryRun,
      action: found === null ? 'created' : 'updated',
      id: found?.id ?? null,
      url,
      events: surveyEvents,
      enabled: true,
      credentials: fromEnvironment ? 'environment' : 'profile',
      header: given.header?.name ?? null,
      others: listenersBeside(webhooks, found),
    };
    if (dryRun) return { ...result, enabled: found?.enabled ?? false };

    const { secret, kept, previous } = nextSecret(known, given);
    const keep = (id: string | null, isConfirmed: boolean): Promise<void> => {
      const stored: StoredWebhook = {
        id,
        url,
        ...(kept === null ? {} : { secret: kept }),
        ...(previous.length === 0 ? {} : { previous }),
        ...(isConfirmed ? {} : { unconfirmed: true }),
      };
      return profileFits ? storeWebhook(settings, stored) : Promise.resolve();
    };
    await keep(found?.id ?? null, false);
    const specification = { name: nameOf(settings), events: surveyEvents, ...secret };
    // Enabled by a separate request: a refusal of that is about the PING, any other is about the webhook itself.
    const { id, created } =
      found === null
        ? await createWebhook(client, { ...specification, url }, webhooks)
        : { id: found.id, created: 'taken' as const };
    // Another program may have created it first.
    if (found === null && created === 'taken') requireOurs(await client.getWebhook(id));
    if (found === null) await keep(id, false);
    if (created === 'taken') {
      const moves = found !== null && !isSameUrl(found.url, url);
      await client.updateWebhook(id, { ...specification, ...(moves ? { url } : {}) });
    }
    await client.updateWebhook(id, { enabled: true });
    await keep(id, true);
    return { ...result, id };
  });
}

function ofOthers({ id, name, url }: Webhook): Failure {
  const which = name === null ? id : `${id} (${oneLine(name, 80)})`;
  return new Failure(
    'configuration',
    'webhook_of_others',
    `the webhook ${which} at ${oneLine(url, 200)} was not made by this profile; it would get other credentials and events`,
    { hint: 'Choose another --url, or add --replace if no one needs it as it is.' },
  );
}

/** The most that Gladly lets an organization have (Webhooks). */
const mostWebhooks = 20;

async function createWebhook(
  client: GladlyClient,
  specification: WebhookSpecification,
  webhooks: readonly Webhook[],
): ReturnType<GladlyClient['createWebhook']> {
  try {
    return await client.createWebhook(specification);
  } catch (error) {
    const isRefused = error instanceof Failure && error.code === 'refused';
    if (!isRefused || webhooks.length < mostWebhooks) throw error;
    const names = webhooks.map(({ id, name }) => oneLine(name ?? id, 40)).join(', ');
    throw new Failure(
      'configuration',
      'webhook_limit',
      `Gladly has ${webhooks.length} webhooks already, and allows no more: ${names}`,
      { hint: 'Delete one that nobody needs in the settings of Gladly, then run it again.', cause: error },
    );
  }
}
