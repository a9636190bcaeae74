import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../domain/values/loopback.ts';

/** `uri-host [ ":" port ]` of RFC 9112, 3.2. */
const authority = /^(\[[\da-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*)(?::(\d*))?$/i;

/**
 * The host that a request names, without its port; null: none, which HTTP/1.0 allows; undefined: an invalid one, or
 * several.
 */
export function hostOf({ headersDistinct, httpVersion }: IncomingMessage): string | null | undefined {
  const [host, ...others] = headersDistinct['host'] ?? [];
  if (host === undefined) return httpVersion === '1.1' ? undefined : null;
  return others.length > 0 ? undefined : authority.exec(host)?.[1]?.toLowerCase();
}

/**
 * Removes the origin from a target that names this server (RFC 9112, 3.2.2); it then counts as the request's host.
 *
 * @param publicHosts where customers reach the pages, each with its port if it has one
 */
export function takeOffOrigin(incoming: IncomingMessage, publicHosts: readonly string[]): void {
  const [, place = '', target = ''] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(incoming.url ?? '') ?? [];
  const [, host = '', port = '80'] = authority.exec(place) ?? [];
  const { localAddress, localPort } = incoming.socket;
  const isHere = Number(port) === localPort && (isLoopback(host) || host === localAddress);
  const isPublic = [place, withoutUsualPort(incoming.url ?? '', place)].some((named) =>
    publicHosts.includes(named.toLowerCase()),
  );
  if (!isHere && !isPublic) return;
  incoming.url = target.startsWith('/') ? target : `/${target}`;
  incoming.headersDistinct['host'] = [place];
}

/** Without its default port, the host is the same (RFC 9110, 4.2.3). */
function withoutUsualPort(url: string, place: string): string {
  return place.replace(/^https:/i.test(url) ? /:443$/ : /:80$/, '');
}

/** Headers that proxies add, under names of their choice. */
const ofProxies =
  /^(?:forwarded|via|cdn-loop|x-(?:forwarded|original|envoy|proxyuser|cluster|client|real)-?.*|(?:.+-)?(?:client|connecting)-ip)$/;

/** Whether a header says that the request came through another program. */
export function isForwarded({ headers }: IncomingMessage): boolean {
  return Object.keys(headers).some((name) => ofProxies.test(name));
}
