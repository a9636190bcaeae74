import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request and its response, as the whole server sees them. */
export interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** The other end of the connection: a proxy, or the client itself. */
  readonly peer: string;
  /** The client, as far as a trusted proxy tells. */
  readonly address: string;
  /** Something between says that it passes this on for somebody. */
  readonly isForwarded: boolean;
  readonly expectsContinue: boolean;
  /** Of the body, as far as it was read. */
  bytesIn: number;
  /** All of the answer was handed over, although the connection is kept for a moment. */
  isAnswered: boolean;
  /** The connection may serve another request. */
  bodyIsRead(): void;
}

/** What the handlers get of Node's objects. */
export interface ServerBindings {
  Bindings: { exchange: Exchange };
}
