import type { Context } from 'hono';
import type { RequestFigures } from '../domain/survey-document.ts';
import { isLoopback, type AddressSet } from './client-address.ts';
import type { Exchange, ServerBindings } from './exchange.ts';
import type { ServerLog } from './log.ts';
import type { Metrics, QueueFigures } from './metrics.ts';
import { failureFields } from './webhook.ts';

export interface HealthParts {
  /** Throws when the ledger cannot be reached. */
  ready: () => Promise<void>;
  figures: () => Promise<QueueFigures>;
  requests: () => RequestFigures;
  metrics: Metrics;
  /** Other addresses that may read the metrics. */
  metricsReaders: AddressSet;
  log: ServerLog;
  clock: () => number;
}

/** A probe that waits longer counts it as a failure anyway. */
const longestWaitMs = 2000;
/** Several scrapers do not ask the ledger each. */
const figuresLastMs = 5000;

/** `/readyz`: 200 while the ledger answers, else 503. Why not is in the log, once for each outage. */
export function readyHandler({ ready, log }: HealthParts) {
  let wasReady = true;
  return async (c: Context<ServerBindings>): Promise<Response> => {
    try {
      await inTime(ready());
      wasReady = true;
      return c.json({ status: 'ready' }, 200);
    } catch (error) {
      if (wasReady) log.error(failureFields(error), 'not ready: the ledger does not answer');
      wasReady = false;
      return c.json({ status: 'unavailable' }, 503);
    }
  };
}

/**
 * `/metrics`. Figures of the business are not for whoever finds the address of the survey page: they are given to
 * programs on this host and to the addresses that the operator names, and never through a proxy to anybody else.
 */
export function metricsHandler(parts: HealthParts) {
  const { metrics, requests, clock, log } = parts;
  let asked: { at: number; figures: Promise<QueueFigures | null> } | null = null;

  const figures = (): Promise<QueueFigures | null> => {
    const now = clock();
    if (asked !== null && Math.abs(now - asked.at) < figuresLastMs) return asked.figures;
    const answer = inTime(parts.figures()).catch((error: unknown) => {
      log.warn(failureFields(error), 'the ledger gave no figures for the metrics');
      return null;
    });
    asked = { at: now, figures: answer };
    return answer;
  };

  return async (c: Context<ServerBindings>): Promise<Response> => {
    if (!mayReadMetrics(c.env.exchange, parts.metricsReaders)) return c.text('not found\n', 404);
    const text = await metrics.text({ queue: await figures(), requests: requests(), now: clock() });
    return c.body(text, 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' });
  };
}

function mayReadMetrics({ peer, address, isForwarded }: Exchange, readers: AddressSet): boolean {
  if (readers.has(address)) return !isForwarded || address !== peer;
  return isLoopback(peer) && !isForwarded;
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeLimitReached()), longestWaitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

class TimeLimitReached extends Error {
  override name = 'TimeLimitReached';
}
