import { BlockList, isIP, isIPv4 } from 'node:net';

/** A set of addresses and address ranges. */
export interface AddressSet {
  readonly isEmpty: boolean;
  has(address: string): boolean;
}

/** @param ranges addresses (`10.0.0.7`, `::1`) and CIDR ranges (`10.0.0.0/8`), already validated */
export function addressSet(ranges: readonly string[]): AddressSet {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return {
    isEmpty: ranges.length === 0,
    has: (address) => isIP(address) !== 0 && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6'),
  };
}

/** A socket that listens on IPv6 reports an IPv4 peer as `::ffff:192.0.2.1`. */
export function plainAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

/**
 * The client: the peer or, behind a trusted proxy, the right-most address of `X-Forwarded-For` that is not a trusted
 * proxy, because the client may have written everything to the left of it.
 *
 * @param forwardedFor all lines of the header, joined by commas
 */
export function clientAddress(peer: string, forwardedFor: string | undefined, trusted: AddressSet): string {
  if (forwardedFor === undefined || !trusted.has(peer)) return peer;
  const hops = forwardedFor.split(',');
  for (let index = hops.length - 1; index >= 0; index -= 1) {
    const address = hopAddress(hops[index] ?? '');
    if (address === null) return peer;
    if (!trusted.has(address)) return address;
  }
  return peer;
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function hopAddress(hop: string): string | null {
  const text = hop.trim();
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  const address = plainAddress(bare);
  return isIP(address) === 0 ? null : address;
}

/**
 * The key under which a limit counts an address: for IPv6 its /64, because a customer's network has at least that
 * much.
 */
export function limitKey(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right]
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':');
}
