import { mix } from './random.ts';

/**
 * Ids look like Gladly's (22 URL-safe characters, opaque), but the seed makes their origin readable. A conversation,
 * item or customer is found by its id alone, so a large organization needs no index in memory.
 */
export const idKinds = [
  'conversation',
  'item',
  'event',
  'contact',
  'session',
  'customer',
  'agent',
  'inbox',
  'team',
  'topic',
  'organization',
  'created',
  'job',
] as const;

export type IdKind = (typeof idKinds)[number];

export interface IdOrigin {
  kind: IdKind;
  /** Days since 1970-01-01; 0 for objects that belong to no day. */
  day: number;
  /** Which one of its kind on that day. */
  number: number;
  /** Which part of a conversation: below 4096. */
  part: number;
}

export interface Identifiers {
  make(origin: IdOrigin): string;
  /** Undefined for an id that was not made with this seed. */
  read(id: string): IdOrigin | undefined;
}

export function identifiersFor(seed: number): Identifiers {
  const make = ({ kind, day, number, part }: IdOrigin): string => {
    const what = ((idKinds.indexOf(kind) << 28) | ((day & 0xffff) << 12) | (part & 0xfff)) >>> 0;
    const which = number >>> 0;
    // Dropping the first bit keeps an id from beginning with a dash, which command lines read as a flag.
    const first = mix(seed, 1, what, which) >>> 1;
    const second = mix(seed, 2, what, which);
    const bytes = Buffer.alloc(16);
    bytes.writeUInt32BE(first, 0);
    bytes.writeUInt32BE((what ^ mix(seed, 3, first, second)) >>> 0, 4);
    bytes.writeUInt32BE(second, 8);
    bytes.writeUInt32BE((which ^ mix(seed, 4, first, second)) >>> 0, 12);
    return bytes.toString('base64url');
  };
  const read = (id: string): IdOrigin | undefined => {
    if (!/^[A-Za-z0-9_-]{22}$/.test(id)) return undefined;
    const bytes = Buffer.from(id, 'base64url');
    const first = bytes.readUInt32BE(0);
    const second = bytes.readUInt32BE(8);
    const what = (bytes.readUInt32BE(4) ^ mix(seed, 3, first, second)) >>> 0;
    const kind = idKinds[what >>> 28];
    if (kind === undefined) return undefined;
    const number = (bytes.readUInt32BE(12) ^ mix(seed, 4, first, second)) >>> 0;
    const origin: IdOrigin = { kind, day: (what >>> 12) & 0xffff, number, part: what & 0xfff };
    return make(origin) === id ? origin : undefined;
  };
  return { make, read };
}
