import { isLoopback } from '../domain/values/loopback.ts';
import { onOrOff } from './alert-codecs.ts';
import { fixedPath } from './given-text.ts';
import { InvalidValue } from './invalid-value.ts';

/** The host that all companies share (contract, servers). */
export const sharedMedalliaOrigin = 'https://api.stellaconnect.net';

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const signInHost = new RegExp(`^(${label})\\.stellaconnect\\.net$`);
const apiHost = new RegExp(`^(?:${label}\\.)?api\\.stellaconnect\\.net$`);

/** The company's subdomain, the host where people sign in, the API's host, or an origin. @throws InvalidValue */
export function parseMedalliaUrl(text: string): string {
  const given = text.trim().replace(/\/+$/, '');
  if (new RegExp(`^${label}$`, 'i').test(given) && given !== 'localhost') {
    return `https://${given.toLowerCase()}.api.stellaconnect.net`;
  }
  const whole = /^https?:\/\//i.test(given) ? given : `https://${given}`;
  const url = URL.canParse(whole) ? new URL(whole) : null;
  const isPlain = url !== null && url.username === '' && url.password === '' && url.pathname === '/';
  if (url === null || !isPlain || url.search !== '' || url.hash !== '') {
    throw new InvalidValue(
      `'${text}' is not the address of Agent Connect's API`,
      'Use the subdomain of your company, or e.g. https://acme.api.stellaconnect.net.',
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new InvalidValue(
      `'${text}' would send the keys unencrypted`,
      'Use https; http is for this machine only.',
    );
  }
  const [, company] = signInHost.exec(url.hostname) ?? [];
  return company === undefined || company === 'api' ? url.origin : `https://${company}.api.stellaconnect.net`;
}

/** A host of the vendor, or this machine, so that a typo does not leak the keys. @throws InvalidValue */
export function parseMedalliaHost(text: string, allowHost: boolean): string {
  const origin = parseMedalliaUrl(text);
  const { hostname } = new URL(origin);
  if (allowHost || isLoopback(hostname) || apiHost.test(hostname)) return origin;
  throw new InvalidValue(
    `${hostname} is not an Agent Connect host`,
    'Check the spelling. If the keys may go there, add --allow-host (GCSAT_ALLOW_HOST=1).',
  );
}

/** A key or a secret; the error message does not quote it. @throws InvalidValue */
export function parseMedalliaKey(text: string): string {
  const key = text.trim();
  if (key !== '' && /^[\x21-\x7e]+$/.test(key)) return key;
  throw new InvalidValue('this is not an Agent Connect key', 'Copy it from Settings > Integrations.');
}

/** Which channel of Agent Connect each Gladly channel maps to. @throws InvalidValue */
export function parseMedalliaChannels(text: string): ReadonlyMap<string, string> {
  const entries = text.split(',').map((entry) => entry.split('='));
  const channels = entries.map(([from = '', to = '', ...rest]) => {
    const [gladly, there] = [from.trim().toLowerCase(), to.trim()];
    if (gladly !== '' && there !== '' && rest.length === 0 && !/\p{Cc}/u.test(there))
      return [gladly, there] as const;
    throw new InvalidValue(
      `'${text}' is not a list of channels`,
      'Write e.g. sms=chat, facebook=social: the channel of Gladly, then that of Agent Connect.',
    );
  });
  return new Map(channels);
}

/** The absolute path of a file. @throws InvalidValue */
export function parseMedalliaEmployees(text: string): string {
  return fixedPath(text);
}

/** The label of a brand, as in Agent Connect. @throws InvalidValue */
export function parseMedalliaBrand(text: string): string {
  const brand = text.trim();
  if (brand !== '' && brand.length <= 200 && !/\p{Cc}/u.test(brand)) return brand;
  throw new InvalidValue(`'${text}' is not a valid brand label`, 'Copy it from Agent Connect.');
}

/** As the contract says: ISO 639-1, with a region after a hyphen. @throws InvalidValue */
export function parseMedalliaLanguage(text: string): string {
  if (/^[A-Za-z]{2,3}(?:-[A-Za-z]{2,3})?$/.test(text.trim())) return text.trim();
  throw new InvalidValue(`'${text}' is not a language that Agent Connect accepts`, 'Use e.g. en or en-US.');
}

/** Whether Agent Connect counts closings for which no survey is sent. @throws InvalidValue */
export function parseMedalliaCounts(text: string): boolean {
  return onOrOff.parse(text);
}

/** Requests per minute with one key: 100 are documented for Data Return. @throws InvalidValue */
export function parseMedalliaRate(text: string): number {
  const rate = /^\d{1,4}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (rate >= 1 && rate <= 100) return rate;
  throw new InvalidValue(
    `'${text}' is not a valid number of requests per minute`,
    'Use a number from 1 to 100.',
  );
}
