import { addressKey, bareAddress, domainKey, isAddress, isMailDomain, withPlainDigits } from './addresses.ts';

/**
 * Whether a list of customers contains this one: by id, address, phone number, or the domain of an address, with or
 * without `@` or `*@` before it. All spellings of one mailbox, domain, or number match.
 *
 * @param addresses as Gladly has them, including those that cannot be used
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

/** Whether an entry can match any customer: a typo excludes nobody. */
export function canMeetCustomer(entry: string): boolean {
  if (isAddress(entry)) return true;
  if (lacksCountryCode(entry)) return false;
  const text = bareAddress(entry);
  const domain = domainIn(text);
  return domain === null ? /^[\w-]+$/.test(text) : isMailDomain(domainKey(domain));
}

/** Whether an entry is a phone number without a country code, which matches no number that has one. */
export function lacksCountryCode(entry: string): boolean {
  return !isAddress(entry) && /^\+?\d{7,15}$/.test(digitsOf(bareAddress(entry)));
}

/** Whether an entry stands for a whole domain, not for one customer. */
export function isDomainEntry(entry: string): boolean {
  return domainIn(bareAddress(entry)) !== null;
}

function keyOf(entry: string): string {
  const text = bareAddress(entry);
  const domain = domainIn(text);
  return domain === null ? digitsOf(addressKey(text)) : domainKey(domain);
}

/** The domain in `@example.com`, `*@example.com`, or `example.com`; null for any other text. */
function domainIn(text: string): string | null {
  const at = text.lastIndexOf('@');
  if (at > 0) return text.startsWith('*@') && at === 1 ? text.slice(2) : null;
  return text.includes('.') && /\p{L}/u.test(text) ? text.slice(at + 1) : null;
}

/**
 * A number without its country code has no key of its own, so its digits are compared: its spellings share nothing
 * else.
 */
function digitsOf(key: string): string {
  const digits = withPlainDigits(key).replaceAll(/[\s()./\u2212\u00b7\u2022\p{Pd}\p{Cf}]/gu, '');
  return /^\+?\d+$/.test(digits) ? digits : key;
}
