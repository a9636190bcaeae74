import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { WebhookCredentials } from '../config/webhook-credentials.ts';

/** Looks up a header of the request by its lower-case name. */
export type HeaderLookup = (name: string) => string | undefined;

/** Values are compared as hashes under a key of this process, so that timing reveals neither content nor length. */
const key = randomBytes(32);

/**
 * Whether the request comes from Gladly. It has to present one accepted value of each configured kind (Basic, a
 * static header), or one that suffices alone. If no kind is configured, no request passes.
 */
export function isGladly(
  header: HeaderLookup,
  { basic, headers, basicAlone = [] }: WebhookCredentials,
): boolean {
  const given = basicOf(header('authorization'));
  const anyOf = (pairs: WebhookCredentials['basic']): boolean =>
    anySame(pairs.map(({ user, password }) => [given, `${user}:${password}`]));
  const alone = anyOf(basicAlone);
  const kinds: boolean[] = [];
  if (basic.length > 0) kinds.push(anyOf(basic));
  if (headers.length > 0) {
    kinds.push(anySame(headers.map(({ name, value }) => [header(name.toLowerCase()) ?? null, value])));
  }
  return alone || (kinds.length > 0 && !kinds.includes(false));
}

/** Compares all pairs, even after a match. */
function anySame(pairs: readonly (readonly [given: string | null, accepted: string])[]): boolean {
  let found = 0;
  for (const [given, accepted] of pairs) {
    const isSame = timingSafeEqual(digest(given ?? ''), digest(accepted));
    found |= Number(isSame && given !== null && accepted !== '');
  }
  return found === 1;
}

function digest(text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** `user:password` of RFC 7617, read as UTF-8; null if there is none. */
function basicOf(authorization: string | undefined): string | null {
  const encoded = /^Basic +([A-Za-z0-9+/_-]+={0,2}) *$/i.exec(authorization ?? '')?.[1];
  return encoded === undefined ? null : Buffer.from(encoded, 'base64').toString('utf8');
}
