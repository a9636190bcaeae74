import { addressKey, domainKey } from './addresses.ts';

/**
 * Whether a list of customers contains this one: by id, address, phone number, or the domain of an address, with or without
 * its `@`. Spellings of one mailbox, domain or number meet.
 *
 * @param addresses as Gladly has them; those that cannot be used count as well
 */
export function isExcludedCustomer(
  entries: readonly string[],
  customerId: string,
  addresses: readonly (string | null)[],
): boolean {
  const known = new Set([customerId, addressKey(customerId)]);
  for (const address of addresses) {
    if (address === null) continue;
    const key = addressKey(address);
    known
      .add(key)
      .add(digitsOf(key))
      .add(key.slice(key.lastIndexOf('@') + 1));
  }
  return entries.some((entry) => {
    const text = entry.trim();
    return known.has(text) || known.has(keyOf(text));
  });
}

function keyOf(entry: string): string {
  const at = entry.lastIndexOf('@');
  if (at <= 0 && entry.includes('.') && /\p{L}/u.test(entry)) return domainKey(entry.slice(at + 1));
  return digitsOf(addressKey(entry));
}

/** A number without its country code has no key of its own, and its spellings differ in anything but the digits. */
function digitsOf(key: string): string {
  return /^[\d\s()./-]+$/.test(key) ? key.replaceAll(/\D/g, '') : key;
}
