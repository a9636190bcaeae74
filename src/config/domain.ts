import { isIPv4 } from 'node:net';
import { InvalidValue } from './invalid-value.ts';

/** Production, Gladly's sandboxes, this machine, or a host that the user allowed by hand. */
export type HostKind = 'com' | 'qa' | 'loopback' | 'other';

export interface Domain {
  /** Scheme, host and port, without a slash at the end. */
  origin: string;
  /** Host and port. */
  host: string;
  hostKind: HostKind;
}

const examples = 'give acme, acme.gladly.com, acme.gladly.qa or an origin such as https://acme.gladly.com';
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const gladlyHost = new RegExp(`^(?:${label}\\.)+gladly\\.(com|qa)$`);
const hostName = new RegExp(`^${label}(?:\\.${label})*$`);

/**
 * The organisation's address, in any of the forms that people paste. A form that could send the credentials to
 * somebody else is refused. Hosts: contract section 1 of Gladly's API (production .com, sandboxes .qa).
 *
 * @throws InvalidValue
 */
export function parseDomain(text: string, allowHost: boolean): Domain {
  const given = text.trim();
  if (given === '') throw new InvalidValue('the domain is empty', examples);
  // What is left out here is how one host is made to look like another: userinfo, backslashes, letters of other scripts.
  if (given.includes('@')) throw new InvalidValue(`'${given}' contains a user name`, examples);
  if (!/^[A-Za-z0-9.:/[\]-]+$/.test(given)) {
    throw new InvalidValue(`'${given}' contains characters that no host name has`, examples);
  }
  const { scheme, rest } = splitScheme(given.toLowerCase());
  const authority = rest.replace(/\/$/, '');
  if (authority.includes('/')) throw new InvalidValue(`'${given}' contains a path`, examples);
  const short = scheme === null && new RegExp(`^${label}$`).test(authority) && authority !== 'localhost';
  const url = parseAuthority(scheme ?? 'https', short ? `${authority}.gladly.com` : authority, given);
  const hostKind = kindOf(url.hostname);
  refuseUnsafe(given, scheme, url, hostKind, allowHost);
  // Nobody serves TLS on this machine unless asked to.
  const { origin, host } = hostKind === 'loopback' && scheme === null ? new URL(`http://${authority}`) : url;
  return { origin, host, hostKind };
}

function splitScheme(text: string): { scheme: string | null; rest: string } {
  const match = /^([a-z0-9.-]+):\/\/(.*)$/.exec(text);
  return match === null ? { scheme: null, rest: text } : { scheme: match[1] ?? null, rest: match[2] ?? '' };
}

function parseAuthority(scheme: string, authority: string, given: string): URL {
  if (scheme !== 'https' && scheme !== 'http') {
    throw new InvalidValue(`'${given}' has the scheme ${scheme}`, 'use https');
  }
  const whole = `${scheme}://${authority}`;
  const url = URL.canParse(whole) ? new URL(whole) : null;
  const isName = url !== null && (url.hostname.startsWith('[') || hostName.test(url.hostname));
  if (url === null || !isName) throw new InvalidValue(`'${given}' is no host name`, examples);
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
      'use https; http is for this machine only',
    );
  }
  if (hostKind === 'other' && !allowHost) {
    throw new InvalidValue(
      `${url.host} is not a host of Gladly`,
      'check the spelling, or add --allow-host (GCSAT_ALLOW_HOST=1) if the token may go there',
    );
  }
  if (hostKind !== 'other' && url.port !== '') {
    throw new InvalidValue(`'${given}' has a port, Gladly has none but 443`, examples);
  }
}
