import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Log } from '../ports/log.ts';
import { errorFields } from '../workflow/context/error-fields.ts';
import { logContext } from '../ports/log-context.ts';
import { largestBody, refuseUnread } from './body.ts';
import { clientAddress, plainAddress, type AddressSet } from './client-address.ts';
import type { Exchange, ServerBindings } from './exchange.ts';
import { hostOf, isForwarded, takeOffOrigin } from './host.ts';
import { account, type Observe } from './request-account.ts';
import { targetProblem } from './routes.ts';

export interface RequestParts {
  app: Hono<ServerBindings>;
  headers: Record<string, string>;
  /** Where customers reach the pages, e.g. `csat.acme.com`; empty if that is this server. */
  publicHosts: readonly string[];
  trustedProxies: AddressSet;
  log: Log;
  observe: Observe;
}

/**
 * Passes each request to the app, with what all requests get: the headers, the client's address, a log line. A
 * request with an unacceptable head is refused first.
 *
 * @param answerMs from the end of the head to the end of the answer
 * @param begin called for each request, including those that are refused
 */
export function requestHandler(
  { app, headers, publicHosts, trustedProxies, log, observe }: RequestParts,
  answerMs: number,
  begin: (exchange: Exchange) => void,
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
        log.warn(errorFields(error), 'could not read a request');
        return new Response('bad request\n', { status: 400 });
      },
    },
  );

  return (incoming, outgoing) => {
    const { socket } = incoming;
    takeOffOrigin(incoming, publicHosts);
    for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
    const peer = plainAddress(socket.remoteAddress ?? '');
    const forwardedFor = incoming.headers['x-forwarded-for'];
    const forwarded = Array.isArray(forwardedFor) ? forwardedFor.join(',') : forwardedFor;
    const exchange: Exchange = {
      id: randomUUID(),
      incoming,
      outgoing,
      peer,
      address: clientAddress(peer, forwarded, trustedProxies),
      isForwarded: isForwarded(incoming),
      host: hostOf(incoming),
      expectsContinue: /^100-continue$/i.test(incoming.headers.expect ?? ''),
      bytesIn: 0,
      isAnswered: false,
      givesWay: false,
      bodyIsRead: () => {
        if (mayGoOn && !outgoing.headersSent) outgoing.shouldKeepAlive = true;
      },
    };
    begin(exchange);
    // An unread body of unknown length would have to be read to its end before the next request.
    const mayGoOn = outgoing.shouldKeepAlive;
    if (incoming.headers['transfer-encoding'] !== undefined) outgoing.shouldKeepAlive = false;
    exchanges.set(incoming, exchange);
    if (forwarded !== undefined && !warnedOfProxy && !trustedProxies.has(peer)) {
      warnedOfProxy = true;
      log.warn(
        { hint: 'If it is your proxy, name it with --trust-proxy.' },
        'ignoring X-Forwarded-For from a peer that is not a trusted proxy',
      );
    }
    account(exchange, answerMs, log, observe);

    const refusal = refusalOf(exchange);
    if (refusal !== null) {
      const text = `{"error":{"code":"${refusal.code}"}}`;
      void refuseUnread(exchange, { status: refusal.status, headers: json, text });
      return;
    }
    // The Host header that the client wrote must not get into any URL that we make.
    incoming.headers.host = 'localhost';
    logContext.run({ requestId: exchange.id }, () => void serveApp(incoming, outgoing));
  };
}

const json = { 'Content-Type': 'application/json' };

/** Why the head alone is a reason to refuse the request; null: it is not. */
function refusalOf({ incoming, host, expectsContinue }: Exchange): { status: number; code: string } | null {
  const problem = targetProblem(incoming.url ?? '');
  if (problem === 414) return { status: 414, code: 'address_too_long' };
  if (problem === 404) return { status: 404, code: 'not_found' };
  if (problem === 400 || host === undefined) return { status: 400, code: 'bad_request' };
  if (incoming.headers.expect !== undefined && !expectsContinue) {
    return { status: 417, code: 'expectation_failed' };
  }
  if (Number(incoming.headers['content-length'] ?? 0) > largestBody) {
    return { status: 413, code: 'body_too_large' };
  }
  return null;
}
