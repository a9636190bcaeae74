import { readValue } from '../config/invalid-value.ts';
import { parseTrustProxy } from '../config/profile-values.ts';
import { Failure } from '../failure.ts';
import { durationOf } from './program/run-limits.ts';
import { wholeNumber } from './program/whole-number.ts';

/** The flags of `gcsat serve` as typed. */
export interface ServeFlags {
  host?: string | undefined;
  port?: string | undefined;
  trustProxy?: string | undefined;
  metricsFrom?: string | undefined;
  /** False: `--no-catch-up`. */
  catchUp?: string | false | undefined;
}

export interface ServeOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Null: as the profile says. */
  readonly trustedProxies: readonly string[] | null;
  readonly metricsReaders: readonly string[];
  /** Null: never. */
  readonly catchUpMilliseconds: number | null;
}

const usualHost = '127.0.0.1';
const usualPort = 8080;
const usualCatchUpMilliseconds = 5 * 60_000;
const shortestCatchUpMilliseconds = 1000;
/** As far back as Gladly's events reach: with a longer pause, each catch-up needs a report. */
const longestCatchUpMilliseconds = 24 * 60 * 60_000;

/** @throws Failure kind usage */
export function serveOptions({ host, port, trustProxy, metricsFrom, catchUp }: ServeFlags): ServeOptions {
  return {
    host: hostOf(host),
    port: port === undefined ? usualPort : wholeNumber('--port', port, { most: 65_535 }),
    trustedProxies: rangesOf('--trust-proxy', trustProxy),
    metricsReaders: rangesOf('--metrics-from', metricsFrom) ?? [],
    catchUpMilliseconds: catchUpOf(catchUp),
  };
}

/** An empty host, e.g. from an unset variable, would listen at every address of this machine. */
function hostOf(text: string | undefined): string {
  const host = (text ?? usualHost).trim();
  if (host !== '') return host;
  throw new Failure('usage', 'bad_value', '--host is empty', {
    hint: 'Give an address or a name of this machine, or 0.0.0.0 or :: for all its addresses.',
  });
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

function rangesOf(flag: string, given: string | undefined): readonly string[] | null {
  return given === undefined ? null : readValue('usage', flag, parseTrustProxy, given);
}
