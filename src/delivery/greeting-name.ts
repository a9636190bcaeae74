import { hostname } from 'node:os';
import { isIP, isIPv4, isIPv6 } from 'node:net';

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const fullName = new RegExp(`^(?=.{4,253}$)(?:${label}\\.)+${label}$`, 'i');
/**
 * Names that only this machine or its network knows: RFC 6761, RFC 6762, RFC 8375, RFC 9476, names that ICANN never
 * delegates, and names that routers, containers, and companies use nevertheless. Not `example`, which documents use in
 * place of real names.
 */
const local = new RegExp(
  [
    '\\.(?:localhost|localdomain|local|localnet)\\d*$',
    '\\.(?:test|invalid|onion|alt|home\\.arpa|internal|corp|home|mail)$',
    '\\.(?:lan|wan|dmz|intra|intranet|private|priv|domain|workgroup|docker|podman|consul|router|gateway|ip|station|homenet|belkin|dlink|dhcp)$',
    '(?:^|\\.)fritz\\.box$',
  ].join('|'),
  'i',
);

/** Whether EHLO takes it: a name, or an address in brackets (RFC 5321, 4.1.3). */
export function isGreetingName(name: string): boolean {
  const literal = /^\[(.+)\]$/.exec(name)?.[1];
  if (literal === undefined) return fullName.test(name) && isIP(name) === 0;
  const six = /^IPv6:([\da-f:.]+)$/i.exec(literal)?.[1];
  return six === undefined ? isIPv4(literal) : isIPv6(six);
}

/**
 * The name to greet a mail server with when none is set: relays turn away clients that greet with a loopback address or
 * a name without a domain, and a container has nothing else.
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
