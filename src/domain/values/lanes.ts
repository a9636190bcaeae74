/**
 * A closing is in one of two lanes: `live` for surveys that reach customers, `trial` for what a delivery only tries
 * out. The lane is part of a closing's key, so that a trial uses up nothing and blocks nothing.
 */
export const lanes = ['live', 'trial'] as const;

export type Lane = (typeof lanes)[number];

/** Whose surveys count against an address. A trial shows what would happen, so it also sees the live lane. */
export const lanesSeenFrom: Record<Lane, readonly Lane[]> = { live: ['live'], trial: ['live', 'trial'] };
