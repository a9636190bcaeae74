import { problem } from './errors.ts';
import { jsonBody, type Route } from './exchange.ts';
import { refuse } from './reply.ts';
import type { Sandbox } from './server.ts';
import { readPace } from './webhooks/pace.ts';
import { shownWebhook } from './webhooks/webhook.ts';

function overview({ webhooks }: Sandbox): Record<string, unknown> {
  return {
    ...webhooks.deliveries.pace,
    ...webhooks.deliveries.outstanding(),
    webhooks: webhooks.all().map(shownWebhook),
  };
}

/** Shows the webhooks and their deliveries, and makes their retries come sooner. */
export const controlWebhookRoutes: readonly Route<Sandbox>[] = [
  {
    method: 'GET',
    pattern: '/_sandbox/webhooks',
    handle: (sandbox) => ({ status: 200, json: overview(sandbox) }),
  },
  {
    method: 'PUT',
    pattern: '/_sandbox/webhooks',
    handle: (sandbox, request) => {
      const pace = readPace(jsonBody(request));
      if (typeof pace === 'string') return refuse(400, problem('invalid', pace));
      const { deliveries } = sandbox.webhooks;
      deliveries.pace = { ...deliveries.pace, ...pace };
      return { status: 200, json: overview(sandbox) };
    },
  },
  {
    method: 'GET',
    pattern: '/_sandbox/webhooks/deliveries',
    handle: ({ webhooks }) => ({ status: 200, json: webhooks.deliveries.log() }),
  },
  {
    method: 'POST',
    pattern: '/_sandbox/webhooks/retry-now',
    handle: ({ webhooks }) => ({ status: 200, json: { retried: webhooks.deliveries.retryNow() } }),
  },
];
