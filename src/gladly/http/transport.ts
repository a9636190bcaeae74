import http from 'node:http';
import https from 'node:https';
import fetch, { FetchError } from 'node-fetch';
import { createSemaphore, type Semaphore } from '../../domain/values/semaphore.ts';

export interface TransportOptions {
  /** Nothing else ever gets the credentials. */
  origin: string;
  email: string;
  token: string;
  userAgent: string;
  /** Ends streams when aborted; other exchanges finish within their own time. */
  signal?: AbortSignal;
}

/**
 * How long an exchange may take. `whole`: connection, headers and body together. `stream`: the first byte of the
 * body may take `firstMs`, each following piece `idleMs`; time that the reader needs does not count.
 */
export type TimeLimit = { whole: number } | { firstMs: number; idleMs: number };

export interface Outgoing {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** As made by `apiPath`. */
  path: string;
  query?: URLSearchParams;
  json?: unknown;
  accept: string;
  time: TimeLimit;
  /** Opens a connection for this request alone: a kept one may be dead, and then nobody knows what left. */
  freshConnection?: boolean;
}

/** One answer, its body still to be read, at most once. An unread body holds its connection. */
export interface Answer {
  status: number;
  header(name: string): string | null;
  chunks(): AsyncGenerator<Uint8Array, void, undefined>;
  /** The body as text; a larger one is a TransportError. */
  text(maxBytes: number): Promise<string>;
  /** The beginning of the body, as far as it arrives: for messages about it. Frees the connection. */
  beginning(): Promise<string>;
  /** Frees the connection when the body is of no interest. */
  drain(): Promise<void>;
}

export interface Transport {
  readonly host: string;
  /** One HTTP exchange; throws TransportError, or the reason of the signal. Redirects are answers. */
  send(outgoing: Outgoing): Promise<Answer>;
  /** Ends all connections. */
  close(): void;
}

/** No answer, or not all of it. */
export class TransportError extends Error {
  readonly reason: 'timeout' | 'too_large' | 'network';
  /** The system's name of the trouble, e.g. `ECONNRESET`. */
  readonly code: string | null;
  /** The connection never stood, so nothing of the request can have arrived. */
  readonly beforeConnect: boolean;

  constructor(
    reason: TransportError['reason'],
    message: string,
    details: { code?: string | null; beforeConnect?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.name = 'TransportError';
    this.reason = reason;
    this.code = details.code ?? null;
    this.beforeConnect = details.beforeConnect ?? false;
  }
}

/** Eight requests a second leave this many open when each takes two seconds. */
const maxSockets = 16;
const beginningBytes = 64 * 1024;

/** Of answers that are larger than this so many are read at a time, or all connections together would fill the memory. */
const largeBytes = 1024 * 1024;
const largeAtOnce = 4;

export function createTransport(options: TransportOptions): Transport {
  const base = new URL(options.origin);
  const { Agent } = base.protocol === 'https:' ? https : http;
  const kept = new Agent({ keepAlive: true, maxSockets });
  const fresh = new Agent({ keepAlive: false });
  const largeAnswers = createSemaphore(largeAtOnce);
  const authorization = `Basic ${Buffer.from(`${options.email}:${options.token}`, 'utf8').toString('base64')}`;

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
      const watch = startWatch(outgoing.time, options.signal);
      try {
        const response = await fetch(url, {
          method: outgoing.method,
          redirect: 'manual',
          agent: outgoing.freshConnection === true ? fresh : kept,
          signal: watch.signal,
          headers: {
            authorization,
            accept: outgoing.accept,
            'user-agent': options.userAgent,
            ...(outgoing.json === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(outgoing.json === undefined ? {} : { body: JSON.stringify(outgoing.json) }),
        });
        const body = (response.body ?? []) as AsyncIterable<Uint8Array>;
        return answerOf(response.status, (name) => response.headers.get(name), body, watch, largeAnswers);
      } catch (error) {
        watch.end();
        throw watch.explain(error);
      }
    },
    close() {
      kept.destroy();
      fresh.destroy();
    },
  };
}

interface Watch {
  readonly signal: AbortSignal;
  /** A piece of the body is awaited. */
  waiting(): void;
  /** A piece arrived; what the reader does with it is not the connection's time. */
  arrived(): void;
  end(): void;
  /** What an error of the HTTP library was really about. */
  explain(error: unknown): unknown;
}

function startWatch(time: TimeLimit, stop: AbortSignal | undefined): Watch {
  const controller = new AbortController();
  const streams = !('whole' in time);
  let nextMs = 'whole' in time ? time.whole : time.firstMs;
  let timer: NodeJS.Timeout | undefined;
  const start = (): void => {
    clearTimeout(timer);
    const limitMs = nextMs;
    const expire = (): void =>
      controller.abort(new TransportError('timeout', `no answer within ${limitMs / 1000} s`));
    timer = setTimeout(expire, limitMs);
  };
  const stopStream = (): void => controller.abort(stop?.reason);
  if (streams) stop?.addEventListener('abort', stopStream);
  start();
  return {
    signal: controller.signal,
    waiting() {
      if (streams) start();
    },
    arrived() {
      if (!streams) return;
      nextMs = time.idleMs;
      clearTimeout(timer);
    },
    end() {
      clearTimeout(timer);
      stop?.removeEventListener('abort', stopStream);
    },
    explain(error) {
      // node-fetch tells of every abort by an AbortError that does not carry the reason.
      if (controller.signal.aborted) return controller.signal.reason as unknown;
      return isSystemError(error) ? networkError(error) : error;
    },
  };
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

/** Trouble that can only come before the connection stands, whatever system call reports it. */
const connectCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

interface SystemError extends Error {
  code?: string;
  erroredSysCall?: string;
}

/** Anything else that is thrown is a defect of ours, or has been explained already. */
function isSystemError(error: unknown): error is SystemError {
  if (!(error instanceof Error) || error instanceof TransportError) return false;
  return error instanceof FetchError || ('code' in error && typeof error.code === 'string');
}

function networkError(error: SystemError): TransportError {
  const code = error.code ?? null;
  const beforeConnect =
    error.erroredSysCall === 'connect' ||
    (code !== null && (connectCodes.has(code) || isCertificateCode(code)));
  return new TransportError('network', error.message, { code, beforeConnect, cause: error });
}

/** The codes by which Node.js says that it does not accept the other side's certificate. */
export function isCertificateCode(code: string): boolean {
  return /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH)/.test(
    code,
  );
}
