import { createMetrics } from '../../../src/server/metrics.ts';
import type { PageBrand } from '../../../src/html/brand.ts';
import { startServer } from '../../../src/server/start.ts';
import type { SurveyDesk } from '../../../src/workflow/serving/survey-desk.ts';

/** The server with the test's desk, on its own loopback port. */
export async function startPages(
  desk: SurveyDesk,
  brand: PageBrand = { color: null, logo: null },
): Promise<{ origin: string; close(): Promise<void> }> {
  const silent = (): void => undefined;
  return startServer(
    {
      desk,
      brand,
      intake: { accept: async () => 'stored' },
      credentials: async () => ({ basic: [], headers: [] }),
      ready: async () => undefined,
      figures: async () => ({
        pause: null,
        fullUntil: null,
        due: 0,
        oldestDueAt: null,
        states: { pending: 0, scheduled: 0, sending: 0, uncertain: 0, failed: 0 },
        cardsMissing: 0,
        alertsDue: 0,
        reminders: { due: 0, uncertain: 0, failed: 0 },
        lookedUntil: null,
        oldestClaimAt: null,
        medalliaReadAt: null,
        counts: { count: 0, failed: 0, oldestAt: null, uncertain: 0, leftOut: 0 },
      }),
      requests: () => ({ gladly: 0, retried: 0, rateLimited: 0, byOperation: {} }),
      medalliaRequests: () => null,
      language: 'en',
      publicUrl: null,
      trustedProxies: [],
      metricsReaders: [],
      metrics: await createMetrics(),
      clock: Date.now,
      log: { debug: silent, info: silent, warn: silent, error: silent },
    },
    { host: '127.0.0.1', port: 0 },
  );
}
