import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { responseHeaders } from '../../../src/server/headers.ts';
import type { PageBrand } from '../../../src/server/pages/brand.ts';
import { pageRoutes } from '../../../src/server/pages/pages.ts';
import type { SmallDesk } from './small-desk.ts';

/** The pages on a loopback port, with the headers that the server gives to every response. */
export interface PageServer {
  origin: string;
  close(): Promise<void>;
}

export async function startPages(
  desk: SmallDesk,
  brand: PageBrand = { color: null, logo: null },
): Promise<PageServer> {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(responseHeaders(null))) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    }
  });
  app.route('/', pageRoutes({ desk, brand, language: 'en', clock: Date.now, onAnswer: () => undefined }));
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
      resolve({
        origin: `http://127.0.0.1:${port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      });
    });
  });
}
