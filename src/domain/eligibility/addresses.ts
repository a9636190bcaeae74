import { domainToASCII } from 'node:url';
import { percentDecoded } from '../values/percent-encoding.ts';
import type { AddressKind } from '../delivery.ts';

/** An email address in a customer's profile in Gladly. */
export interface EmailEntry {
  original: string | null;
  normalized: string | null;
  primary: boolean;
}

/** A phone number in a customer's profile in Gladly. */
export interface PhoneEntry {
  original: string | null;
  /** E.164. */
  normalized: string | null;
  primary: boolean;
  /** HOME, MOBILE, OFFICE; null: unknown or other. */
  type: string | null;
  /** ON, OFF, FORBIDDEN. */
  smsPreference: string | null;
}

export type AddressChoice = { address: string } | { missing: 'no_address' | 'bad_address'; detail: string };

// The domain may have letters of any script, with their marks. The local part is ASCII, as plain SMTP requires.
const localPart = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const domainLabel = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?$/u;
/** E.164, as in the contract's examples. */
const e164 = /^\+[1-9]\d{6,14}$/;

/** An address that mail servers accept: RFC 5321 lengths, dot-atom local part, dotted domain. */
export function isEmailAddress(text: string): boolean {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  return (
    at > 0 &&
    text.length <= 254 &&
    local.length <= 64 &&
    localPart.test(local) &&
    isMailDomain(text.slice(at + 1)) &&
    // With the domain in its ASCII form, as it is sent.
    at + 1 + asciiDomain(text.slice(at + 1)).length <= 254
  );
}

/** A domain that has a dot, whose last label is not a number, and that DNS can hold: IDNA cannot encode every text. */
export function isMailDomain(text: string): boolean {
  return isDotted(text) && isDotted(asciiDomain(text));
}

function isDotted(domain: string): boolean {
  const labels = domain.split('.');
  return (
    labels.length >= 2 &&
    labels.every((label) => domainLabel.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? '')
  );
}

/**
 * The domain as in DNS: `xn--bcher-kva.example` for `bücher.example`. Empty if IDNA has no such form. Node reads the
 * text as the host of a URL, which ends at a slash and in which `1.2.3.0x4` is an IPv4 address.
 */
export function asciiDomain(text: string): string {
  if (/[\s/\\?#:@%]/.test(text)) return '';
  const ascii = domainToASCII(text);
  const lastNumber = /(?:^|\.)\d+$/;
  return lastNumber.test(ascii) && !lastNumber.test(text) ? '' : ascii;
}

/**
 * A phone number in E.164 form, e.g. `+15550100123`. People may write it with spaces, hyphens, dots, slashes,
 * parentheses, the digits of any script, and the invisible marks that address books add. Null for anything else, and
 * for a number without its country code.
 */
export function phoneNumber(text: string): string | null {
  // `(0)` is the digit that only calls within the country need.
  const number = withPlainDigits(text)
    .replace(/\(\s*0\s*\)/u, '')
    .replaceAll(/[\s()./\u2212\u00b7\u2022\p{Pd}\p{Cf}]/gu, '');
  return e164.test(number) ? number : null;
}

/**
 * Turns wide digits, and those of other scripts, into ASCII digits. In Unicode, the digits of each script begin with
 * its zero.
 */
export function withPlainDigits(text: string): string {
  const isDigit = (code: number): boolean => /\p{Nd}/u.test(String.fromCodePoint(code));
  return text.normalize('NFKC').replaceAll(/[^\P{Nd}0-9]/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    let before = 0;
    while (isDigit(code - before - 1)) before += 1;
    return String(before % 10);
  });
}

/**
 * Most countries dial `00` for the `+`. No number begins with +10 or +11, so Australia's prefix `0011` is not taken for
 * `00`.
 */
function dialedNumber(text: string): string | null {
  return phoneNumber(withPlainDigits(text).replace(/^[\s\p{Cf}]*00(?![\s-]*1[\s-]*[01])/u, '+'));
}

/** Whether a number is in E.164 form already, so that an SMS can be sent to it. */
export function isMobileNumber(text: string): boolean {
  return phoneNumber(text) === text;
}

/**
 * The address alone, out of what people copy from mail programs and web pages: `Ann <ann@example.com>`,
 * `ann@example.com (Ann)`, `mailto:ann@example.com`, `tel:+1-555-010-0123;ext=7`, wide letters. A text with several
 * addresses stays as it is and is not an address.
 */
export function bareAddress(written: string): string {
  const text = plain(written).replace(/^([^\s()]+@[^\s()]+)\s*\([^()@]*\)$/u, '$1');
  const [, name = '', bracketed] = /^([^<>]*)<([^<>]*)>$/.exec(text) ?? [];
  const isSecond = name.includes('@') && name.trim() !== bracketed;
  const inner = bracketed === undefined || isSecond ? text : bracketed.trim();
  const [, scheme = '', linked] = /^(mailto|tel|sms|whatsapp):([^?]*)/iu.exec(inner) ?? [];
  if (linked === undefined) return inner;
  // RFC 3966: a semicolon begins the parameters of a number. After an email address, it begins another address.
  const encoded = scheme.toLowerCase() === 'mailto' ? linked : linked.replace(/;.*/s, '');
  // Percent-encoded like any URL (RFC 6068); text that is not encoded stays as it is.
  return plain(percentDecoded(encoded) ?? encoded);
}

/** Removes invisible marks, and turns the Chinese and Japanese full stop into the dot of a domain (IDNA). */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replaceAll('\u3002', '.')
    .trim();
}

/** A key that is the same for every spelling of one mailbox or phone number, its domain in letters or punycode. */
export function addressKey(address: string): string {
  const text = bareAddress(address);
  const number = dialedNumber(text);
  if (number !== null) return number;
  const at = text.lastIndexOf('@');
  if (at < 0) return text.toLowerCase();
  return `${unquoted(text.slice(0, at)).toLowerCase()}@${domainKey(text.slice(at + 1))}`;
}

/** How earlier versions stored a number that they could not read, such as one that begins with `00`. */
export function spelledNumber(written: string): string {
  return bareAddress(written).toLowerCase();
}

/** Whether a text, as a person writes it, is one mailbox or one phone number with its country code. */
export function isAddress(text: string): boolean {
  const key = addressKey(text);
  return isMobileNumber(key) || isEmailAddress(key);
}

/** Quotation marks that are not needed mean nothing (RFC 5321, 4.1.2). */
function unquoted(local: string): string {
  const inner = local.replace(/^"(.*)"$/s, '$1');
  return localPart.test(inner) ? inner : local;
}

/** A key that is the same for every spelling of one domain. */
export function domainKey(domain: string): string {
  const text = domain
    .normalize('NFKC')
    .trim()
    .replace(/[.\u3002]$/, '');
  return asciiDomain(text) || text.toLowerCase();
}

/**
 * The customer's address of the kind that the delivery needs: the primary one if it is valid, else the first valid one.
 */
export function chooseAddress(
  kind: AddressKind,
  customer: { emails: readonly EmailEntry[]; phones: readonly PhoneEntry[] },
): AddressChoice {
  return kind === 'email' ? chooseEmail(customer.emails) : chooseMobile(customer.phones);
}

export function chooseEmail(emails: readonly EmailEntry[]): AddressChoice {
  const given = emails.map((entry) => ({ ...entry, spellings: spellings(entry) })).filter(hasSpelling);
  if (given.length === 0) return { missing: 'no_address', detail: 'the customer has no email address' };
  const valid = primaryFirst(given).flatMap((entry) => entry.spellings.filter(isEmailAddress));
  const [address] = valid;
  if (address !== undefined) return { address };
  return { missing: 'bad_address', detail: `none of ${countOf(given.length, 'email address')} is valid` };
}

function chooseMobile(phones: readonly PhoneEntry[]): AddressChoice {
  const mobiles = phones
    .filter(({ type }) => type === 'MOBILE')
    .map((entry) => ({ ...entry, spellings: spellings(entry) }))
    .filter(hasSpelling);
  if (mobiles.length === 0) return { missing: 'no_address', detail: 'the customer has no mobile number' };
  // A preference that is new to us may be another way to say no.
  const willing = mobiles.filter(({ smsPreference }) => smsPreference === null || smsPreference === 'ON');
  if (willing.length === 0) return { missing: 'no_address', detail: 'the customer accepts no SMS' };
  const [address] = primaryFirst(willing).flatMap((entry) =>
    entry.spellings.flatMap((text) => phoneNumber(text) ?? []),
  );
  if (address !== undefined) return { address };
  return { missing: 'bad_address', detail: `none of ${countOf(willing.length, 'mobile number')} is valid` };
}

/** A number to show for a customer: the primary one, else the first. */
export function anyPhone(phones: readonly PhoneEntry[]): string | null {
  return primaryFirst(phones).flatMap(spellings)[0] ?? null;
}

function spellings(entry: { original: string | null; normalized: string | null }): string[] {
  return [entry.normalized, entry.original].flatMap((text) => {
    const trimmed = text?.trim() ?? '';
    return trimmed === '' ? [] : [trimmed];
  });
}

function hasSpelling(entry: { spellings: readonly string[] }): boolean {
  return entry.spellings.length > 0;
}

function primaryFirst<Entry extends { primary: boolean }>(entries: readonly Entry[]): Entry[] {
  return entries.toSorted((one, other) => Number(other.primary) - Number(one.primary));
}

function countOf(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}${noun.endsWith('s') ? 'es' : 's'}`;
}
