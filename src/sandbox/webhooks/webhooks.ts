import { problem, Refusal } from '../errors.ts';
import type { JsonObject } from '../exchange.ts';
import type { Faults } from '../faults.ts';
import type { Random } from '../random.ts';
import type { StoryEvent } from '../world/story.ts';
import { deliveriesOf, type Deliveries } from './deliveries.ts';
import {
  changedValues,
  newWebhook,
  webhookProblems,
  webhooksLimit,
  type Webhook,
  type WebhookValues,
} from './webhook.ts';

/** All webhooks of the organization, and what is sent to them. */
export interface Webhooks {
  readonly deliveries: Deliveries;
  all(): Webhook[];
  find(id: string): Webhook | undefined;
  /** Rejects with a Refusal. */
  create(body: JsonObject): Promise<Webhook>;
  /** False when there is no such webhook. If it rejects with a Refusal, nothing has changed. */
  change(id: string, body: JsonObject): Promise<boolean>;
  /** Only a disabled webhook can be removed. */
  remove(id: string): 'removed' | 'enabled' | 'unknown';
  /** Sends each event to the webhooks that subscribed to it. */
  announce(events: readonly StoryEvent[]): void;
}

export function webhooksOf(options: {
  now: () => number;
  newId: () => string;
  faults: () => Faults;
  luck: Random;
}): Webhooks {
  const { now, newId, faults, luck } = options;
  const webhooks = new Map<string, Webhook>();

  const deliveries = deliveriesOf({
    now,
    faults,
    luck,
    exhausted: (webhook) => {
      if (!webhook.enabled) return;
      Object.assign(webhook, { enabled: false, disabledAtDueToRetryLimit: now(), updatedAt: now() });
      deliveries.giveUp(webhook);
    },
  });

  const refuseWrong = (body: JsonObject): void => {
    const problems = webhookProblems(body);
    if (problems.length > 0) throw new Refusal(400, problems);
  };
  const refuseTaken = (id: string, url: string): void => {
    if ([...webhooks.values()].some((other) => other.id !== id && other.url === url))
      throw new Refusal(400, [problem('taken', 'url is already in use by a webhook', 'url')]);
  };
  const refuseTooMany = (): void => {
    if (webhooks.size >= webhooksLimit)
      throw new Refusal(400, [problem('invalid', `there are already ${webhooksLimit} webhooks`)]);
  };
  const pinged = async (id: string, values: WebhookValues): Promise<void> => {
    if (!(await deliveries.ping({ id, ...values })))
      throw new Refusal(400, [problem('invalid', 'the webhook did not answer the PING with 200', 'url')]);
  };

  return {
    deliveries,
    all: () => [...webhooks.values()],
    find: (id) => webhooks.get(id),
    create: async (body) => {
      refuseWrong(body);
      const missing = ['url', 'events'].filter((name) => !(name in body));
      if (missing.length > 0)
        throw new Refusal(
          400,
          missing.map((name) => problem('blank', `${name} cannot be blank`, name)),
        );
      const values = changedValues(newWebhook, body);
      const id = newId();
      refuseTooMany();
      refuseTaken(id, values.url);
      if (values.enabled) {
        await pinged(id, values);
        // Another request may have created a webhook meanwhile.
        refuseTooMany();
        refuseTaken(id, values.url);
      }
      const at = now();
      const webhook = { id, ...values, createdAt: at, updatedAt: at, disabledAtDueToRetryLimit: null };
      webhooks.set(id, webhook);
      return webhook;
    },
    change: async (id, body) => {
      const webhook = webhooks.get(id);
      if (webhook === undefined) return false;
      refuseWrong(body);
      const values = changedValues(webhook, body);
      refuseTaken(id, values.url);
      if ((values.enabled && !webhook.enabled) || values.url !== webhook.url) {
        await pinged(id, values);
        if (!webhooks.has(id)) return false;
        refuseTaken(id, values.url);
      }
      const { disabledAtDueToRetryLimit } = webhook;
      Object.assign(webhook, changedValues(webhook, body), {
        updatedAt: now(),
        disabledAtDueToRetryLimit: values.enabled ? null : disabledAtDueToRetryLimit,
      });
      if (!webhook.enabled) deliveries.giveUp(webhook);
      return true;
    },
    remove: (id) => {
      const webhook = webhooks.get(id);
      if (webhook === undefined) return 'unknown';
      if (webhook.enabled) return 'enabled';
      webhooks.delete(id);
      return 'removed';
    },
    announce: (events) => {
      for (const event of events)
        for (const webhook of webhooks.values())
          if (webhook.enabled && webhook.events.includes(event.type)) deliveries.send(webhook, event);
    },
  };
}
