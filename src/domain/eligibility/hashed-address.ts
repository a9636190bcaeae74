import { createHmac } from 'node:crypto';

const mark = 'hash:';

/**
 * What stays of an address that was forgotten, so that its owner is not asked again: a keyed hash, in which all
 * spellings of one mailbox meet. No address looks like it.
 *
 * @param key of the ledger, so that it outlives every signing key
 * @param address normalized, or hashed already
 */
export function hashedAddress(key: string, address: string): string {
  if (isHashedAddress(address)) return address;
  return `${mark}${createHmac('sha256', Buffer.from(key, 'hex')).update(address).digest('base64url')}`;
}

function isHashedAddress(address: string): boolean {
  return address.startsWith(mark);
}
