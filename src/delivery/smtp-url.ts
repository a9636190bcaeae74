import { isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { percentDecoded } from '../domain/values/percent-encoding.ts';
import { isLoopback } from '../domain/values/loopback.ts';
import { Failure } from '../failure.ts';
import { isGreetingName } from './greeting-name.ts';

/** How to reach a mail server. */
export interface SmtpServer {
  host: string;
  port: number;
  /** `implicit`: from the first byte; `starttls`: before anything else is said; `none`: never. */
  encryption: 'implicit' | 'starttls' | 'none';
  login: { user: string; password: string } | null;
  /** The most connections at once. */
  connections: number;
  /** What to greet the server with; null: `greetingName`. */
  name: string | null;
  /** For each step of a session; null: the limits of the protocol. */
  timeoutMs: number | null;
}

/** The port of mail submission (RFC 6409) and that of submission over TLS (RFC 8314). */
const ports = { 'smtp:': 587, 'smtps:': 465 } as const;

const usualConnections = 3;
const mostConnections = 20;
const mostSeconds = 3600;

const hint =
  'Use smtp://USER:PASSWORD@host:587 or smtps://USER:PASSWORD@host, with ?tls=required, ?tls=off, ?pool=3, ?name=mail.acme.com or ?timeout=600 at the end if needed.';

/**
 * Reads a setting such as `smtp://user:password@host:587` or `smtps://host`. TLS is required, so that neither the
 * password nor a customer's address travels in plain text: `?tls=off` turns it off for a relay without login, and a
 * server on this machine uses it only with `?tls=required`. `?pool=5` permits 5 connections, `?name=mail.acme.com` is
 * the name to greet the server with, and `?timeout=600` allows it 600 s for each step.
 *
 * @throws Failure `bad_smtp_url` of kind configuration, which leaves out the setting because it holds a password
 */
export function readSmtpUrl(text: string): SmtpServer {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (url === null || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') || !isEmptyPath(url)) {
    throw bad('is not an smtp:// or smtps:// address');
  }
  const host = hostOf(url);
  const login = loginOf(url);
  const { tls, ...options } = optionsOf(url);
  const encryption = encryptionOf(url.protocol, tls, isLoopback(host));
  if (login !== null && encryption === 'none' && !isLoopback(host)) {
    throw bad('would send the password unencrypted');
  }
  return {
    host,
    port: url.port === '' ? ports[url.protocol] : Number(url.port),
    encryption,
    login,
    ...options,
  };
}

function isEmptyPath({ pathname, hash }: URL): boolean {
  return (pathname === '' || pathname === '/') && hash === '';
}

function hostOf({ hostname }: URL): string {
  const bracketed = /^\[(.*)\]$/.exec(hostname)?.[1];
  if (bracketed !== undefined) return bracketed;
  const host = domainToASCII(decoded(hostname));
  if (host !== '') return host;
  throw bad('has no host');
}

function loginOf({ username, password }: URL): SmtpServer['login'] {
  if (username === '' && password === '') return null;
  if (username === '' || password === '')
    throw bad('has a user without a password, or a password without a user');
  return { user: decoded(username), password: decoded(password) };
}

type Options = Pick<SmtpServer, 'connections' | 'name' | 'timeoutMs'> & { tls: 'required' | 'off' | null };

function optionsOf({ searchParams }: URL): Options {
  const {
    tls = null,
    pool = String(usualConnections),
    name = null,
    timeout = null,
    ...others
  } = Object.fromEntries(searchParams) as Record<string, string | undefined>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw bad(`has the unknown option ${JSON.stringify(unknown.slice(0, 40))}`);
  if (tls !== null && tls !== 'required' && tls !== 'off')
    throw bad('has a tls option that is neither required nor off');
  if (!/^\d{1,2}$/.test(pool) || Number(pool) < 1 || Number(pool) > mostConnections) {
    throw bad(`has a pool option that is not a number from 1 to ${mostConnections}`);
  }
  if (name !== null && !isGreetingName(name)) throw badName(name);
  return { tls, connections: Number(pool), name, timeoutMs: timeout === null ? null : timeoutOf(timeout) };
}

function badName(name: string): Failure {
  const six = /^\[([\da-f:.]+)\]$/i.exec(name)?.[1] ?? name;
  return bad(
    isIPv6(six)
      ? `has a name option that is an IPv6 address without its tag: write [IPv6:${six}]`
      : 'has a name option that is not a full host name',
  );
}

function timeoutOf(text: string): number {
  const seconds = /^\d{1,4}(?:\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= 0.1 && seconds <= mostSeconds) return Math.round(seconds * 1000);
  throw bad(`has a timeout option that is not a number of seconds from 0.1 to ${mostSeconds}`);
}

function encryptionOf(
  protocol: keyof typeof ports,
  tls: 'required' | 'off' | null,
  isLocal: boolean,
): SmtpServer['encryption'] {
  if (protocol === 'smtps:') {
    if (tls === 'off') throw bad('has both smtps and tls=off');
    return 'implicit';
  }
  return tls === 'off' || (tls === null && isLocal) ? 'none' : 'starttls';
}

function decoded(text: string): string {
  const plain = percentDecoded(text);
  if (plain === null) throw bad('has a % that should be written %25');
  return plain;
}

function bad(what: string): Failure {
  return new Failure(
    'configuration',
    'bad_smtp_url',
    `the address of the mail server (GCSAT_SMTP_URL) ${what}`,
    {
      hint,
    },
  );
}
