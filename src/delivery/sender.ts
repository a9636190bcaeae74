import { Failure } from '../failure.ts';
import { longestCompanyName } from '../html/names.ts';
import { singleLine } from '../html/single-line.ts';

export interface Sender {
  name: string | null;
  address: string;
}

/** Its domain is reserved (RFC 2606), so nobody has this address. */
const unanswerable = 'surveys@gcsat.invalid';

/**
 * Reads a sender setting: `csat@acme.com` or `Acme <csat@acme.com>`.
 *
 * @param from null: an address that cannot be replied to
 * @throws Failure `bad_from` of kind configuration
 */
export function senderOf(from: string | null): Sender {
  const [, name = '', bracketed] = /^([^<>]*)<([^<>]*)>$/u.exec(from?.trim() ?? '') ?? [];
  const address = (bracketed ?? from ?? unanswerable).trim();
  if (!fitsHeader(address)) throw badSender('is not an email address');
  const displayed = singleLine(name, longestCompanyName).replaceAll('"', '');
  return { name: displayed === '' ? null : displayed, address };
}

/** A sender setting that the delivery cannot use. */
export function badSender(
  what: string,
  hint = 'Set GCSAT_FROM to one address, such as surveys@acme.com.',
): Failure {
  return new Failure('configuration', 'bad_from', `the sender of the surveys ${what}`, { hint });
}

/** One plain address: nothing that ends it, adds another, or breaks the line. */
export function fitsHeader(address: string): boolean {
  return address.length <= 320 && /^[^\s<>()[\]\\,;:"@\p{C}]+@[^\s<>()[\]\\,;:"@\p{C}]+$/u.test(address);
}
