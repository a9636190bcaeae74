import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

type Handle = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** Requests that a client may send before it gets the answer to its first. */
const mostAhead = 32;

/**
 * Answers the requests of a connection one after the other. Node hands over all requests that one read of the socket
 * brought, more than a thousand, and would keep the answers to all of them for a client that reads none.
 */
export function oneAtATime(handle: Handle): Handle {
  const ahead = new WeakMap<Socket, Parameters<Handle>[]>();

  const begin: Handle = (incoming, outgoing) => {
    const { socket } = incoming;
    outgoing.once('close', () => {
      const next = outgoing.shouldKeepAlive && !socket.destroyed ? ahead.get(socket)?.shift() : undefined;
      if (next !== undefined) {
        begin(...next);
        return;
      }
      ahead.delete(socket);
      socket.resume();
    });
    handle(incoming, outgoing);
  };

  return (incoming, outgoing) => {
    const { socket } = incoming;
    const waiting = ahead.get(socket);
    if (waiting === undefined) {
      ahead.set(socket, []);
      begin(incoming, outgoing);
    } else if (waiting.push([incoming, outgoing]) <= mostAhead) socket.pause();
    else if (!socket.destroyed) {
      withoutStacks(socket);
      socket.destroy();
    }
  };
}

/**
 * When a connection closes, Node aborts each of its requests with a separate error. Recording where each error was
 * created takes longer than everything else about the request, and nobody reads it: with a thousand requests on each
 * of ten connections, webhooks would have to wait.
 */
function withoutStacks(socket: Socket): void {
  const usual = Error.stackTraceLimit;
  socket.prependOnceListener('close', () => (Error.stackTraceLimit = 0));
  socket.once('close', () => (Error.stackTraceLimit = usual));
}
