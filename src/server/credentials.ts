import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { WebhookCredentials } from '../config/webhook-credentials.ts';

/** What a request shows: a header's value by its name in lower case. */
export type ShownHeaders = (name: string) => string | undefined;

/** Values are compared by their hashes under a key of this process, so that neither content nor length shows in time. */
const key = randomBytes(32);

/**
 * Whether the request is Gladly's. Of each kind that is configured (Basic, a static header) one accepted value has to
 * be shown, or one that is enough alone; where none is configured, nobody is.
 */
export function isGladly(
  shown: ShownHeaders,
  { basic, headers, basicAlone = [] }: WebhookCredentials,
): boolean {
  const given = basicOf(shown('authorization'));
  const anyOf = (pairs: WebhookCredentials['basic']): boolean =>
    anySame(pairs.map(({ user, password }) => [given, `${user}:${password}`]));
  const alone = anyOf(basicAlone);
  const kinds: boolean[] = [];
  if (basic.length > 0) kinds.push(anyOf(basic));
  if (headers.length > 0) {
    kinds.push(anySame(headers.map(({ name, value }) => [shown(name.toLowerCase()) ?? null, value])));
  }
  return alone || (kinds.length > 0 && !kinds.includes(false));
}

/** All are compared, also after a match. */
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

/** `user:password` of RFC 7617, read as UTF-8; null when there are none. */
function basicOf(header: string | undefined): string | null {
  const encoded = /^Basic +([A-Za-z0-9+/_-]+={0,2}) *$/i.exec(header ?? '')?.[1];
  return encoded === undefined ? null : Buffer.from(encoded, 'base64').toString('utf8');
}
