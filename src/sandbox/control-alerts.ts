import { jsonBody, type Route } from './exchange.ts';
import type { Sandbox } from './server.ts';

/** Takes every alert, and shows those it took. */
export const controlAlertRoutes: readonly Route<Sandbox>[] = [
  {
    method: 'POST',
    pattern: '/_sandbox/alerts',
    handle({ alerts, world }, request) {
      jsonBody(request);
      const headers = Object.entries(request.headers).flatMap(([name, value]) =>
        name.startsWith('webhook-') && typeof value === 'string' ? [[name, value] as const] : [],
      );
      alerts.add({
        at: new Date(world.now()).toISOString(),
        headers: Object.fromEntries(headers),
        body: request.body.toString('utf8'),
      });
      return { status: 204 };
    },
  },
  {
    method: 'GET',
    pattern: '/_sandbox/alerts',
    handle: ({ alerts }) => ({ status: 200, json: alerts.entries() }),
  },
];
