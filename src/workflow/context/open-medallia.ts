import type { Settings } from '../../config/settings.ts';
import { Failure } from '../../failure.ts';
import { createMedalliaClient, type MedalliaClient } from '../../medallia/client.ts';
import { createMedalliaPacer } from '../../medallia/pacing.ts';
import type { LimiterStore } from '../../ports/limiter.ts';
import type { Priority } from '../../domain/values/request-slot.ts';

declare const GCSAT_VERSION: string;

export interface MedalliaContext {
  store: LimiterStore;
  signal: AbortSignal;
  clock: () => number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  priority: Priority;
  debug: (text: string) => void;
}

/** Whether answers can be read from Agent Connect. */
export function readsMedallia({ medallia }: Pick<Settings, 'medallia'>): boolean {
  return medallia.apiKey !== null && medallia.apiSecret !== null;
}

/** @throws Failure `delivery_incomplete` */
export function openMedallia(
  { medallia, timeoutMs }: Pick<Settings, 'medallia' | 'timeoutMs'>,
  { store, clock, sleep, signal, priority, debug }: MedalliaContext,
): MedalliaClient {
  const { apiKey, apiSecret, origin, perMinute } = medallia;
  if (apiKey === null)
    throw missing('the API key', '`gcsat configure set medalliaApiKey=-`, or give GCSAT_MEDALLIA_API_KEY');
  if (apiSecret === null)
    throw missing(
      'the API secret',
      '`gcsat configure set medalliaApiSecret=-`, or give GCSAT_MEDALLIA_API_SECRET',
    );
  return createMedalliaClient({
    origin,
    apiKey,
    apiSecret,
    timeoutMs,
    userAgent: `gcsat/${GCSAT_VERSION}`,
    pacer: createMedalliaPacer({ store, perMinute, priority, clock, sleep }),
    clock,
    random: Math.random,
    sleep,
    signal,
    onRetry: ({ operation, attempt, waitMs, why }) =>
      debug(`${operation}: try ${attempt} failed (${why}), next in ${Math.round(waitMs)} ms`),
  });
}

function missing(what: string, how: string): Failure {
  const message = `delivery medallia needs ${what} of Agent Connect`;
  return new Failure('configuration', 'delivery_incomplete', message, { hint: `Pipe it in with ${how}.` });
}
