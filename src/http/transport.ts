import http from 'node:http';
import https from 'node:https';
import fetch from 'node-fetch';
import { createSemaphore, type Semaphore } from '../domain/values/semaphore.ts';
import { acceptedEncodings, decodedBody } from './decoded-body.ts';
import { proxyFor, tunnelAgent } from './proxy.ts';
import { startWatch, type TimeLimit, type Watch } from './time-limit.ts';
import { TransportError } from './transport-error.ts';

export interface TransportOptions {
  /** Nothing else ever gets the credentials. */
  origin: string;
  /** Sent with every request, such as the credentials; names in lower case. */
  headers: Readonly<Record<string, string>>;
  userAgent: string;
  /** Ends streams when aborted; other exchanges finish within their own time. */
  signal?: AbortSignal;
}

export interface Outgoing {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** As made by `apiPath`. */
  path: string;
  query?: URLSearchParams;
  json?: unknown;
  accept: string;
  /** For this request only; names in lower case. */
  headers?: Readonly<Record<string, string>>;
  time: TimeLimit;
  /** Opens a new connection for this request: if a kept one turns out to be dead, nobody can tell what was sent. */
  freshConnection?: boolean;
}

/** One answer. Its body can be read once; while it is unread, it holds the connection. */
export interface Answer {
  status: number;
  header(name: string): string | null;
  chunks(): AsyncGenerator<Uint8Array, void, undefined>;
  /** The body as text. Throws a TransportError when it is larger than `maxBytes`. */
  text(maxBytes: number): Promise<string>;
  /** As much of the start of the body as arrives, for messages about it. Frees the connection. */
  beginning(): Promise<string>;
  /** Frees the connection without reading the body. */
  drain(): Promise<void>;
}

export interface Transport {
  readonly host: string;
  /** One HTTP exchange. Throws a TransportError, or the reason of the signal. A redirect is an answer. */
  send(outgoing: Outgoing): Promise<Answer>;
  /** Closes all connections. */
  close(): void;
}

/** Eight requests a second keep this many connections busy when each takes two seconds. */
const maxSockets = 16;
const beginningBytes = 64 * 1024;

/** Only a few answers larger than this are read at the same time: one on every connection would fill the memory. */
const largeBytes = 1024 * 1024;
const largeAtOnce = 4;

/**
 * A fresh connection that takes longer to open is not used. A process that was suspended meanwhile resumes with its
 * connection, before its time limits fire, and another process may have taken over its work.
 */
const longestOpeningMs = 10_000;

export function createTransport(options: TransportOptions): Transport {
  const base = new URL(options.origin);
  const agents = openAgents(base);
  const largeAnswers = createSemaphore(largeAtOnce);

  const urlOf = (outgoing: Outgoing): URL => {
    const url = new URL(outgoing.path, base.origin);
    if (url.origin !== base.origin || url.pathname !== outgoing.path) {
      throw new Error(`not a path of the API: ${outgoing.path}`);
    }
    url.search = outgoing.query?.toString() ?? '';
    return url;
  };

  return {
    host: base.host,
    async send(outgoing) {
      const url = urlOf(outgoing);
      const from = performance.now();
      const watch = startWatch(outgoing.time, options.signal);
      try {
        const { kept, fresh } = await agents;
        const response = await fetch(url, {
          method: outgoing.method,
          redirect: 'manual',
          agent: outgoing.freshConnection === true ? fresh(from) : kept,
          signal: watch.signal,
          // If set, node-fetch takes a truncated body for a whole one.
          compress: false,
          headers: {
            'accept-encoding': acceptedEncodings,
            ...options.headers,
            ...outgoing.headers,
            accept: outgoing.accept,
            'user-agent': options.userAgent,
            ...(outgoing.json === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(outgoing.json === undefined ? {} : { body: JSON.stringify(outgoing.json) }),
        });
        const body = decodedBody(
          (response.body ?? []) as AsyncIterable<Uint8Array>,
          response.headers.get('content-encoding'),
        );
        const mostBytes = 'mostBytes' in outgoing.time ? outgoing.time.mostBytes : Number.POSITIVE_INFINITY;
        const bounded = withinBytes(body, mostBytes);
        return answerOf(response.status, (name) => response.headers.get(name), bounded, watch, largeAnswers);
      } catch (error) {
        watch.end();
        throw watch.explain(error);
      }
    },
    close() {
      void agents.then(({ kept, tunnel }) => {
        kept.destroy();
        tunnel?.destroy();
      });
    },
  };
}

interface Agents {
  kept: http.Agent;
  /** For one request, which began at this `performance.now()`. */
  fresh: (from: number) => http.Agent;
  /** The agent that all fresh connections through a proxy share; null without a proxy. */
  tunnel: http.Agent | null;
}

/** @throws Failure of kind configuration when the environment names a proxy that cannot be one */
function openAgents(base: URL): Promise<Agents> {
  const [forMany, forOne] = [{ keepAlive: true, maxSockets }, { keepAlive: false }];
  const proxy = proxyFor(base);
  if (proxy === null) {
    const { Agent } = base.protocol === 'https:' ? https : http;
    const fresh = (from: number): http.Agent => openedSoon(new Agent(forOne), from);
    return Promise.resolve({ kept: new Agent(forMany), fresh, tunnel: null });
  }
  return Promise.all([tunnelAgent(proxy, forMany), tunnelAgent(proxy, forOne)]).then(([kept, tunnel]) => ({
    kept,
    fresh: () => tunnel,
    tunnel,
  }));
}

function openedSoon(agent: http.Agent, from: number): http.Agent {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (...given) => {
    const connection = connect(...given);
    // Runs before the listeners that send the request.
    connection?.prependOnceListener('connect', () => {
      if (performance.now() - from <= longestOpeningMs) return;
      const seconds = longestOpeningMs / 1000;
      const late = new Error(`the connection was not open within ${seconds} s`);
      connection.destroy(Object.assign(late, { code: 'ETIMEDOUT', syscall: 'connect' }));
    });
    return connection;
  };
  return agent;
}

async function* withinBytes(
  body: AsyncIterable<Uint8Array>,
  mostBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > mostBytes) throw new TransportError('endless', `it has more than ${mostBytes} bytes`);
    yield chunk;
  }
}

function answerOf(
  status: number,
  header: Answer['header'],
  body: AsyncIterable<Uint8Array>,
  watch: Watch,
  largeAnswers: Semaphore,
): Answer {
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      watch.waiting();
      for await (const chunk of body) {
        watch.arrived();
        yield chunk;
        watch.waiting();
      }
    } catch (error) {
      throw watch.explain(error);
    } finally {
      watch.end();
    }
  }

  const beginning = async (): Promise<string> => {
    const parts: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of chunks()) {
        parts.push(chunk);
        size += chunk.byteLength;
        if (size > beginningBytes) break;
      }
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
    }
    return new TextDecoder().decode(Buffer.concat(parts).subarray(0, beginningBytes));
  };

  return {
    status,
    header,
    chunks,
    async text(maxBytes) {
      const parts: Uint8Array[] = [];
      let size = 0;
      let isLarge = false;
      try {
        for await (const chunk of chunks()) {
          size += chunk.byteLength;
          if (size > maxBytes) throw new TransportError('too_large', `more than ${maxBytes} bytes`);
          if (size > largeBytes && !isLarge) {
            await largeAnswers.take();
            isLarge = true;
          }
          parts.push(chunk);
        }
        return new TextDecoder().decode(Buffer.concat(parts, size));
      } finally {
        if (isLarge) largeAnswers.end();
      }
    },
    beginning,
    async drain() {
      await beginning();
    },
  };
}
