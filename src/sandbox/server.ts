import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReceivedAlert } from './received-alert.ts';
import { Refusal } from './errors.ts';
import { matchRoute, type Request, type Route } from './exchange.ts';
import { delayOf, misfortuneOf, type Faults, type Strange } from './faults.ts';
import type { Company } from './medallia/company.ts';
import { isMedallia, medalliaRoutes } from './medallia/routes.ts';
import type { Reply } from './reply.ts';
import { apiToken, apiUserEmail } from './world/organization.ts';
import type { Random } from './random.ts';
import type { Limits } from './rate-limits.ts';
import type { Recent } from './recent.ts';
import type { Webhooks } from './webhooks/webhooks.ts';
import type { World } from './world/world.ts';

/** A request to the API, and how it was answered. */
export interface LoggedRequest {
  /** ISO 8601, UTC. */
  at: string;
  method: string;
  /** With the query. */
  path: string;
  /** Null when no answer was sent: the connection was reset, or hangs. */
  status: number | null;
}

export interface Sandbox {
  world: World;
  limits: Limits;
  faults: Faults;
  luck: Random;
  log: Recent<LoggedRequest>;
  webhooks: Webhooks;
  alerts: Recent<ReceivedAlert>;
  /** At Medallia Agent Connect. */
  company: Company;
}

const largestBody = 2_000_000;
const chunkLength = 16_000;
const reportPaths = ['/api/v1/reports', '/api/v1/reports/work-session-events'];

/** A Gladly that answers over HTTP: the API under /api, the controls for people and tests under /_sandbox. */
export function sandboxServer(
  sandbox: Sandbox,
  apiRoutes: readonly Route<World>[],
  controlRoutes: readonly Route<Sandbox>[],
): Server {
  let reportsRunning = 0;

  /** Lets the request take effect, and sends its events to the webhooks. */
  const perform = async <Context>(
    routes: readonly Route<Context>[],
    context: Context,
    request: Request,
  ): Promise<Reply> => {
    const found = matchRoute(routes, request.method, request.path);
    if (found === undefined) return { status: 404 };
    const reply = await guarded(() => found.route.handle(context, request, found.parameters));
    sandbox.webhooks.announce(sandbox.world.news.take());
    return reply;
  };

  const serveControl = async (request: Request, response: ServerResponse): Promise<void> =>
    send(response, await perform(controlRoutes, sandbox, request), false);

  const serveApi = async (request: Request, response: ServerResponse): Promise<void> => {
    const { limits, faults } = sandbox;
    if (!isAuthorized(request)) return send(response, { status: 401 }, false);
    const isReport = request.method === 'POST' && reportPaths.includes(request.path);
    const granted = isReport
      ? reportsRunning < limits.reportsAtOnce && limits.reports.take(limits.clock())
      : limits.all.take(limits.clock());
    response.setHeader('Ratelimit-Limit-Second', String(limits.all.limit));
    response.setHeader('Ratelimit-Remaining-Second', String(limits.all.remaining(limits.clock())));
    const tooMany: Reply = {
      status: 429,
      ...(faults.retryAfter === null ? {} : { headers: { 'Retry-After': String(faults.retryAfter) } }),
    };
    if (!granted) return send(response, tooMany, false);
    if (isReport) {
      reportsRunning += 1;
      response.once('close', () => (reportsRunning -= 1));
    }
    return answer(response, tooMany, () => perform(apiRoutes, sandbox.world, request));
  };

  /** The rate limits of Agent Connect are in its routes. */
  const serveMedallia = (request: Request, response: ServerResponse): Promise<void> =>
    answer(response, { status: 429 }, () => perform(medalliaRoutes, sandbox.company, request));

  const answer = async (
    response: ServerResponse,
    tooMany: Reply,
    effect: () => Promise<Reply>,
  ): Promise<void> => {
    const { faults, luck } = sandbox;
    const misfortune = misfortuneOf(faults, luck);
    const delay = delayOf(faults, luck);
    if (delay > 0) await sleep(delay);
    if (misfortune.kind === 'rate_limited') return send(response, tooMany, false);
    switch (misfortune.kind) {
      case 'strange':
        return sendStrange(response, faults.strange);
      case 'none':
      case 'cut':
        return send(response, await effect(), misfortune.kind === 'cut');
      case 'server_error':
        if (misfortune.afterEffect) await effect();
        return send(response, { status: luck.pick([500, 502, 503]) }, false);
      case 'reset':
        if (misfortune.afterEffect) await effect();
        response.socket?.resetAndDestroy();
        return;
      case 'hang':
        if (misfortune.afterEffect) await effect();
    }
  };

  return createServer((incoming, response) => {
    const [path = '', query = ''] = (incoming.url ?? '').split(/\?(.*)/s);
    const method = incoming.method ?? '';
    const at = new Date(sandbox.world.now()).toISOString();
    const isControl = path === '/' || path.startsWith('/_sandbox/');
    response.once('close', () => {
      if (isControl) return;
      const status = response.headersSent ? response.statusCode : null;
      sandbox.log.add({ at, method, path: incoming.url ?? '', status });
    });
    readBody(incoming)
      .then((body) => {
        const request: Request = {
          method,
          path,
          query: new URLSearchParams(query),
          headers: incoming.headers,
          body,
        };
        if (isControl) return serveControl(request, response);
        return isMedallia(path) ? serveMedallia(request, response) : serveApi(request, response);
      })
      // The client is gone, or its body was too large: no answer is possible.
      .catch(() => response.destroy());
  });
}

/** A refusal becomes the contract's error. Any other error is a sandbox defect and must not look like a fault. */
async function guarded(handle: () => Reply | Promise<Reply>): Promise<Reply> {
  try {
    return await handle();
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, json: { errors: error.problems } };
    return { status: 500, body: `a defect of the sandbox: ${String(error)}` };
  }
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new RangeError('the request body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function isAuthorized(request: Request): boolean {
  const match = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(request.headers.authorization ?? '');
  return (
    match !== null && Buffer.from(match[1] ?? '', 'base64').toString('utf8') === `${apiUserEmail}:${apiToken}`
  );
}

/** Sends the reply. With `cut`, the connection breaks after half of it. */
async function send(response: ServerResponse, reply: Reply, cut: boolean): Promise<void> {
  response.statusCode = reply.status;
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (reply.lines !== undefined) return sendLines(response, reply.lines, cut);
  if (reply.json !== undefined && !response.hasHeader('Content-Type'))
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
  const body =
    reply.json === undefined ? Buffer.from(reply.body ?? '') : Buffer.from(JSON.stringify(reply.json));
  response.setHeader('Content-Length', body.length);
  if (!cut || body.length === 0) {
    response.end(body);
    return;
  }
  await new Promise((resolve) => response.write(body.subarray(0, Math.floor(body.length / 2)), resolve));
  response.destroy();
}

const strangeBodies: Record<Exclude<Strange, 'endless'>, [type: string, body: string]> = {
  empty: ['text/csv', ''],
  blank: ['text/csv', '\r\n\r\n'],
  text: ['text/plain', 'Unexpected error occurred\n'],
  page: ['text/html', '<html>\n<body>Down for maintenance</body>\n</html>\n'],
  error: ['application/json', '{"errors":[{"code":"temporary_failure","detail":"try later"}]}'],
};

/** Answers 200 with something other than what was asked for, as Gladly and the proxies before it sometimes do. */
async function sendStrange(response: ServerResponse, strange: Strange): Promise<void> {
  if (strange !== 'endless') {
    const [type, body] = strangeBodies[strange];
    return send(response, { status: 200, headers: { 'Content-Type': type }, body }, false);
  }
  response.writeHead(200, { 'Content-Type': 'text/plain' }).write('\n');
  const beat = setInterval(() => response.write('\n'), 3000);
  response.once('close', () => clearInterval(beat));
}

/** Sends the lines as they come, several to a chunk. With `cut`, the connection breaks within the first chunk. */
async function sendLines(response: ServerResponse, lines: Iterable<string>, cut: boolean): Promise<void> {
  const write = (text: string): Promise<unknown> => new Promise((resolve) => response.write(text, resolve));
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length < chunkLength) continue;
    if (cut || response.destroyed) break;
    await write(chunk);
    chunk = '';
  }
  if (!cut) {
    response.end(chunk);
    return;
  }
  await write(chunk.slice(0, Math.ceil(chunk.length / 2)));
  response.destroy();
}
