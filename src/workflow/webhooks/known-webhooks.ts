import type { StoredWebhook } from '../../config/profiles.ts';
import type { Settings } from '../../config/settings.ts';
import { isSameUrl, type Webhook } from '../../gladly/resources/webhooks.ts';

export type WebhookSummary = Pick<Webhook, 'id' | 'name' | 'url' | 'events' | 'enabled'>;

export const nameOf = ({ profile }: Settings): string =>
  profile === 'default' ? 'gcsat' : `gcsat ${profile}`;

/** Made by gcsat, going by its id or its name: a run may have been stopped before it learned the id. */
export function isOurs({ id, name }: Webhook, settings: Settings, known: StoredWebhook | null): boolean {
  return id === known?.id || name === nameOf(settings);
}

/** The webhook at the URL, else the webhook that the profile remembers. */
export function expected(
  webhooks: readonly Webhook[],
  url: string | null,
  known: StoredWebhook | null,
): Webhook | null {
  return (
    (url === null ? undefined : webhooks.find((webhook) => isSameUrl(webhook.url, url))) ??
    webhooks.find(({ id }) => id === known?.id) ??
    (known === null ? undefined : webhooks.find((webhook) => isSameUrl(webhook.url, known.url))) ??
    null
  );
}

export function listenersBeside(webhooks: readonly Webhook[], found: Webhook | null): WebhookSummary[] {
  return webhooks
    .filter(({ id, events }) => id !== found?.id && events.includes('CONVERSATION/CLOSED'))
    .map(({ id, name, url, events, enabled }) => ({ id, name, url, events, enabled }));
}
