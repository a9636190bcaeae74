import { isIPv4 } from 'node:net';
import { InvalidValue } from './invalid-value.ts';

/** Gladly's production, Gladly's sandboxes, this machine, or a host that the user allowed. */
export type HostKind = 'com' | 'qa' | 'loopback' | 'other';

export interface Domain {
  /** Scheme, host and port, without a slash at the end. */
  readonly origin: string;
  /** Host and port. */
  readonly host: string;
  readonly hostKind: HostKind;
}

const examples =
  'Give acme, acme.us-1, acme.gladly.com, acme.us-1.gladly.com, acme.gladly.qa or an origin such as https://acme.gladly.com.';
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const gladlyHost = new RegExp(`^(?:${label}\\.)+gladly\\.(com|qa)$`);
/** Pages of the web application have ids in their paths. */
const pagePath = /(?<=[^/:])\/[A-Za-z0-9._~/-]*$/;
/**
 * An organization, alone or with a region such as us-1. No top-level domain looks like a region, so no other host
 * matches.
 */
const organization = new RegExp(`^${label}(?:\\.[a-z]{2}-[0-9]{1,2})?$`);
const hostName = new RegExp(`^${label}(?:\\.${label})*$`);

/**
 * The organization's origin, from any form that people paste: also a Gladly URL with the path of a page or of the
 * API, which is dropped. Forms that could send the credentials to another host are refused. Hosts: contract, servers
 * of Gladly's API (production .com, sandboxes .qa, either with a region such as us-1 before it).
 *
 * @throws InvalidValue
 */
export function parseDomain(text: string, allowHost: boolean): Domain {
  const given = text.trim();
  if (given === '') throw new InvalidValue('the domain is empty', examples);
  // User info, backslashes and letters of other scripts can make one host look like another.
  if (given.includes('@')) throw new InvalidValue(`'${given}' contains a user name`, examples);
  if (!/^[A-Za-z0-9.:/[\]-]+$/.test(given.replace(pagePath, ''))) {
    throw new InvalidValue(`'${given}' contains characters that a host name cannot have`, examples);
  }
  const { scheme, rest } = splitScheme(given.toLowerCase());
  const [authority = ''] = rest.split('/', 1);
  const hasPath = rest.replace(/\/$/, '') !== authority;
  const short = scheme === null && !hasPath && organization.test(authority) && authority !== 'localhost';
  const url = parseAuthority(scheme ?? 'https', short ? `${authority}.gladly.com` : authority, given);
  const hostKind = kindOf(url.hostname);
  if (hasPath && hostKind !== 'com' && hostKind !== 'qa') {
    throw new InvalidValue(`'${given}' contains a path`, examples);
  }
  refuseUnsafe(given, scheme, url, hostKind, allowHost);
  // A local server rarely has TLS.
  const { origin, host } = hostKind === 'loopback' && scheme === null ? new URL(`http://${authority}`) : url;
  return { origin, host, hostKind };
}

function splitScheme(text: string): { scheme: string | null; rest: string } {
  const match = /^([a-z0-9.-]+):\/\/(.*)$/.exec(text);
  return match === null ? { scheme: null, rest: text } : { scheme: match[1] ?? null, rest: match[2] ?? '' };
}

function parseAuthority(scheme: string, authority: string, given: string): URL {
  if (scheme !== 'https' && scheme !== 'http') {
    throw new InvalidValue(`'${given}' has the scheme ${scheme}`, 'Use https.');
  }
  const whole = `${scheme}://${authority}`;
  const url = URL.canParse(whole) ? new URL(whole) : null;
  const isName = url !== null && (url.hostname.startsWith('[') || hostName.test(url.hostname));
  if (url === null || !isName) throw new InvalidValue(`'${given}' is not a host name`, examples);
  return url;
}

function kindOf(host: string): HostKind {
  if (host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.')))
    return 'loopback';
  const gladly = gladlyHost.exec(host);
  if (gladly === null) return 'other';
  return gladly[1] === 'qa' ? 'qa' : 'com';
}

function refuseUnsafe(
  given: string,
  scheme: string | null,
  url: URL,
  hostKind: HostKind,
  allowHost: boolean,
): void {
  if (hostKind === 'loopback') return;
  if (scheme === 'http') {
    throw new InvalidValue(
      `'${given}' would send the token unencrypted`,
      'Use https; http is for this machine only.',
    );
  }
  if (hostKind === 'other' && !allowHost) {
    throw new InvalidValue(
      `${url.host} is not a Gladly host`,
      'Check the spelling. If the token may go there, add --allow-host (GCSAT_ALLOW_HOST=1).',
    );
  }
  if (hostKind !== 'other' && url.port !== '') {
    throw new InvalidValue(`'${given}' has a port, but Gladly uses only 443`, examples);
  }
}
