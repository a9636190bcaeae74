import type { Answer, Outgoing, Transport } from '../http/transport.ts';
import { TransportError } from '../http/transport-error.ts';
import { readRetryAfter } from '../http/retry-after.ts';
import type { MedalliaPacer } from './pacing.ts';
import { interruptedAt, MedalliaProblem, refusedBy, saidBy, unreadableBy } from './problems.ts';

/** One request to Agent Connect. */
export interface MedalliaCall {
  /** The operationId of the contract. */
  operation: string;
  method: Outgoing['method'];
  path: string;
  query?: URLSearchParams;
  json?: unknown;
  /** For Data Return and User Management. */
  needsToken: boolean;
  freshConnection?: boolean;
}

export interface ExchangeOptions {
  transport: Transport;
  pacer: MedalliaPacer;
  timeoutMs: number;
  /** A fresh token for each request. */
  token: () => Promise<string>;
  /** Never part of a message, even if an answer repeats them. */
  secrets: readonly string[];
  clock: () => number;
  /** From 0 to less than 1. */
  random: () => number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  signal?: AbortSignal;
  onRetry?: (info: { operation: string; attempt: number; waitMs: number; why: string }) => void;
}

export interface MedalliaCounts {
  /** Every request that left, repeated ones included. */
  medallia: number;
  /** The same, by the operationId of the contract. */
  byOperation: Record<string, number>;
  retried: number;
  rateLimited: number;
}

export interface Exchange {
  readonly counts: MedalliaCounts;
  readonly host: string;
  /**
   * One exchange. Throws a MedalliaProblem for anything but a success. `leaving` is awaited right before the request
   * leaves; whatever it throws is passed on.
   */
  once(call: MedalliaCall, leaving?: () => Promise<void>): Promise<Answer>;
  /**
   * The JSON of an answer. Tries until there is one, so only for requests that are safe to repeat. Throws the last
   * Failure.
   */
  json(call: MedalliaCall): Promise<unknown>;
  /** An error of an exchange as a MedalliaProblem; a defect or the reason of a signal stays as it is. */
  problemOf(operation: string, error: unknown): unknown;
}

const mostTries = 6;
const firstBackOffMs = 500;
const longestBackOffMs = 15_000;
/** A thousand rows, with long comments. */
const mostBytes = 64 * 1024 * 1024;

export function createExchange(options: ExchangeOptions): Exchange {
  const { transport, pacer, signal } = options;
  const { host } = transport;
  const counts: MedalliaCounts = { medallia: 0, byOperation: {}, retried: 0, rateLimited: 0 };

  const withoutSecrets = (text: string): string =>
    options.secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text);

  const problemOf = (operation: string, error: unknown): unknown =>
    error instanceof TransportError ? interruptedAt(host, operation, error) : error;

  const exchange = async (call: MedalliaCall, leaving?: () => Promise<void>): Promise<Answer> => {
    await pacer.grant(signal);
    const headers = call.needsToken ? { authorization: await options.token() } : {};
    signal?.throwIfAborted();
    await leaving?.();
    counts.medallia += 1;
    counts.byOperation[call.operation] = (counts.byOperation[call.operation] ?? 0) + 1;
    const answer = await transport.send({
      method: call.method,
      path: call.path,
      accept: 'application/json',
      headers,
      time: { whole: options.timeoutMs },
      ...(call.query === undefined ? {} : { query: call.query }),
      ...(call.json === undefined ? {} : { json: call.json }),
      ...(call.freshConnection === undefined ? {} : { freshConnection: call.freshConnection }),
    });
    if (answer.status >= 200 && answer.status < 300) return answer;
    const retryAfterMs = readRetryAfter(answer.header('retry-after'), options.clock());
    const said = saidBy(withoutSecrets(await answer.beginning()));
    if (answer.status === 429) {
      counts.rateLimited += 1;
      // The answer matters even if the pause cannot be stored.
      await pacer.rateLimited(retryAfterMs).catch(() => undefined);
    }
    throw refusedBy(host, call.operation, answer.status, { said, retryAfterMs });
  };

  const once: Exchange['once'] = (call, leaving) =>
    exchange(call, leaving).catch((error: unknown) => {
      throw problemOf(call.operation, error);
    });

  const readJson = async (call: MedalliaCall, answer: Answer): Promise<unknown> => {
    const text = await answer.text(mostBytes);
    try {
      return JSON.parse(text);
    } catch {
      // A page from a proxy, or a body that was cut off: the next try may bring the answer.
      throw unreadableBy(host, call.operation, 'it is not JSON', true);
    }
  };

  return {
    counts,
    host,
    once,
    problemOf,
    async json(call) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await readJson(call, await once(call));
        } catch (error) {
          const problem = problemOf(call.operation, error);
          if (!(problem instanceof MedalliaProblem)) throw problem;
          if (!problem.repeatable || attempt >= mostTries) throw problem.failure;
          const backOffMs = Math.min(longestBackOffMs, firstBackOffMs * 2 ** (attempt - 1));
          const waitMs = Math.max(Math.min(problem.retryAfterMs ?? 0, 60_000), options.random() * backOffMs);
          counts.retried += 1;
          options.onRetry?.({ operation: call.operation, attempt, waitMs, why: problem.failure.code });
          await options.sleep(waitMs, signal);
          signal?.throwIfAborted();
        }
      }
    },
  };
}
