import type { AddressKind } from '../delivery.ts';

export interface EmailEntry {
  original: string | null;
  normalized: string | null;
  primary: boolean;
}

export interface PhoneEntry {
  original: string | null;
  normalized: string | null;
  primary: boolean;
  /** HOME, MOBILE, OFFICE; null is unknown or other. */
  type: string | null;
  /** ON, OFF, FORBIDDEN. */
  smsPreference: string | null;
}

export type AddressChoice = { address: string } | { missing: 'no_address' | 'bad_address'; detail: string };

// Letters of the domain may be any script's, with their marks; the local part is ASCII, as plain SMTP carries it.
const localPart = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const domainLabel = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?$/u;
/** E.164, as the contract's examples have it. */
const e164 = /^\+[1-9]\d{6,14}$/;

/** An address that a mail server can be expected to take: RFC 5321 lengths, dot-atom local part, dotted domain. */
export function isEmailAddress(text: string): boolean {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  const labels = text.slice(at + 1).split('.');
  return (
    at > 0 &&
    text.length <= 254 &&
    local.length <= 64 &&
    localPart.test(local) &&
    labels.length >= 2 &&
    labels.every((label) => domainLabel.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? '')
  );
}

/** A number that an SMS can be sent to, in E.164 form: `+15550100123`. */
export function isMobileNumber(text: string): boolean {
  return e164.test(text);
}

/** A phone number as a person writes it, in the form of E.164; null where it is none, or lacks its country code. */
export function phoneNumber(text: string): string | null {
  const number = text.replaceAll(/[\s().-]/g, '');
  return e164.test(number) ? number : null;
}

/** The form in which two spellings of one address meet. */
export function addressKey(address: string): string {
  return address.trim().toLowerCase();
}

/** The customer's address of the kind that the delivery needs: the primary one if valid, else the first valid. */
export function chooseAddress(
  kind: AddressKind,
  customer: { emails: readonly EmailEntry[]; phones: readonly PhoneEntry[] },
): AddressChoice {
  return kind === 'email' ? chooseEmail(customer.emails) : chooseMobile(customer.phones);
}

export function chooseEmail(emails: readonly EmailEntry[]): AddressChoice {
  const given = emails.map((entry) => ({ ...entry, spellings: spellings(entry) })).filter(hasSpelling);
  if (given.length === 0) return { missing: 'no_address', detail: 'the customer has no e-mail address' };
  const valid = primaryFirst(given).flatMap((entry) => entry.spellings.filter(isEmailAddress));
  const [address] = valid;
  if (address !== undefined) return { address };
  return { missing: 'bad_address', detail: `none of ${countOf(given.length, 'e-mail address')} is valid` };
}

function chooseMobile(phones: readonly PhoneEntry[]): AddressChoice {
  const mobiles = phones
    .filter(({ type }) => type === 'MOBILE')
    .map((entry) => ({ ...entry, spellings: spellings(entry) }))
    .filter(hasSpelling);
  if (mobiles.length === 0) return { missing: 'no_address', detail: 'the customer has no mobile number' };
  // A preference that we do not know may be another way to say no.
  const willing = mobiles.filter(({ smsPreference }) => smsPreference === null || smsPreference === 'ON');
  if (willing.length === 0) return { missing: 'no_address', detail: 'the customer accepts no SMS' };
  const [address] = primaryFirst(willing).flatMap((entry) => entry.spellings.filter(isMobileNumber));
  if (address !== undefined) return { address };
  return { missing: 'bad_address', detail: `none of ${countOf(willing.length, 'mobile number')} is valid` };
}

/** The number to show for a person: the primary one, else the first. */
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
  return [...entries.filter(({ primary }) => primary), ...entries.filter(({ primary }) => !primary)];
}

function countOf(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}${noun.endsWith('s') ? 'es' : 's'}`;
}
