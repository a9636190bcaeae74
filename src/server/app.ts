import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { isLoopback } from '../domain/values/loopback.ts';
import { webhookPath } from '../domain/values/webhook-path.ts';
import { errorFields } from '../workflow/context/error-fields.ts';
import { BodyIncomplete, BodyTooLarge, readBody, refuseUnread } from './body.ts';
import { limitKey, type AddressSet } from './client-address.ts';
import type { Exchange, ServerBindings } from './exchange.ts';
import { metricsHandler, readyHandler, type HealthParts } from './health.ts';
import { createLimiter, type Allowance } from './request-limits.ts';
import { routeOf } from './routes.ts';
import { webhookHandler, type WebhookParts } from './webhook.ts';

/** Why a visitor gets a notice: too many requests, too long an answer, an unknown address, a defect of gcsat. */
type NoticeKind = 'busy' | 'tooLarge' | 'notFound' | 'broken';

export interface AppParts extends WebhookParts, HealthParts {
  /** The survey pages and the files that they load. */
  pages: Hono;
  /** A page in the visitor's language that says what is wrong. */
  notice: (kind: NoticeKind, acceptLanguage: string | null) => string;
  trustedProxies: AddressSet;
}

const viewsOfToken: Allowance = { burst: 30, perMinute: 30 };
const postsOfToken: Allowance = { burst: 10, perMinute: 10 };
const pagesOfAddress: Allowance = { burst: 120, perMinute: 120 };
/** Mail providers unsubscribe on behalf of their users, many of them from few addresses. */
const unsubscribesOfAddress: Allowance = { burst: 1200, perMinute: 1200 };

/** Every address of the server, with its handler. */
export function createApp(parts: AppParts): Hono<ServerBindings> {
  const { pages, notice, log } = parts;
  const app = new Hono<ServerBindings>();

  const page = (c: Context<ServerBindings>, kind: NoticeKind, status: 404 | 413 | 429 | 500) =>
    c.html(notice(kind, c.req.header('accept-language') ?? null), status, { Vary: 'Accept-Language' });

  app.post(webhookPath, webhookHandler(parts));
  app.get('/healthz', (c) => c.json({ status: 'ok' }, 200));
  app.get('/readyz', readyHandler(parts));
  app.get('/metrics', metricsHandler(parts));

  const limited = pageLimits(parts, (c, waitSeconds) => {
    c.header('Retry-After', String(waitSeconds));
    return page(c, 'busy', 429);
  });
  app.use('/s/:token', limited, takeBody);
  app.use('/u/:token', limited, takeBody);
  app.route('/', pages);

  app.all(webhookPath, methodNotAllowed('POST'));
  for (const path of ['/healthz', '/readyz', '/metrics', '/assets/:file']) {
    app.on(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], path, methodNotAllowed('GET, HEAD'));
  }
  app.notFound((c) => (isForPeople(c) ? page(c, 'notFound', 404) : c.text('not found\n', 404)));

  app.onError(async (error, c) => {
    const { exchange } = c.env;
    const answersPages = isForPeople(c);
    if (error instanceof BodyIncomplete) return c.body(null, 400);
    if (error instanceof BodyTooLarge) {
      const text = answersPages
        ? notice('tooLarge', c.req.header('accept-language') ?? null)
        : JSON.stringify({ error: { code: 'body_too_large' } });
      const type = answersPages ? 'text/html; charset=UTF-8' : 'application/json';
      await refuseUnread(exchange, { status: 413, type, text });
      return RESPONSE_ALREADY_SENT;
    }
    log.error({ ...errorFields(error), route: routeOf(c.req.path) }, 'a request failed');
    return answersPages ? page(c, 'broken', 500) : c.json({ error: { code: 'internal_error' } }, 500);
  });
  return app;
}

function isForPeople(c: Context): boolean {
  const [, part] = c.req.path.split('/');
  return part === 's' || part === 'u' || (c.req.header('accept') ?? '').includes('text/html');
}

function methodNotAllowed(allow: string) {
  return (c: Context): Response => c.json({ error: { code: 'method_not_allowed' } }, 405, { Allow: allow });
}

/**
 * Limits the requests for each survey and from each address. Behind a proxy that is not configured, all visitors share
 * one address, so only the token counts.
 */
function pageLimits(
  { trustedProxies, clock }: AppParts,
  refuse: (c: Context<ServerBindings>, waitSeconds: number) => Response | Promise<Response>,
): MiddlewareHandler<ServerBindings> {
  const views = createLimiter(viewsOfToken, clock);
  const posts = createLimiter(postsOfToken, clock);
  const addresses = createLimiter(pagesOfAddress, clock);
  const unsubscribers = createLimiter(unsubscribesOfAddress, clock);

  const addressWait = ({ peer, address }: Exchange, isUnsubscribe: boolean): number | null => {
    const isShared = address === peer && (isLoopback(peer) || trustedProxies.has(peer));
    if (isShared) return null;
    return (isUnsubscribe ? unsubscribers : addresses).take(limitKey(address));
  };

  return async (c, next) => {
    const isPost = c.req.method === 'POST';
    const isUnsubscribe = isPost && c.req.path.startsWith('/u/');
    const wait = addressWait(c.env.exchange, isUnsubscribe) ?? (isPost ? posts : views).take(c.req.path);
    if (wait !== null) return refuse(c, wait);
    await next();
    return undefined;
  };
}

/** Gives the pages a body that has been read within its limit. */
const takeBody: MiddlewareHandler<ServerBindings> = async (c, next) => {
  if (c.req.method === 'POST') {
    const { url, method, headers } = c.req.raw;
    const body = new Uint8Array(await readBody(c.env.exchange));
    c.req.raw = new Request(url, { method, headers, body });
  }
  await next();
};
