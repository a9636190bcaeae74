import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { percentDecoded } from '../domain/values/percent-encoding.ts';
import { deliveryNames, type DeliveryName } from '../domain/delivery.ts';
import { isLoopback } from '../domain/values/loopback.ts';
import { fixedPath, refuseUnexpanded } from './given-text.ts';
import { InvalidValue } from './invalid-value.ts';
import * as medallia from './medallia-values.ts';
import type { ProfileKey } from './setting-keys.ts';

/** @throws InvalidValue */
export function parseDelivery(text: string): DeliveryName {
  const name = deliveryNames.find((known) => known === text.trim());
  if (name !== undefined) return name;
  throw new InvalidValue(`'${text}' is not a delivery`, `Use one of ${deliveryNames.join(', ')}.`);
}

/** The sender: an address with or without a name, or a number. @throws InvalidValue */
export function parseFrom(text: string): string {
  const from = text.trim();
  if (from !== '' && from.length <= 320 && !/\p{Cc}/u.test(from)) return from;
  throw new InvalidValue(`'${text}' is not a sender`, 'Use e.g. care@acme.com or +15550100.');
}

/** @returns the URL without a slash at the end. @throws InvalidValue */
export function parsePublicUrl(text: string): string {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  const plain =
    url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (plain && (url.protocol === 'https:' || url.protocol === 'http:')) return url.href.replace(/\/+$/, '');
  throw new InvalidValue('this is not a web address', 'Use e.g. https://csat.acme.com.');
}

/** The error message does not quote the value, which holds a password. @throws InvalidValue */
export function parseSmtpUrl(text: string): string {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  const known =
    url !== null && (url.protocol === 'smtp:' || url.protocol === 'smtps:') && url.hostname !== '';
  if (known && [url.username, url.password].every((text) => percentDecoded(text) !== null))
    return text.trim();
  throw new InvalidValue(
    'this is not the address of a mail server',
    'Use smtp://USER:PASSWORD@host:587 or smtps://USER:PASSWORD@host:465.',
  );
}

/** Where alerts go. The error message does not quote the value, which may hold a key. @throws InvalidValue */
export function parseAlertUrl(text: string): string {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url !== null && isSafe && url.username === '' && url.password === '' && url.hash === '')
    return url.href;
  throw new InvalidValue(
    'this is not a valid alert URL',
    'Use e.g. https://alerts.acme.com/gcsat; http is only for this machine.',
  );
}

/** The error message does not quote the value. @throws InvalidValue */
export function parseAlertSecret(text: string): string {
  const secret = text.trim();
  const [, key = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  const { length } = Buffer.from(key, 'base64');
  if (key.length % 4 === 0 && length >= 24 && length <= 64) return secret;
  throw new InvalidValue(
    'this is not a valid alert secret: whsec_ followed by 24 to 64 bytes in base64',
    'Create one with `echo "whsec_$(openssl rand -base64 32)"`.',
  );
}

/** The absolute path of a file. @throws InvalidValue */
export function parseTemplate(text: string): string {
  if (text.trim() !== '') return resolve(text);
  throw new InvalidValue('the path is empty', 'Give the path of the template file.');
}

/** The absolute path of a picture. @throws InvalidValue */
export function parseLogo(text: string): string {
  if (text.trim() !== '') return resolve(text.trim());
  throw new InvalidValue('the path is empty', 'Give the path of the logo file: PNG, JPEG, WebP, or GIF.');
}

/**
 * Addresses and ranges of the proxies whose X-Forwarded-For is trusted, separated by commas; an empty text for none.
 *
 * @throws InvalidValue
 */
export function parseTrustProxy(text: string): readonly string[] {
  if (text.trim() === '') return [];
  const entries = text.split(',').map((entry) => entry.trim());
  const ranges = entries.filter((entry) => entry !== '').map(parseAddressRange);
  if (ranges.length > 0) return ranges;
  throw new InvalidValue(`'${text}' contains no address`, 'Use e.g. 127.0.0.1, 10.0.0.0/8 or fd00::/8.');
}

function parseAddressRange(entry: string): string {
  const [address = '', length, ...rest] = entry.split('/');
  const family = isIP(address);
  const longest = family === 4 ? 32 : 128;
  const fits = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= longest);
  // A zone names an interface of this machine, and has no meaning in a header.
  if (family !== 0 && !address.includes('%') && rest.length === 0 && fits) return entry.toLowerCase();
  throw new InvalidValue(
    `'${entry}' is neither an address nor a range of addresses`,
    'Use e.g. 127.0.0.1, 10.0.0.0/8 or fd00::/8, separated by commas.',
  );
}

/** A file path or a URL. The ledger decides which URLs it can open. @throws InvalidValue */
export function parseDatabase(text: string): string {
  const location = text.trim();
  // A single letter is a Windows drive.
  const [, scheme = ''] = /^([a-z][a-z0-9+.-]+):/i.exec(location) ?? [];
  if (!['', 'sqlite', 'postgres', 'postgresql'].includes(scheme.toLowerCase())) {
    throw new InvalidValue(
      `${scheme}: is not a scheme for a ledger`,
      'Give a file path or a sqlite: URL. A path with a colon must begin with ./ or /.',
    );
  }
  if (/^(?:sqlite:)?:memory:$/i.test(location)) {
    throw new InvalidValue(
      'a ledger in memory forgets who was surveyed',
      'Give a file path or a sqlite: URL. To try gcsat without leaving a trace, use --sandbox.',
    );
  }
  if (/^sqlite:.*[?#%]/is.test(location)) {
    throw new InvalidValue(
      'a sqlite: URL cannot contain ?, #, or %: gcsat uses what follows sqlite: as a literal path',
      'Write only the path, e.g. /var/lib/gcsat/ledger.db.',
    );
  }
  if (scheme.toLowerCase().startsWith('postgres')) refuseTemplateInUrl(location);
  else refuseUnexpanded(pathOf(location));
  if (location !== '') return location;
  throw new InvalidValue('the address of the ledger is empty', 'Give a file path or a sqlite: URL.');
}

/** The URL may hold a password, so it is not quoted; and it may contain what a path cannot. @throws InvalidValue */
function refuseTemplateInUrl(location: string): void {
  if (!/\$(?:\{|\(|[A-Z_]+\b)/.test(location)) return;
  throw new InvalidValue('the URL contains a variable, which only a shell expands', 'Write the whole URL.');
}

/**
 * As above, for the environment, whose value stays the same while the current folder changes.
 *
 * @throws InvalidValue
 */
export function parseFixedDatabase(text: string): string {
  const location = parseDatabase(text);
  if (!/^postgres/i.test(location)) fixedPath(pathOf(location));
  return location;
}

function pathOf(location: string): string {
  return location.replace(/^sqlite:(?:\/\/(?=\/))?/i, '');
}

/** A percentage of the organization's rate limit. @throws InvalidValue */
export function parseRatePercent(text: string): number {
  const percent = /^\d{1,3}(?:\.\d+)?%?$/.test(text.trim()) ? Number.parseFloat(text) : Number.NaN;
  if (percent >= 1 && percent <= 100) return percent;
  throw new InvalidValue(`'${text}' is not a share of the rate limit`, 'Use a percentage from 1 to 100.');
}

/** Reads seconds. @returns milliseconds. @throws InvalidValue */
export function parseTimeout(text: string): number {
  const seconds = /^\d{1,4}(?:\.\d{1,3})?s?$/.test(text.trim()) ? Number.parseFloat(text) : Number.NaN;
  if (seconds >= 0.1 && seconds <= 600) return Math.round(seconds * 1000);
  throw new InvalidValue(`'${text}' is not a timeout`, 'Use seconds, from 0.1 to 600.');
}

/** A profile's name, which becomes part of file names. @throws InvalidValue */
export function parseProfileName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)) return text;
  throw new InvalidValue(
    `'${text}' is not a profile name`,
    'Use up to 64 letters, digits, dots, hyphens and underscores. The first must be a letter or a digit.',
  );
}

/** @throws InvalidValue */
export function parseEmail(text: string): string {
  const email = text.trim();
  // A colon would end the user name of Basic credentials (RFC 7617).
  if (/^[^\s:@\p{Cc}]+@[^\s:@\p{Cc}]+$/u.test(email)) return email;
  throw new InvalidValue(`'${text}' is not an email address`, "Use the email address of Gladly's API user.");
}

/** @throws InvalidValue */
export function parseToken(text: string): string {
  const token = text.trim();
  if (token === '') throw new InvalidValue('the token is empty', 'Give the API token.');
  if (/[\s\p{Cc}]/u.test(token))
    throw new InvalidValue('the token contains spaces or line breaks', 'Give only the token.');
  return token;
}

/** Checks the text of one setting. @throws InvalidValue */
export function checkProfileValue(key: ProfileKey, text: string): void {
  profileParsers[key](text);
}

const profileParsers: Record<ProfileKey, (text: string) => unknown> = {
  delivery: parseDelivery,
  from: parseFrom,
  publicUrl: parsePublicUrl,
  smtpUrl: parseSmtpUrl,
  alertUrl: parseAlertUrl,
  alertSecret: parseAlertSecret,
  template: parseTemplate,
  logo: parseLogo,
  trustProxy: parseTrustProxy,
  ratePercent: parseRatePercent,
  timeout: parseTimeout,
  medalliaApiKey: medallia.parseMedalliaKey,
  medalliaApiSecret: medallia.parseMedalliaKey,
  medalliaUrl: medallia.parseMedalliaUrl,
  medalliaChannels: medallia.parseMedalliaChannels,
  medalliaEmployees: resolve,
  medalliaBrand: medallia.parseMedalliaBrand,
  medalliaLanguage: medallia.parseMedalliaLanguage,
  medalliaRate: medallia.parseMedalliaRate,
  medalliaCountSuppressed: medallia.parseMedalliaCounts,
};
