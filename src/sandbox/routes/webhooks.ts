import { Refusal } from '../errors.ts';
import { jsonBody, type Route } from '../exchange.ts';
import { notFound } from '../reply.ts';
import { shownWebhook } from '../webhooks/webhook.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';

/** Reads, creates, changes and deletes webhooks. */
export function webhookRoutes(webhooks: Webhooks): readonly Route<unknown>[] {
  return [
    {
      method: 'GET',
      pattern: '/api/v1/webhooks',
      handle: () => ({ status: 200, json: webhooks.all().map(shownWebhook) }),
    },
    {
      method: 'POST',
      pattern: '/api/v1/webhooks',
      handle: async (_world, request) => {
        const { id } = await webhooks.create(jsonBody(request));
        return { status: 201, headers: { Location: `/api/v1/webhooks/${id}` } };
      },
    },
    {
      method: 'GET',
      pattern: '/api/v1/webhooks/:webhookId',
      handle: (_world, _request, { webhookId = '' }) => {
        const webhook = webhooks.find(webhookId);
        return webhook === undefined ? notFound : { status: 200, json: shownWebhook(webhook) };
      },
    },
    {
      method: 'PATCH',
      pattern: '/api/v1/webhooks/:webhookId',
      handle: async (_world, request, { webhookId = '' }) => {
        try {
          return (await webhooks.change(webhookId, jsonBody(request))) ? { status: 204 } : notFound;
        } catch (error) {
          // The contract states error bodies for creating a webhook, but none for changing it.
          if (error instanceof Refusal) return { status: error.status };
          throw error;
        }
      },
    },
    {
      method: 'DELETE',
      pattern: '/api/v1/webhooks/:webhookId',
      handle: (_world, _request, { webhookId = '' }) => ({
        status: { removed: 204, enabled: 400, unknown: 404 }[webhooks.remove(webhookId)],
      }),
    },
  ];
}
