import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { percentDecoded } from '../../domain/values/percent-encoding.ts';
import { Failure } from '../../failure.ts';
import { shownAddress } from './shown-address.ts';

/** Where a ledger on PostgreSQL is, and how it is reached. */
export interface PostgresAddress {
  host: string;
  port: number;
  database: string;
  /** Undefined: PGUSER, else the name of this account. */
  user: string | undefined;
  /** Undefined: PGPASSWORD, else the file .pgpass, else none. */
  password: string | undefined;
  ssl: false | ConnectionOptions;
  /** The most connections that one process has at the same time. */
  connections: number;
  applicationName: string;
  /** For people: without the password and the settings. */
  shown: string;
}

const usualConnections = 8;
const mostConnections = 100;
const sslModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
type SslMode = (typeof sslModes)[number];

/**
 * Reads `postgres://user:password@host:port/database?sslmode=…&sslrootcert=…&connections=…&application_name=…`; `host=/folder`
 * names the folder of a socket. The text is never repeated in a failure, because it may hold a password.
 *
 * @throws Failure database_invalid
 */
export function postgresAddress(location: string): PostgresAddress {
  const url = parsed(location);
  const given = Object.fromEntries(url.searchParams);
  const {
    sslmode,
    sslrootcert,
    connections,
    application_name: applicationName,
    host: socket,
    ...rest
  } = given;
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) {
    throw invalid(
      `The address of the ledger has a setting that gcsat does not know: ${JSON.stringify(unknown)}.`,
      'Use sslmode, sslrootcert, connections, application_name, and host for a socket.',
    );
  }
  const host = decoded(socket ?? url.hostname.replace(/^\[(.*)\]$/, '$1'));
  const database = decoded(url.pathname.slice(1));
  if (host === '' || database === '' || database.includes('/')) {
    throw invalid('The address of the ledger has no host or no database.', example);
  }
  const port = url.port === '' ? 5432 : Number(url.port);
  const user = url.username === '' ? undefined : decoded(url.username);
  return {
    host,
    port,
    database,
    user,
    password: url.password === '' ? undefined : decoded(url.password),
    ssl: sslOf(host, sslmode, sslrootcert),
    connections: connectionsOf(connections),
    applicationName: applicationName ?? 'gcsat',
    shown: shownAddress(location),
  };
}

const example = 'Write it as postgres://user@host:5432/database.';

function parsed(location: string): URL {
  // A socket has no host.
  const text = location.trim().replace(/^(postgres(?:ql)?:\/\/(?:[^/?#@]*@)?)(?=\/)/i, '$1socket');
  if (!/^postgres(ql)?:\/\//i.test(text) || !URL.canParse(text)) {
    throw invalid('The address of the ledger cannot be read.', example);
  }
  const url = new URL(text);
  if (url.hostname === 'socket' && !url.searchParams.has('host')) {
    throw invalid('The address of the ledger has no host or no database.', example);
  }
  return url;
}

function decoded(text: string): string {
  const plain = percentDecoded(text);
  if (plain !== null) return plain;
  throw invalid(
    'The address of the ledger has a percent sign that is not part of an encoded character.',
    'Write % as %25.',
  );
}

function connectionsOf(text: string | undefined): number {
  if (text === undefined) return usualConnections;
  const connections = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  // At least 2: one may wait for a lock while another finishes.
  if (connections >= 2 && connections <= mostConnections) return connections;
  throw invalid(
    `The number of connections to the ledger must be from 2 to ${mostConnections}.`,
    `Leave out connections to use the default of ${usualConnections}.`,
  );
}

/** Without `sslmode`, only a connection within this machine is unencrypted. */
function sslOf(host: string, mode: string | undefined, file: string | undefined): false | ConnectionOptions {
  const isHere = host.startsWith('/') || ['localhost', '127.0.0.1', '::1'].includes(host);
  const usual: SslMode = isHere && file === undefined ? 'disable' : 'verify-full';
  const chosen = sslModes.find((known) => known === (mode ?? usual));
  if (chosen === undefined) {
    throw invalid(
      'gcsat does not know the sslmode of the ledger.',
      `Use ${sslModes.join(', ')}. Without it, a server on another machine must prove its identity.`,
    );
  }
  if (chosen === 'disable') return false;
  const trusted = file === undefined ? {} : { ca: certificates(file) };
  if (chosen === 'require') return { ...trusted, rejectUnauthorized: false };
  return chosen === 'verify-ca'
    ? { ...trusted, checkServerIdentity: () => undefined }
    : { ...trusted, ...provenName(host) };
}

/**
 * The name that the server's certificate must have. An IP address is not sent as a server name (RFC 6066, section 3).
 */
function provenName(host: string): ConnectionOptions {
  if (host.startsWith('/')) return {};
  return isIP(host) === 0 ? { servername: host } : { host };
}

function certificates(file: string): string {
  try {
    if (!isAbsolute(file)) throw new Error('it is not an absolute path');
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw invalid(
      `The certificates of sslrootcert cannot be read (${code ?? message}).`,
      'Give the absolute path of a file with certificates in PEM format.',
    );
  }
}

function invalid(message: string, hint: string): Failure {
  return new Failure('configuration', 'database_invalid', message, { hint });
}
