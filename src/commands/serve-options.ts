import { environmentText } from '../config/environment.ts';
import { InvalidValue, readValue } from '../config/invalid-value.ts';
import { parseTrustProxy } from '../config/profile-values.ts';
import { Failure } from '../failure.ts';
import { durationOf } from './program/run-limits.ts';

/** The flags of `gcsat serve` as typed. */
export interface ServeFlags {
  host?: string | undefined;
  port?: string | undefined;
  trustProxy?: string | undefined;
  metricsFrom?: string | undefined;
  drain?: string | undefined;
  /** False: `--no-catch-up`. */
  catchUp?: string | false | undefined;
}

export interface ServeOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Null: the profile's setting applies. */
  readonly trustedProxies: readonly string[] | null;
  readonly metricsReaders: readonly string[];
  /** How long a stopped server still serves requests, while it reports that it is not ready. */
  readonly drainMilliseconds: number;
  /** Null: no catch-up. */
  readonly catchUpMilliseconds: number | null;
}

const usualHost = '127.0.0.1';
const usualPort = 8080;
/** Requests in flight get 5 s after the drain, so that stopping ends within 10 s. */
const longestDrainMilliseconds = 3000;
const usualCatchUpMilliseconds = 5 * 60_000;
const shortestCatchUpMilliseconds = 1000;
/** As far back as Gladly's events reach: with a longer interval, each catch-up would need a report. */
const longestCatchUpMilliseconds = 24 * 60 * 60_000;

/** @throws Failure kind usage for a flag, kind configuration for a variable */
export function serveOptions(flags: ServeFlags, env: NodeJS.ProcessEnv): ServeOptions {
  const read = <Value>(
    flag: string,
    given: string | undefined,
    variable: string,
    parse: (text: string) => Value,
  ): Value | null => {
    if (given !== undefined) return readValue('usage', flag, parse, given);
    const text = environmentText(env, variable);
    return text === null ? null : readValue('configuration', variable, parse, text);
  };
  return {
    host: read('--host', flags.host, 'GCSAT_HOST', parseHost) ?? usualHost,
    port: read('--port', flags.port, 'GCSAT_PORT', parsePort) ?? usualPort,
    trustedProxies:
      flags.trustProxy === undefined
        ? null
        : readValue('usage', '--trust-proxy', parseTrustProxy, flags.trustProxy),
    metricsReaders: read('--metrics-from', flags.metricsFrom, 'GCSAT_METRICS_FROM', parseTrustProxy) ?? [],
    drainMilliseconds: read('--drain', flags.drain, 'GCSAT_DRAIN', parseDrain) ?? 0,
    catchUpMilliseconds: catchUpOf(flags.catchUp),
  };
}

/** An empty host, e.g. from an unset variable, would listen on every address of this machine. */
function parseHost(text: string): string {
  const host = text.trim();
  if (host !== '') return host;
  throw new InvalidValue(
    'it is empty',
    'Give an address or a name of this machine, or 0.0.0.0 or :: for all its addresses.',
  );
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidValue(`'${text}' is not a port`, 'Give a whole number from 0 to 65535.');
}

function parseDrain(text: string): number {
  const [, seconds] = /^(\d)s?$/.exec(text) ?? [];
  const milliseconds = Number(seconds) * 1000;
  if (milliseconds <= longestDrainMilliseconds) return milliseconds;
  throw new InvalidValue(`'${text}' is not from 0s to 3s`, 'Give 0s to 3s, e.g. 2s.');
}

function catchUpOf(given: ServeFlags['catchUp']): number | null {
  if (given === undefined) return usualCatchUpMilliseconds;
  if (given === false) return null;
  const milliseconds = durationOf('--catch-up', given);
  const isTooShort = milliseconds < shortestCatchUpMilliseconds;
  if (!isTooShort && milliseconds <= longestCatchUpMilliseconds) return milliseconds;
  throw new Failure('usage', 'bad_duration', `--catch-up ${given} is too ${isTooShort ? 'short' : 'long'}`, {
    hint: 'Give 1s to 1d, e.g. 5m, or --no-catch-up.',
  });
}
