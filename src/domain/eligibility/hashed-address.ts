import { createHmac } from 'node:crypto';

const mark = 'hash:';

/**
 * What remains of a forgotten address, so that its owner is not asked again: a keyed hash, the same for all spellings
 * of one mailbox. No address looks like it.
 *
 * @param key the ledger's, so that the hash outlives every signing key
 * @param address normalized, or hashed already
 */
export function hashedAddress(key: string, address: string): string {
  if (isHashedAddress(address)) return address;
  return `${mark}${createHmac('sha256', Buffer.from(key, 'hex')).update(address).digest('base64url')}`;
}

function isHashedAddress(address: string): boolean {
  return address.startsWith(mark);
}
