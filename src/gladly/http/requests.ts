import { interrupted, Problem, readErrors, refused, notFound, unreadable } from './errors.ts';
import type { Asked, GladlyError, Refusal } from './errors.ts';
import type { Pacer } from './pacing.ts';
import { readRetryAfter, startTries } from './retry.ts';
import type { RetryOptions, Tries } from './retry.ts';
import { TransportError } from './transport.ts';
import type { Answer, Outgoing, TimeLimit, Transport } from './transport.ts';

export interface RequestCounts {
  /** Every HTTP request that left, repeated ones included. */
  gladly: number;
  retried: number;
  rateLimited: number;
  byOperation: Record<string, number>;
}

/** One thing to ask of Gladly. */
export interface Call {
  /** The operationId of the contract. */
  operation: string;
  /** For messages; with a noun the id is one of Gladly's, and a 404 says that it does not exist. */
  about?: { noun: string | null; id: string };
  method: Outgoing['method'];
  /** Null when the id cannot stand in a path: then Gladly does not know it, and nothing is sent. */
  path: string | null;
  query?: URLSearchParams;
  json?: unknown;
  accept?: string;
  /** Default: the time-out of one request, for all of the exchange. */
  time?: TimeLimit;
  kind?: 'request' | 'report';
  /** How long after the first try others may begin, in ms. Default: 30 s or four time-outs, whichever is longer. */
  triesMs?: number;
  freshConnection?: boolean;
}

/** Paced, counted exchanges with Gladly. */
export interface Requests {
  readonly counts: RequestCounts;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** What a message may tell of the call. */
  asked(call: Call): Asked;
  /**
   * One exchange; throws a Problem for everything but a success. `leaving` is awaited after the pacing has granted
   * the request and right before it leaves; what it throws is passed on.
   */
  once(call: Call, leaving?: () => Promise<void> | void): Promise<Answer>;
  tries(call: Call): Tries;
  /**
   * Asks until there is an answer; only for calls that are safe to repeat. `instead` may turn the last problem into
   * a result by giving something else than undefined; otherwise its Failure is thrown.
   */
  ask<T>(
    call: Call,
    read: (answer: Answer, asked: Asked) => Promise<T>,
    instead?: (problem: Problem) => T | undefined,
  ): Promise<T>;
}

export interface RequestOptions extends RetryOptions {
  transport: Transport;
  pacer: Pacer;
  timeoutMs: number;
  /** Never part of a message, even if an answer repeats them. */
  secrets: readonly string[];
}

/** Several are read at a time. A timeline of 1000 items, which is the longest, takes a few MiB. */
const maxJsonBytes = 16 * 1024 * 1024;

const shortestTriesMs = 30_000;

export function createRequests(options: RequestOptions): Requests {
  const { transport, pacer, clock, signal } = options;
  const counts: RequestCounts = { gladly: 0, retried: 0, rateLimited: 0, byOperation: {} };

  const asked = (call: Call): Asked => ({
    operation: call.operation,
    host: transport.host,
    noun: call.about?.noun ?? null,
    id: call.about?.id ?? null,
  });

  const withoutSecrets = (error: GladlyError): GladlyError => {
    const hide = (text: string | null): string | null =>
      options.secrets.reduce((hidden, secret) => hidden?.replaceAll(secret, '***') ?? null, text);
    return { ...error, attr: hide(error.attr), code: hide(error.code), detail: hide(error.detail) };
  };

  // The answer is there; that a note about the pace could not be kept must not lose it.
  const note = async (noting: Promise<void>): Promise<void> => {
    await noting.catch(() => undefined);
  };

  const once: Requests['once'] = async (call, leaving) => {
    const { path } = call;
    if (path === null) throw unaddressable(asked(call));
    await pacer.grant(call.kind ?? 'request', signal);
    signal?.throwIfAborted();
    await leaving?.();
    counts.gladly += 1;
    counts.byOperation[call.operation] = (counts.byOperation[call.operation] ?? 0) + 1;
    const answer = await transport.send({
      method: call.method,
      path,
      accept: call.accept ?? 'application/json',
      time: call.time ?? { whole: options.timeoutMs },
      ...(call.query === undefined ? {} : { query: call.query }),
      ...(call.json === undefined ? {} : { json: call.json }),
      ...(call.freshConnection === undefined ? {} : { freshConnection: call.freshConnection }),
    });
    // What these headers mean on reports is not stated (Rate Limit).
    if (call.kind !== 'report') await note(pacer.observe(ratelimitOf(answer)));
    if (answer.status >= 200 && answer.status < 300) return answer;
    const refusal: Refusal = {
      status: answer.status,
      errors: readErrors(await answer.beginning()).map(withoutSecrets),
      location: answer.header('location'),
      retryAfterMs: readRetryAfter(answer.header('retry-after'), clock()),
    };
    if (answer.status === 429) {
      counts.rateLimited += 1;
      await note(pacer.rateLimited(refusal.retryAfterMs, call.kind ?? 'request'));
    }
    throw refused(asked(call), refusal);
  };

  const tries = (call: Call): Tries => {
    const onRetry: RetryOptions['onRetry'] = (info) => {
      counts.retried += 1;
      options.onRetry?.(info);
    };
    const triesMs = call.triesMs ?? Math.max(shortestTriesMs, 4 * options.timeoutMs);
    return startTries({ ...options, onRetry }, call.operation, triesMs);
  };

  return {
    counts,
    timeoutMs: options.timeoutMs,
    signal,
    asked,
    once: (call, leaving) =>
      once(call, leaving).catch((error: unknown) => {
        throw problemOf(asked(call), error);
      }),
    tries,
    async ask(call, read, instead) {
      const attempts = tries(call);
      for (;;) {
        try {
          const answer = await once(call, () => attempts.leaving());
          return await read(answer, asked(call));
        } catch (error) {
          const problem = problemOf(asked(call), error);
          if (!(problem instanceof Problem)) throw problem;
          const result = instead?.(problem);
          if (result !== undefined) return result;
          await attempts.again(problem);
        }
      }
    },
  };
}

/** The Problem that an error of an exchange is; other errors, as a signal's reason or a defect, as they are. */
export function problemOf(asked: Asked, error: unknown): unknown {
  return error instanceof TransportError ? interrupted(asked, error) : error;
}

function unaddressable(asked: Asked): Problem {
  if (asked.noun === null || asked.id === null) throw new Error(`${asked.operation} has no path`);
  return new Problem(notFound(asked, asked.noun, asked.id), {
    refusal: { status: 404, errors: [], location: null, retryAfterMs: null },
  });
}

/** The JSON of an answer. A page of a proxy, or JSON that is none, is a Problem of kind contract. */
export async function readJson(answer: Answer, asked: Asked): Promise<unknown> {
  return jsonOf(await answer.text(maxJsonBytes), asked);
}

/**
 * An answer in which only the status tells (204). What another server says with 200 is no proof that Gladly did anything,
 * so that only what says nothing is taken for it: no body, `null`, `{}`.
 */
export async function readNothing(answer: Answer, asked: Asked): Promise<void> {
  const said = await readAnyJson(answer, asked);
  if (said === null || (typeof said === 'object' && Object.keys(said).length === 0)) return;
  throw unreadable(asked, 'it says something where only the status tells');
}

/** Where the contract states no body: the JSON of an answer, or null when it has no body. Anything else is no answer of Gladly's. */
export async function readAnyJson(answer: Answer, asked: Asked): Promise<unknown> {
  const text = await answer.text(maxJsonBytes);
  return text.trim() === '' ? null : jsonOf(text, asked);
}

function jsonOf(text: string, asked: Asked): unknown {
  try {
    return JSON.parse(text);
  } catch {
    if (text.trimStart().startsWith('<')) throw unreadable(asked, 'it is a page, not JSON');
    throw endsEarly(text)
      ? unreadable(asked, 'its JSON ends early', { repeatable: true })
      : unreadable(asked, 'it is not JSON');
  }
}

/** Whether text that is not JSON is the beginning of some: a string or a bracket is still open at its end. */
function endsEarly(text: string): boolean {
  if (text.trim() === '') return true;
  if (!/^\s*[[{"]/.test(text)) return false;
  let open = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      at = endOfString(text, at);
      if (at < 0) return true;
    }
    if (character === '{' || character === '[') open += 1;
    if (character === '}' || character === ']') open -= 1;
  }
  return open > 0;
}

/** Where the string that begins at `start` ends; -1 when it does not. A pattern would not do: strings may have any length. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '"') return at;
    if (text[at] === '\\') at += 1;
  }
  return -1;
}

function ratelimitOf(answer: Answer): { limit: number | null; remaining: number | null } {
  const count = (name: string): number | null => {
    const value = answer.header(name);
    return value === null ? null : Number(value);
  };
  return { limit: count('ratelimit-limit-second'), remaining: count('ratelimit-remaining-second') };
}
