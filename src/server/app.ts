import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { isLoopback } from '../domain/values/loopback.ts';
import type { TokenPurpose } from '../domain/survey/token.ts';
import { webhookPath } from '../domain/values/webhook-path.ts';
import { errorFields } from '../workflow/context/error-fields.ts';
import { BodyIncomplete, bodyRoom, BodyTooLarge, BodyTooSlow, readBody, refuseUnread } from './body.ts';
import { limitKey, type AddressSet } from './client-address.ts';
import { acceptedCodings, unpacked } from './content-coding.ts';
import type { Exchange, ServerBindings } from './exchange.ts';
import { metricsHandler, readyHandler, type HealthParts } from './health.ts';
import { createLimiter, type Allowance, type Limiter } from './request-limits.ts';
import { routeOf } from './routes.ts';
import { webhookHandler, type WebhookParts } from './webhook.ts';

/** Why a visitor gets a notice: too many requests, too long an answer, an unknown path, a defect of gcsat. */
type NoticeKind = 'busy' | 'tooLarge' | 'notFound' | 'broken';

export interface AppParts extends WebhookParts, HealthParts {
  /** The survey pages and the files that they load. */
  pages: Hono;
  /** Whether a link is ours, judged by its signature. */
  isOurs: (purpose: TokenPurpose, token: string) => Promise<boolean>;
  /** The page for every link that leads nowhere. */
  closedPage: (c: Context) => Promise<Response>;
  /** A page in the visitor's language that explains the problem. */
  notice: (kind: NoticeKind, acceptLanguage: string | null) => string;
  trustedProxies: AddressSet;
}

const viewsOfToken: Allowance = { burst: 30, perMinute: 30 };
const postsOfToken: Allowance = { burst: 10, perMinute: 10 };
const pagesOfAddress: Allowance = { burst: 120, perMinute: 120 };
/** Mail providers unsubscribe on behalf of their users, often many users from few addresses. */
const unsubscribesOfAddress: Allowance = { burst: 1200, perMinute: 1200 };
/** A page loads three files, and browsers cache them. */
const othersOfAddress: Allowance = { burst: 600, perMinute: 600 };
/** For answers that are arriving, from all customers together; webhooks have their own memory. */
const bytesOfAnswers = 8 * 1024 * 1024;

/** Every route of the server, with its handler. */
export function createApp(parts: AppParts): Hono<ServerBindings> {
  const { pages, notice, log } = parts;
  const app = new Hono<ServerBindings>();

  const page = (c: Context<ServerBindings>, kind: NoticeKind, status: 404 | 408 | 413 | 429 | 500) =>
    c.html(notice(kind, c.req.header('accept-language') ?? null), status, { Vary: 'Accept-Language' });

  const limits = requestLimits(parts);
  const takeWebhook = webhookHandler(parts);
  // To Gladly, a redirect would be a failed delivery.
  app.post(webhookPath, takeWebhook).post(`${webhookPath}/`, takeWebhook);
  app.use('*', limits.others);
  app.get('/healthz', (c) => c.json({ status: 'ok' }, 200));
  app.get('/readyz', readyHandler(parts));
  app.get('/metrics', metricsHandler(parts));

  const limited = limits.pages((c, waitSeconds) => {
    c.header('Retry-After', String(waitSeconds));
    return page(c, 'busy', 429);
  });
  const takeBody = bodyTaker(parts);
  app.use('/s/:token', limited, takeBody('survey'));
  app.use('/u/:token', limited, takeBody('unsubscribe'));
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
    if (error instanceof BodyTooSlow) return unread(exchange, page(c, 'busy', 408));
    if (error instanceof BodyTooLarge) {
      const refusal = answersPages
        ? page(c, 'tooLarge', 413)
        : c.json({ error: { code: 'body_too_large' } }, 413);
      return unread(exchange, refusal);
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
function requestLimits({ trustedProxies, clock }: AppParts) {
  const views = createLimiter(viewsOfToken, clock);
  const posts = createLimiter(postsOfToken, clock);
  const addresses = createLimiter(pagesOfAddress, clock);
  const unsubscribers = createLimiter(unsubscribesOfAddress, clock);
  const others = createLimiter(othersOfAddress, clock);

  const addressWait = ({ peer, address }: Exchange, limiter: Limiter): number | null => {
    const isShared = address === peer && (isLoopback(peer) || trustedProxies.has(peer));
    return isShared ? null : limiter.take(limitKey(address));
  };

  const otherRequests: MiddlewareHandler<ServerBindings> = async (c, next) => {
    const route = routeOf(c.req.path);
    const isPage = route === '/s/:token' || route === '/u/:token';
    const wait = isPage ? null : addressWait(c.env.exchange, others);
    if (wait !== null) return c.text('too many requests\n', 429, { 'Retry-After': String(wait) });
    await next();
    return undefined;
  };

  const pages =
    (
      refuse: (c: Context<ServerBindings>, waitSeconds: number) => Response | Promise<Response>,
    ): MiddlewareHandler<ServerBindings> =>
    async (c, next) => {
      const isPost = c.req.method === 'POST';
      const ofAddress = isPost && c.req.path.startsWith('/u/') ? unsubscribers : addresses;
      const wait = addressWait(c.env.exchange, ofAddress) ?? (isPost ? posts : views).take(c.req.path);
      if (wait !== null) return refuse(c, wait);
      await next();
      return undefined;
    };
  return { others: otherRequests, pages };
}

/** Gives the pages a body that was read within its limit, and only for links of ours. */
function bodyTaker({ isOurs, closedPage }: AppParts) {
  const room = bodyRoom(bytesOfAnswers);
  return (purpose: TokenPurpose): MiddlewareHandler<ServerBindings, '/:token'> =>
    async (c, next) => {
      const { exchange } = c.env;
      if (c.req.method === 'POST') {
        if (!(await isOurs(purpose, c.req.param('token')))) return unread(exchange, await closedPage(c));
        const { url, method, headers } = c.req.raw;
        exchange.givesWay = true;
        const body = await unpacked(await readBody(exchange, room), headers.get('content-encoding') ?? '');
        exchange.givesWay = false;
        if (body === 'unknown coding') return c.body(null, 415, { 'Accept-Encoding': acceptedCodings });
        if (body === 'malformed') return c.body(null, 400);
        c.req.raw = new Request(url, { method, headers, body: new Uint8Array(body) });
      }
      await next();
      return undefined;
    };
}

/** Sends an answer before the body of its request has been read. */
async function unread(exchange: Exchange, answer: Response | Promise<Response>): Promise<Response> {
  const response = await answer;
  const { status } = response;
  const headers = Object.fromEntries(response.headers);
  await refuseUnread(exchange, { status, headers, text: await response.text() });
  return RESPONSE_ALREADY_SENT;
}
