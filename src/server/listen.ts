import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { isLoopback } from '../domain/values/loopback.ts';
import { Failure } from '../failure.ts';
import { watchConnections, type ConnectionLimits, type EndedFor } from './connections.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { openFilesAllowed, withinOpenFiles } from './open-files.ts';
import { requestHandler, type RequestParts } from './requests.ts';
import { answerClientError, refuseTunnel } from './socket-answers.ts';

export interface ListenLimits extends ConnectionLimits {
  /** From the first byte of a request to the end of its head. */
  headMs: number;
  /** From the first byte of a request to the end of its body, e.g. 25,000 characters over a bad connection. */
  requestMs: number;
  /** From the end of the head to the end of the answer, however slowly it is read. */
  answerMs: number;
  /** Between two requests on one connection. */
  idleMs: number;
  /** For requests in flight to finish after the server was told to close. */
  closeMs: number;
}

const usual: ListenLimits = {
  headMs: 10_000,
  requestMs: 30_000,
  answerMs: 60_000,
  // Longer than the proxies in front keep an idle connection: 60 s nginx and HAProxy, 120 s Caddy. The side that
  // sends requests must be the one that closes it.
  idleMs: 130_000,
  closeMs: 5000,
  most: 2000,
  mostOfOne: 100,
  mostRequests: 10_000,
};

const minuteMs = 60_000;
const largestHeadBytes = 16 * 1024;
/** Connections that the system queues during a slow write to disk; clients are slow to retry a dropped connection. */
const mostWaiting = 2048;
/** How long an incomplete request head has to be completed when the server closes. */
const halfHeadMs = 500;

export interface Listening {
  /** E.g. `http://127.0.0.1:8080`. */
  origin: string;
  /** Accepts nothing new, lets requests in flight finish within the time limit, and cuts off the rest. */
  close(): Promise<void>;
}

/** Where to listen: at an address, or on a socket that already listens and was passed to this process. */
export interface ListenPlace {
  host: string;
  /** 0: any free port. */
  port: number;
  /** The socket's descriptor, which takes precedence over the address. */
  passed?: number | null;
}

/**
 * Serves the app over HTTP. Every response has the headers, even a response to a request that Node's parser rejects.
 *
 * @throws Failure `cannot_listen` of kind usage if the address or the port is not available
 */
export async function listen(
  parts: RequestParts & { connectionEnded: (why: EndedFor) => void },
  at: ListenPlace,
  changed: Partial<ListenLimits> = {},
): Promise<Listening> {
  const wanted = { ...usual, ...changed };
  const limits = withinOpenFiles(wanted, openFilesAllowed());
  if (limits.most < wanted.most) {
    parts.log.warn(
      { connections: limits.most, hint: 'Allow more open files, e.g. LimitNOFILE=4096 in the systemd unit.' },
      'allowing fewer connections than usual, because this process may open only a few files',
    );
  }
  const server = createServer({
    maxHeaderSize: largestHeadBytes,
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: Math.min(1000, limits.headMs / 2),
    // Node's own refusal would lack our headers.
    requireHostHeader: false,
  });
  const isShared = (address: string): boolean => isLoopback(address) || parts.trustedProxies.has(address);
  const warnOfEnded = atMostOnceA(minuteMs, (why: EndedFor) =>
    parts.log.warn(
      { why, most: why === 'room' ? limits.most : limits.mostOfOne },
      'too many connections: some were closed',
    ),
  );
  const connections = watchConnections(server, limits, isShared, (why) => {
    parts.connectionEnded(why);
    warnOfEnded(why);
  });
  let isClosing = false;
  const handle = oneAtATime(
    requestHandler(parts, limits.answerMs, (exchange) => {
      connections.begin(exchange);
      if (isClosing) exchange.outgoing.shouldKeepAlive = false;
    }),
  );
  server.on('request', handle);
  // Handled here so that the server never asks for a body that it will refuse.
  server.on('checkContinue', handle);
  server.on('checkExpectation', handle);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
    answerClientError(error, socket, parts.headers),
  );
  // This server speaks only HTTP/1.1; an offer to upgrade may be ignored (RFC 9110, 7.8).
  server.on('connect', (_: IncomingMessage, socket: Socket) => refuseTunnel(socket, parts.headers));

  await startListening(server, at);
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

/** @throws Failure `cannot_listen` of kind usage if the address or the port is not available */
export async function startListening(server: Server, { host, port, passed }: ListenPlace): Promise<void> {
  const place = passed === undefined || passed === null ? { host, port } : { fd: passed };
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ ...place, backlog: mostWaiting }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const why = reasons[code] ?? `the system says ${code}`;
    const where = 'fd' in place ? 'the socket that was passed' : `${host} port ${port}`;
    throw new Failure('usage', 'cannot_listen', `cannot listen on ${where}: ${why}`, {
      hint: 'Choose another --port (0: any free one) or --host, or stop the program that uses it.',
      cause: error,
    });
  }
}

const unresolved = 'the host name cannot be resolved';
const reasons: Record<string, string> = {
  EADDRINUSE: 'the port is in use',
  EACCES: 'this user is not allowed to use the port',
  EADDRNOTAVAIL: 'this machine does not have the address',
  ENOTFOUND: unresolved,
  EAI_AGAIN: unresolved,
};

export function originOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function atMostOnceA<Arguments extends unknown[]>(ms: number, work: (...given: Arguments) => void) {
  let nextAt = Number.NEGATIVE_INFINITY;
  return (...given: Arguments): void => {
    if (performance.now() < nextAt) return;
    nextAt = performance.now() + ms;
    work(...given);
  };
}
