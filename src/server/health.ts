import type { Context } from 'hono';
import type { Log } from '../ports/log.ts';
import { Failure } from '../failure.ts';
import { isLoopback } from '../domain/values/loopback.ts';
import type { RequestFigures } from '../documents/survey.ts';
import { errorFields } from '../workflow/context/error-fields.ts';
import type { Serving, ServingFigures } from '../workflow/serving/serve.ts';
import type { AddressSet } from './client-address.ts';
import type { Exchange, ServerBindings } from './exchange.ts';
import type { Metrics } from './metrics.ts';

export interface HealthParts {
  /** Throws if the ledger cannot be reached or written. */
  ready: () => Promise<void>;
  /** The process is about to end: it still serves requests, but wants no more. */
  isStopping?: () => boolean;
  figures: () => Promise<ServingFigures>;
  requests: () => RequestFigures;
  medalliaRequests: Serving['medalliaRequests'];
  metrics: Metrics;
  /** Addresses that may read the metrics, in addition to this host. */
  metricsReaders: AddressSet;
  log: Log;
  clock: () => number;
}

/** A probe counts a longer wait as a failure anyway. */
const longestWaitMs = 2000;
/** However many scrapers and strangers ask, the ledger is read at most this often. */
const figuresLastMs = 5000;
const readyLastsMs = 1000;

/**
 * `/readyz`: 200 while the ledger can be written, else 503 with the code of the problem. The log reports it once per
 * outage.
 */
export function readyHandler({ ready, isStopping = () => false, log, clock }: HealthParts) {
  let wasReady = true;

  const ask = async (): Promise<{ isReady: boolean; code?: string }> => {
    try {
      await inTime(ready());
      wasReady = true;
      return { isReady: true };
    } catch (error) {
      if (wasReady) log.error(errorFields(error), 'not ready: the ledger cannot be written');
      wasReady = false;
      return error instanceof Failure ? { isReady: false, code: error.code } : { isReady: false };
    }
  };

  const state = kept(readyLastsMs, clock, ask);
  return async (c: Context<ServerBindings>): Promise<Response> => {
    if (isStopping()) return c.json({ status: 'unavailable', code: 'stopping' }, 503);
    const { isReady, code } = await state();
    return isReady ? c.json({ status: 'ready' }, 200) : c.json({ status: 'unavailable', code }, 503);
  };
}

/**
 * `/metrics`. Business figures are not for everyone who knows the URL of the survey page: they go to programs on this
 * host and to the addresses that the operator names, never through a proxy to anyone else.
 */
export function metricsHandler(parts: HealthParts) {
  const { metrics, requests, medalliaRequests, clock, log } = parts;

  const figures = kept(figuresLastMs, clock, () =>
    inTime(parts.figures()).catch((error: unknown) => {
      log.warn(errorFields(error), 'could not read the figures for the metrics');
      return null;
    }),
  );

  return async (c: Context<ServerBindings>): Promise<Response> => {
    if (!mayReadMetrics(c.env.exchange, parts.metricsReaders)) return c.text('not found\n', 404);
    const text = await metrics.text({
      queue: await figures(),
      requests: requests(),
      medalliaRequests: medalliaRequests(),
      now: clock(),
    });
    return c.body(text, 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' });
  };
}

function mayReadMetrics({ peer, address, isForwarded, host }: Exchange, readers: AddressSet): boolean {
  if (readers.has(address)) return !isForwarded || address !== peer;
  // A browser on this host sends requests for any site whose name resolves to here.
  const isMeant = host === null || host === undefined || isLoopback(host);
  return isLoopback(peer) && !isForwarded && isMeant;
}

/** Shares one answer among all calls within this many milliseconds of the first. */
function kept<T>(milliseconds: number, clock: () => number, ask: () => Promise<T>): () => Promise<T> {
  let asked: { at: number; answer: Promise<T> } | null = null;
  return () => {
    const now = clock();
    if (asked === null || Math.abs(now - asked.at) >= milliseconds) asked = { at: now, answer: ask() };
    return asked.answer;
  };
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
