import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { limitKey, plainAddress } from './client-address.ts';

export interface ConnectionLimits {
  /** Open at the same time. */
  most: number;
  /** Open from one address. */
  mostOfOne: number;
  /** Requests on one connection. */
  mostRequests: number;
}

interface Connection {
  key: string;
  requests: number;
  answering: Set<ServerResponse>;
}

export interface Connections {
  /** Call for each request; its connection is busy until the answer is closed. */
  begin(socket: Socket, outgoing: ServerResponse): void;
  /** Accepts no more requests: idle connections end at once, the others after their answer. */
  finish(): void;
  /** Ends connections that are not answering, e.g. with half a request head. */
  endIdle(): void;
  endAll(): void;
}

/**
 * Limits connections. When there are too many, the oldest idle one makes room, so a client that opens many and stays
 * silent pushes out its own, not a customer who has just arrived.
 *
 * @param isShared addresses that many clients share, such as a proxy's
 */
export function watchConnections(
  server: Server,
  limits: ConnectionLimits,
  isShared: (address: string) => boolean,
): Connections {
  const open = new Map<Socket, Connection>();
  const perKey = new Map<string, number>();

  const oldestIdle = (key: string | null): Socket | null => {
    for (const [socket, connection] of open) {
      if (connection.answering.size === 0 && (key === null || connection.key === key)) return socket;
    }
    return null;
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
    const connection = { key: limitKey(address), requests: 0, answering: new Set<ServerResponse>() };
    open.set(socket, connection);
    perKey.set(connection.key, (perKey.get(connection.key) ?? 0) + 1);
    socket.once('close', () => forget(socket, connection));
    const isOneTooMany = !isShared(address) && (perKey.get(connection.key) ?? 0) > limits.mostOfOne;
    if (isOneTooMany) end(oldestIdle(connection.key) ?? socket);
    else if (open.size > limits.most) end(oldestIdle(null) ?? socket);
  });

  return {
    begin(socket, outgoing) {
      const connection = open.get(socket);
      if (connection === undefined) return;
      connection.requests += 1;
      if (connection.requests >= limits.mostRequests) outgoing.shouldKeepAlive = false;
      connection.answering.add(outgoing);
      outgoing.once('close', () => connection.answering.delete(outgoing));
    },
    finish() {
      for (const { answering } of open.values()) {
        for (const outgoing of answering) if (!outgoing.headersSent) outgoing.shouldKeepAlive = false;
      }
      server.closeIdleConnections();
    },
    endIdle() {
      for (const [socket, { answering }] of [...open]) if (answering.size === 0) end(socket);
    },
    endAll() {
      for (const socket of [...open.keys()]) end(socket);
    },
  };
}
