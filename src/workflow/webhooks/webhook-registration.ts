import type { Settings } from '../../config/settings.ts';
import { Failure } from '../../failure.ts';
import type { Webhook } from '../../gladly/resources/webhooks.ts';
import type { GladlyClient } from '../../gladly/client.ts';
import { expected, isOurs, listenersBeside, type WebhookSummary } from './known-webhooks.ts';
import type { ServiceContext } from '../context/services.ts';
import { withClient } from './webhook-client.ts';
import { storedWebhook, storeWebhook } from './webhook-secrets.ts';

export interface WebhookStatus {
  profile: string;
  installed: boolean;
  webhook: Webhook | null;
  /** Whether any credentials are accepted here that Gladly could authenticate with. */
  credentialsKnown: boolean;
  /** Other webhooks that get closings. */
  others: WebhookSummary[];
}

/** @param url where the webhook is expected if the profile knows of none; null: nowhere. */
export async function webhookStatus(
  settings: Settings,
  context: ServiceContext,
  url: string | null,
): Promise<WebhookStatus> {
  return withClient(settings, context, (client) => webhookStatusBy(client, settings, url));
}

/** The same with an open client. */
export async function webhookStatusBy(
  client: Pick<GladlyClient, 'getWebhooks'>,
  settings: Settings,
  url: string | null,
): Promise<WebhookStatus> {
  const { webhook: known } = await storedWebhook(settings);
  const { basic, headers } = await settings.webhookCredentials();
  const webhooks = await client.getWebhooks();
  const webhook = expected(webhooks, known?.url ?? url, known);
  return {
    profile: settings.profile,
    installed: webhook !== null,
    webhook,
    credentialsKnown: basic.length + headers.length > 0,
    others: listenersBeside(webhooks, webhook),
  };
}

export interface RemovedWebhook {
  profile: string;
  dryRun: boolean;
  /** False: Gladly had none. */
  removed: boolean;
  id: string | null;
  url: string | null;
}

/**
 * Disables the webhook, deletes it, and forgets its credentials. Repeating this changes nothing; a webhook at the URL
 * that gcsat did not make is left alone.
 *
 * @param url where the webhook is expected if the profile knows of none; null: nowhere.
 */
export async function removeWebhook(
  settings: Settings,
  context: ServiceContext,
  { url, dryRun }: { url: string | null; dryRun: boolean },
): Promise<RemovedWebhook> {
  const { webhook: known } = await storedWebhook(settings);
  return withClient(settings, context, async (client) => {
    const webhooks = await client.getWebhooks();
    const found = webhooks.find(({ id }) => id === known?.id) ?? expected(webhooks, known?.url ?? url, known);
    const webhook = found !== null && isOurs(found, settings, known) ? found : null;
    const result = { profile: settings.profile, dryRun, id: webhook?.id ?? null, url: webhook?.url ?? null };
    if (dryRun) return { ...result, removed: webhook !== null };
    const removed = webhook !== null && (await takeAway(client, webhook));
    // Forget the credentials last: until Gladly has, a server must still accept events that are on their way.
    if (known !== null) await storeWebhook(settings, null);
    return { ...result, removed };
  });
}

async function takeAway(client: GladlyClient, { id, enabled }: Webhook): Promise<boolean> {
  try {
    if (enabled) await client.updateWebhook(id, { enabled: false });
  } catch (error) {
    if (error instanceof Failure && error.kind === 'not_found') return false;
    throw error;
  }
  const outcome = await client.deleteWebhook(id);
  if (outcome !== 'enabled') return outcome === 'deleted';
  throw new Failure('temporary', 'webhook_still_enabled', `Gladly says that webhook ${id} is still enabled`, {
    hint: 'Run `gcsat webhook remove` again; somebody may have switched it on at the same time.',
  });
}
