import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { Failure } from '../failure.ts';
import { largestBody, refuseUnread } from './body.ts';
import { clientAddress, isLoopback, plainAddress, type AddressSet } from './client-address.ts';
import { watchConnections, type ConnectionLimits } from './connections.ts';
import type { Exchange, ServerBindings } from './exchange.ts';
import type { ServerLog } from './log.ts';
import { methodOf, pathOf, routeOf, targetProblem, type Route } from './routes.ts';
import { failureFields } from './webhook.ts';

/** Milliseconds and counts. */
export interface ListenLimits extends ConnectionLimits {
  /** From the first byte of a request to the end of its head. */
  headMs: number;
  /** To the end of its body: 25,000 characters over a bad connection. */
  requestMs: number;
  /** From the head to the end of the answer, however slowly it is read. */
  answerMs: number;
  /** Between two requests. */
  idleMs: number;
  /** For requests in flight when the server closes. */
  closeMs: number;
}

const usual: ListenLimits = {
  headMs: 10_000,
  requestMs: 30_000,
  answerMs: 60_000,
  idleMs: 15_000,
  closeMs: 5000,
  most: 2000,
  mostOfOne: 100,
  mostRequests: 10_000,
};

const largestHeadBytes = 16 * 1024;
/** Connections that the system keeps for us while a write to the disk takes its time; a lost one is tried again late. */
const mostWaiting = 2048;
/** When the server closes, half a head of a request is given so long to become a whole one. */
const halfHeadMs = 500;

export interface Listening {
  /** E.g. `http://127.0.0.1:8080`. */
  origin: string;
  /** Takes nothing new, ends what is in flight within its time, and cuts off the rest. */
  close(): Promise<void>;
}

export interface ListenParts {
  app: Hono<ServerBindings>;
  headers: Record<string, string>;
  trustedProxies: AddressSet;
  log: ServerLog;
  observe: (route: Route, status: number | null, seconds: number) => void;
}

/**
 * Serves the app over HTTP. Every response has the headers, those too that Node's parser makes necessary.
 *
 * @throws Failure kind usage when the port cannot be had.
 */
export async function listen(
  parts: ListenParts,
  { host, port }: { host: string; port: number },
  changed: Partial<ListenLimits> = {},
): Promise<Listening> {
  const limits = { ...usual, ...changed };
  const server = createServer({
    maxHeaderSize: largestHeadBytes,
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: Math.min(1000, limits.headMs / 2),
    // Node would refuse without our headers.
    requireHostHeader: false,
  });
  const isShared = (address: string): boolean => isLoopback(address) || parts.trustedProxies.has(address);
  const connections = watchConnections(server, limits, isShared);
  let isClosing = false;
  const handle = requestHandler(parts, limits, (socket, outgoing) => {
    connections.begin(socket, outgoing);
    if (isClosing) outgoing.shouldKeepAlive = false;
  });
  server.on('request', handle);
  // Told apart so that a body that will be refused is not asked for.
  server.on('checkContinue', handle);
  server.on('checkExpectation', handle);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
    answerClientError(error, socket, parts.headers),
  );
  // Connections over HTTP/1.1 are all that is spoken here; an offer to upgrade may be ignored (RFC 9110, 7.8).
  server.on('connect', (_: IncomingMessage, socket: Socket) => socket.destroy());

  await start(server, host, port);
  return {
    origin: originOf(server),
    async close() {
      isClosing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      connections.finish();
      const timers = [
        setTimeout(() => connections.endIdle(), halfHeadMs),
        setTimeout(() => connections.endAll(), limits.closeMs),
      ];
      await closed;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function requestHandler(
  { app, headers, trustedProxies, log, observe }: ListenParts,
  limits: ListenLimits,
  begin: (socket: Socket, outgoing: ServerResponse) => void,
): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  const exchanges = new WeakMap<IncomingMessage, Exchange>();
  let warnedOfProxy = false;
  const serveApp = getRequestListener(
    (request, { incoming }) => app.fetch(request, { exchange: exchanges.get(incoming as IncomingMessage) }),
    {
      hostname: 'localhost',
      overrideGlobalObjects: false,
      autoCleanupIncoming: false,
      errorHandler: (error) => {
        log.warn(failureFields(error), 'a request could not be read');
        return new Response('bad request\n', { status: 400 });
      },
    },
  );

  return (incoming, outgoing) => {
    const { socket } = incoming;
    for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
    begin(socket, outgoing);
    // An unread body of unknown length would have to be read to its end before the next request.
    const mayGoOn = outgoing.shouldKeepAlive;
    if (incoming.headers['transfer-encoding'] !== undefined) outgoing.shouldKeepAlive = false;

    const peer = plainAddress(socket.remoteAddress ?? '');
    const forwardedFor = incoming.headers['x-forwarded-for'];
    const forwarded = Array.isArray(forwardedFor) ? forwardedFor.join(',') : forwardedFor;
    const exchange: Exchange = {
      incoming,
      outgoing,
      peer,
      address: clientAddress(peer, forwarded, trustedProxies),
      isForwarded: ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via', 'x-forwarded-host'].some(
        (name) => incoming.headers[name] !== undefined,
      ),
      expectsContinue: /^100-continue$/i.test(incoming.headers.expect ?? ''),
      bytesIn: 0,
      isAnswered: false,
      bodyIsRead: () => {
        if (mayGoOn && !outgoing.headersSent) outgoing.shouldKeepAlive = true;
      },
    };
    exchanges.set(incoming, exchange);
    if (forwarded !== undefined && !warnedOfProxy && !trustedProxies.has(peer)) {
      warnedOfProxy = true;
      log.warn(
        { hint: 'name the proxy with --trust-proxy, if it is one' },
        'X-Forwarded-For of a peer that is no trusted proxy is not heeded',
      );
    }
    account(exchange, limits.answerMs, log, observe);

    const refusal = refusalOf(exchange);
    if (refusal !== null) {
      const text = `{"error":{"code":"${refusal.code}"}}`;
      void refuseUnread(exchange, { status: refusal.status, type: 'application/json', text });
      return;
    }
    // What a client writes there must not get into any address that we make.
    incoming.headers.host = 'localhost';
    void serveApp(incoming, outgoing);
  };
}

/** What is refused by the look of its head. */
function refusalOf({ incoming, expectsContinue }: Exchange): { status: number; code: string } | null {
  const problem = targetProblem(incoming.url ?? '');
  if (problem === 414) return { status: 414, code: 'address_too_long' };
  if (problem === 404) return { status: 404, code: 'not_found' };
  const isVersion11 = incoming.httpVersionMajor === 1 && incoming.httpVersionMinor === 1;
  if (problem === 400 || (isVersion11 && incoming.headers.host === undefined)) {
    return { status: 400, code: 'bad_request' };
  }
  if (incoming.headers.expect !== undefined && !expectsContinue) {
    return { status: 417, code: 'expectation_failed' };
  }
  if (Number(incoming.headers['content-length'] ?? 0) > largestBody) {
    return { status: 413, code: 'body_too_large' };
  }
  return null;
}

/** Notes how the exchange ended, and ends it when the answer is read too slowly. */
function account(
  exchange: Exchange,
  answerMs: number,
  log: ServerLog,
  observe: ListenParts['observe'],
): void {
  const { incoming, outgoing } = exchange;
  const { socket } = incoming;
  const began = performance.now();
  const writtenBefore = socket.bytesWritten;
  const route = routeOf(pathOf(incoming.url ?? ''));
  const late = setTimeout(() => socket.destroy(), answerMs);
  outgoing.once('close', () => {
    clearTimeout(late);
    const milliseconds = performance.now() - began;
    const status = outgoing.writableFinished || exchange.isAnswered ? outgoing.statusCode : null;
    observe(route, status, milliseconds / 1000);
    const isProbe = route === '/healthz' || route === '/readyz' || route === '/metrics';
    if (isProbe && status !== null && status < 400) return;
    log.info(
      {
        method: methodOf(incoming.method),
        route,
        status,
        ms: Math.round(milliseconds * 10) / 10,
        bytesIn: exchange.bytesIn,
        bytesOut: socket.bytesWritten - writtenBefore,
      },
      'request',
    );
  });
}

/** What Node's parser could not read, or did not get in time. */
function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
  headers: Record<string, string>,
): void {
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  // Of an answer that has begun, a second one would look like its rest.
  const begun = (socket as Socket & { _httpMessage?: ServerResponse | null })._httpMessage;
  if (!socket.writable || begun?.headersSent === true || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const lines = Object.entries({ ...headers, Connection: 'close', 'Content-Length': '0' });
  const head = lines.map(([name, value]) => `${name}: ${value}`).join('\r\n');
  socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n\r\n`, () => socket.destroy());
}

async function start(server: Server, host: string, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, backlog: mostWaiting }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'the port is in use' : `the system says ${code}`;
    throw new Failure('usage', 'cannot_listen', `cannot listen on ${host} port ${port}: ${why}`, {
      hint: 'choose another --port (0: any that is free) or --host, or end the program that uses it',
      cause: error,
    });
  }
}

function originOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
