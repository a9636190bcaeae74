import { hostname } from 'node:os';
import { isIP } from 'node:net';

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const fullName = new RegExp(`^(?=.{4,253}$)(?:${label}\\.)+${label}$`, 'i');
/** Names that only this machine or its network knows (RFC 6761, RFC 6762, RFC 8375). */
const local = /\.(?:localhost|localdomain|local|lan|internal|home\.arpa|invalid)$/i;

/** A name or an address in brackets, as EHLO takes it (RFC 5321, 4.1.3). */
export function isGreetingName(name: string): boolean {
  const address = /^\[(?:IPv6:)?(.+)\]$/i.exec(name)?.[1];
  return address === undefined ? fullName.test(name) && isIP(name) === 0 : isIP(address) !== 0;
}

/**
 * The name to greet a mail server with where none is set: relays turn away clients that greet with a loopback address or a
 * name without a domain, which is all that a container has.
 */
export function greetingName({
  publicUrl,
  sender,
  host = hostname(),
}: {
  publicUrl: string | null;
  /** Address of the sender, with its domain as in DNS. */
  sender: string;
  host?: string;
}): string {
  const page = publicUrl !== null && URL.canParse(publicUrl) ? new URL(publicUrl).hostname : '';
  const own = [host, page].find((name) => isGreetingName(name) && !name.startsWith('[') && !local.test(name));
  return own ?? sender.slice(sender.lastIndexOf('@') + 1);
}
