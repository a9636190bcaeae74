import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { limitKey, plainAddress } from './client-address.ts';
import type { Exchange } from './exchange.ts';

export interface ConnectionLimits {
  /** Connections open at the same time. */
  most: number;
  /** Connections open from one address. */
  mostOfOne: number;
  /** Requests on one connection. */
  mostRequests: number;
}

interface Connection {
  key: string;
  requests: number;
  /** The request that is being answered. */
  exchange: Exchange | null;
  /** When the connection was opened, its request began, or that request was answered. */
  since: number;
}

/** Whether a connection made room for all others, or for others from the same address. */
export type EndedFor = 'room' | 'address';

export interface Connections {
  /** To be called for each request; its connection is busy until the answer is closed. */
  begin(exchange: Exchange): void;
  /** Accepts no more requests: idle connections end at once, all others after their answer. */
  finish(): void;
  /** Ends connections that are not answering, e.g. with half a request head. */
  endIdle(): void;
  endAll(): void;
}

/**
 * Limits connections. If there are too many, the connection that has kept the server waiting longest makes room:
 * waiting for a request, for the body of an answer, or for its answer to be read. So a client that opens many pushes
 * out its own connections, not a customer who has just arrived, nor a webhook.
 *
 * @param isShared addresses that many clients share, such as a proxy's
 * @param onEnded called when a connection was closed to make room
 */
export function watchConnections(
  server: Server,
  limits: ConnectionLimits,
  isShared: (address: string) => boolean,
  onEnded: (why: EndedFor) => void = () => undefined,
): Connections {
  const open = new Map<Socket, Connection>();
  const perKey = new Map<string, number>();

  const longestWaiting = (key: string | null): Socket | null => {
    let longest: { socket: Socket; since: number } | null = null;
    for (const [socket, { key: own, exchange, since }] of open) {
      if ((key !== null && own !== key) || (exchange !== null && !isClientsTurn(exchange))) continue;
      if (longest === null || since < longest.since) longest = { socket, since };
    }
    return longest?.socket ?? null;
  };

  const forget = (socket: Socket, { key }: Connection): void => {
    if (!open.delete(socket)) return;
    const left = (perKey.get(key) ?? 1) - 1;
    if (left === 0) perKey.delete(key);
    else perKey.set(key, left);
  };

  const end = (socket: Socket): void => {
    const connection = open.get(socket);
    if (connection !== undefined) forget(socket, connection);
    socket.destroy();
  };

  server.on('connection', (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress ?? '');
    const connection: Connection = {
      key: limitKey(address),
      requests: 0,
      exchange: null,
      since: performance.now(),
    };
    open.set(socket, connection);
    perKey.set(connection.key, (perKey.get(connection.key) ?? 0) + 1);
    socket.once('close', () => forget(socket, connection));
    const isOneTooMany = !isShared(address) && (perKey.get(connection.key) ?? 0) > limits.mostOfOne;
    if (!isOneTooMany && open.size <= limits.most) return;
    onEnded(isOneTooMany ? 'address' : 'room');
    end(longestWaiting(isOneTooMany ? connection.key : null) ?? socket);
  });

  return {
    begin(exchange) {
      const { incoming, outgoing } = exchange;
      const connection = open.get(incoming.socket);
      if (connection === undefined) return;
      connection.requests += 1;
      if (connection.requests >= limits.mostRequests) outgoing.shouldKeepAlive = false;
      const note = (now: Exchange | null): void => {
        connection.exchange = now;
        connection.since = performance.now();
      };
      note(exchange);
      outgoing.once('close', () => note(null));
    },
    finish() {
      for (const { exchange } of open.values()) {
        if (exchange?.outgoing.headersSent === false) exchange.outgoing.shouldKeepAlive = false;
      }
      server.closeIdleConnections();
    },
    endIdle() {
      for (const [socket, { exchange }] of [...open]) if (exchange === null) end(socket);
    },
    endAll() {
      for (const socket of [...open.keys()]) end(socket);
    },
  };
}

/** Whether only the client has something left to do: to send its body, or to read its answer. */
function isClientsTurn({ givesWay, outgoing }: Exchange): boolean {
  return givesWay || outgoing.writableEnded;
}
