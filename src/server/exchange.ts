import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request and its response, shared by all parts of the server. */
export interface Exchange {
  /** Our own id, for the log: an id that a client chose proves nothing. */
  readonly id: string;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** The other end of the connection: a proxy, or the client itself. */
  readonly peer: string;
  /** The client, as reported by a trusted proxy; otherwise the peer. */
  readonly address: string;
  /** Whether a header says that the request was forwarded. */
  readonly isForwarded: boolean;
  /** The host that the request names, without its port; null: none; undefined: no valid one. */
  readonly host: string | null | undefined;
  readonly expectsContinue: boolean;
  /** Bytes of the body read so far. */
  bytesIn: number;
  /** Whether the whole answer was handed over, although the connection stays open for a moment. */
  isAnswered: boolean;
  /** Whether the server waits for the client, which loses its connection if there are too many. */
  givesWay: boolean;
  /** Lets the connection serve another request. */
  bodyIsRead(): void;
}

/** What handlers get besides the request. */
export interface ServerBindings {
  Bindings: { exchange: Exchange };
}
