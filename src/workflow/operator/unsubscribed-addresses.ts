import { addressKey, isAddress } from '../../domain/eligibility/addresses.ts';
import { Failure } from '../../failure.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import {
  listUnsubscribes,
  resubscribe,
  unsubscribe,
  type Unsubscribe,
} from '../../store/addresses/unsubscribes.ts';

/** What an operator's change did to an address. Fields may be added, never renamed or removed. */
export interface AddressChange {
  /** As the ledger stores it. */
  address: string;
  unsubscribed: boolean;
  /** False: nothing had to change. */
  changed: boolean;
  /** Closings whose survey was scheduled and is no longer sent. */
  suppressed: string[];
}

/** Addresses that are not asked again, newest first. */
export async function unsubscribedAddresses(ledger: Ledger): Promise<Unsubscribe[]> {
  return listUnsubscribes(ledger);
}

/**
 * Sends an address no more surveys, not even those already scheduled.
 * @param typed an email address or a phone number with its country code, as a person writes it
 * @param countsUnasked whether the suppressed closings count at Agent Connect
 * @throws Failure kind usage, code `address_invalid`
 */
export async function unsubscribeAddress(
  ledger: Ledger,
  typed: string,
  at: string,
  countsUnasked = false,
): Promise<AddressChange> {
  const address = readAddress(typed);
  const { isNew, suppressed } = await unsubscribe(ledger, address, at, 'operator', countsUnasked);
  return { address, unsubscribed: true, changed: isNew, suppressed: suppressed.map(({ id }) => id) };
}

/** Lets an address be asked again; suppressed closings stay so. @throws Failure kind usage, code `address_invalid` */
export async function resubscribeAddress(ledger: Ledger, typed: string): Promise<AddressChange> {
  const address = readAddress(typed);
  return { address, unsubscribed: false, changed: await resubscribe(ledger, address), suppressed: [] };
}

function readAddress(typed: string): string {
  if (isAddress(typed)) return addressKey(typed);
  throw new Failure('usage', 'address_invalid', `'${typed}' is neither an email address nor a phone number`, {
    hint: 'Give an address like kim@example.com, or a number with its country code like +14155550100.',
  });
}
