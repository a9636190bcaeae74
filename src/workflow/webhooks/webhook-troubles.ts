import { localTime } from '../../domain/values/local-time.ts';
import type { WebhookSummary } from './known-webhooks.ts';
import type { WebhookStatus } from './webhook-registration.ts';

/** Something about the webhook that keeps closings from arriving. */
export interface WebhookTrouble {
  code: string;
  what: string;
  /** What to do, worded to follow a semicolon. */
  next: string;
}

const again = 'run `gcsat webhook install` again';

/** Why Gladly sends nothing. */
export function registrationTrouble({ webhook }: Pick<WebhookStatus, 'webhook'>): WebhookTrouble | null {
  if (webhook === null || webhook.enabled) return null;
  const { deactivatedAt } = webhook;
  const next = `start \`gcsat serve\`, then ${again}`;
  if (deactivatedAt === null) return { code: 'webhook_disabled', what: 'the webhook is disabled', next };
  return {
    code: 'webhook_deactivated',
    what: `Gladly deactivated the webhook at ${localTime(deactivatedAt, null)}, because it got no answer for more than an hour`,
    next: `${next}. gcsat finds the closings in between by itself`,
  };
}

/** Why Gladly's events are the wrong ones, or would be refused. */
export function eventTroubles({ webhook, credentialsKnown }: WebhookStatus): WebhookTrouble[] {
  if (webhook === null) return [];
  const { events, hasCredentials, headerKeys } = webhook;
  const troubles: WebhookTrouble[] = [];
  if (!events.includes('CONVERSATION/CLOSED')) {
    troubles.push({
      code: 'webhook_without_closings',
      what: 'the webhook does not receive closings',
      next: again,
    });
  }
  if (!hasCredentials && headerKeys.length === 0) {
    troubles.push({
      code: 'webhook_without_credentials',
      what: 'Gladly sends no credentials, so `gcsat serve` refuses its events',
      next: again,
    });
  }
  if (!credentialsKnown) {
    troubles.push({
      code: 'webhook_credentials_unknown',
      what: 'no credentials of the webhook are known here',
      next: `${again}, or set GCSAT_WEBHOOK_PASSWORD`,
    });
  }
  return troubles;
}

/** Other flows, such as the vendor's, may survey the same customers. */
export function otherListeners(others: readonly WebhookSummary[]): string[] {
  return others
    .filter(({ enabled }) => enabled)
    .map(
      ({ id, name, url }) =>
        `webhook ${name ?? id} at ${url} also receives closings; if it sends surveys, customers get two`,
    );
}
