import { numberOf } from '../../domain/values/json.ts';
import type { Operation } from '../../ports/operations.ts';
import { Problem, notFound, problemOf, refused, type Subject } from './errors.ts';
import type { Pacer } from './pacing.ts';
import { readErrors, type GladlyError, type Refusal } from './refusal.ts';
import { readRetryAfter } from '../../http/retry-after.ts';
import { mostReportTries, startTries, type RetryOptions, type Tries } from './retry.ts';
import type { TimeLimit } from '../../http/time-limit.ts';
import type { Answer, Outgoing, Transport } from '../../http/transport.ts';

export interface RequestCounts {
  /** Every HTTP request that left, repeated ones included. */
  gladly: number;
  retried: number;
  rateLimited: number;
  byOperation: Record<string, number>;
}

/** One request to Gladly. */
export interface Call {
  operation: Operation;
  /** For messages. With a noun, the id is one of Gladly's, and a 404 means that it does not exist. */
  about?: { noun: string | null; id: string };
  method: Outgoing['method'];
  /** Null when the id cannot be part of a path: then Gladly has no such object, and nothing is sent. */
  path: string | null;
  query?: URLSearchParams;
  json?: unknown;
  accept?: string;
  /** Default: the timeout of one request, for the whole exchange. */
  time?: TimeLimit;
  kind?: 'request' | 'report';
  /** Begins a piece of work, so it waits behind every request of work that has already begun. */
  begins?: boolean;
  /** How long after the first try another may begin, in ms. Default: 30 s or four timeouts, whichever is longer. */
  triesMs?: number;
  freshConnection?: boolean;
}

/** Paced, counted exchanges with Gladly. */
export interface Requests {
  readonly counts: RequestCounts;
  readonly timeoutMs: number;
  subject(call: Call): Subject;
  /**
   * One exchange. Throws a Problem for anything but a success. `leaving` is awaited once the pacing has granted the
   * request, right before the request leaves; whatever it throws is passed on.
   */
  once(call: Call, leaving?: () => Promise<void> | void): Promise<Answer>;
  tries(call: Call): Tries;
  /**
   * Tries until there is an answer; only for calls that are safe to repeat. `instead` may turn a problem into a result;
   * when it returns undefined, the call is tried again, or the problem's Failure is thrown if it cannot be.
   */
  ask<T>(
    call: Call,
    read: (answer: Answer, subject: Subject) => Promise<T>,
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

const shortestTriesMs = 30_000;

export function createRequests(options: RequestOptions): Requests {
  const { transport, pacer, clock, signal } = options;
  const counts: RequestCounts = { gladly: 0, retried: 0, rateLimited: 0, byOperation: {} };

  const subjectOf = ({ operation, about }: Call): Subject => ({
    operation,
    host: transport.host,
    noun: about?.noun ?? null,
    id: about?.id ?? null,
  });

  const withoutSecrets = (error: GladlyError): GladlyError => {
    const hide = (text: string | null): string | null =>
      options.secrets.reduce((hidden, secret) => hidden?.replaceAll(secret, '***') ?? null, text);
    return { ...error, attr: hide(error.attr), code: hide(error.code), detail: hide(error.detail) };
  };

  // An answer that has arrived must not be lost because the pacer could not record it.
  const note = async (noting: Promise<void>): Promise<void> => {
    await noting.catch(() => undefined);
  };

  const exchange: Requests['once'] = async (call, leaving) => {
    const { path } = call;
    if (path === null) throw unaddressable(subjectOf(call));
    await pacer.grant(call.kind ?? 'request', signal, call.begins === true ? 'in_line' : 'first');
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
    // The contract does not state what these headers mean on reports (Rate Limit).
    if (call.kind !== 'report') await note(pacer.observe(rateLimitOf(answer)));
    if (answer.status >= 200 && answer.status < 300) return answer;
    const body = await answer.beginning();
    const refusal: Refusal = {
      status: answer.status,
      errors: readErrors(body).map(withoutSecrets),
      isPage: body.trimStart().startsWith('<'),
      location: answer.header('location'),
      retryAfterMs: readRetryAfter(answer.header('retry-after'), clock()),
    };
    if (answer.status === 429) {
      counts.rateLimited += 1;
      await note(pacer.rateLimited(refusal.retryAfterMs, call.kind ?? 'request'));
    }
    throw refused(subjectOf(call), refusal);
  };

  const once: Requests['once'] = (call, leaving) =>
    exchange(call, leaving).catch((error: unknown) => {
      throw problemOf(subjectOf(call), error);
    });

  const tries = (call: Call): Tries => {
    const onRetry: RetryOptions['onRetry'] = (info) => {
      counts.retried += 1;
      options.onRetry?.(info);
    };
    const triesMs = call.triesMs ?? Math.max(shortestTriesMs, 4 * options.timeoutMs);
    const most = call.kind === 'report' ? mostReportTries : undefined;
    return startTries({ ...options, onRetry }, call.operation, triesMs, most);
  };

  return {
    counts,
    timeoutMs: options.timeoutMs,
    subject: subjectOf,
    once,
    tries,
    async ask(call, read, instead) {
      const subject = subjectOf(call);
      const attempts = tries(call);
      for (;;) {
        try {
          return await read(await once(call, () => attempts.leaving()), subject);
        } catch (error) {
          const problem = problemOf(subject, error);
          if (!(problem instanceof Problem)) throw problem;
          const result = instead?.(problem);
          if (result !== undefined) return result;
          await attempts.again(problem);
        }
      }
    },
  };
}

function unaddressable(subject: Subject): Problem {
  if (subject.noun === null || subject.id === null) throw new Error(`${subject.operation} has no path`);
  return new Problem(notFound(subject, subject.noun, subject.id), {
    refusal: { status: 404, errors: [], isPage: false, location: null, retryAfterMs: null },
  });
}

function rateLimitOf(answer: Answer): { limit: number | null; remaining: number | null } {
  const count = (name: string): number | null => {
    const value = answer.header(name);
    return numberOf(value);
  };
  return { limit: count('ratelimit-limit-second'), remaining: count('ratelimit-remaining-second') };
}
