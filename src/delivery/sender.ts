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

/** The senders of the brands that have their own, keyed by brand name. */
export type BrandSenders = ReadonlyMap<string, string>;

/**
 * Tells who a message is from. All senders are read at once, so an unusable one is known before anything leaves.
 *
 * @param read checks a sender setting, and turns it into what the delivery needs
 * @throws Failure `bad_from` of kind configuration, which names the brand
 */
export function sendersBy<Own, Sender>(
  own: Own,
  brands: BrandSenders | undefined,
  read: (from: Own | string) => Sender,
): { all: readonly Sender[]; of(message: { brand?: string | null }): Sender } {
  const sender = read(own);
  const ofBrands = new Map(
    [...(brands ?? [])].map(([brand, from]) => {
      try {
        return [brand, read(from)] as const;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        throw new Failure(error.kind, error.code, `brand ${brand}: ${error.message}`, {
          hint: `Correct it with \`gcsat configure brand set '${brand}' from=…\`.`,
          cause: error,
        });
      }
    }),
  );
  return { all: [sender, ...ofBrands.values()], of: ({ brand }) => ofBrands.get(brand ?? '') ?? sender };
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
