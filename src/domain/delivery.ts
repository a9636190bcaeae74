import type { Lane } from './values/lanes.ts';

/** The kind of address that a delivery writes to. */
export type AddressKind = 'email' | 'mobile';

/** What a delivery is. Everything in which deliveries differ is in this table; no code compares their names. */
export interface DeliveryTraits {
  /** Who takes the message from us. `disk`: it is kept there, and nobody gets it. */
  carrier: 'disk' | 'mail_server' | 'gladly' | 'agent_connect';
  addressKind: AddressKind;
  lane: Lane;
  /** Customers answer on our own page, so its public address must be known; `stand_in`: a local address will do. */
  publicUrl: 'required' | 'stand_in' | 'unused';
  /** A second delivery of the same message does no harm. */
  repeatable: boolean;
  /** Requests to Gladly that one message takes. */
  gladlyRequests: 0 | 1;
  /** Whether messages name a sender of ours (`from`). */
  sender: 'required' | 'optional' | 'unused';
  /** A survey that is not answered can have a reminder. */
  reminds: boolean;
  /** The other side keeps interactions, so it can also count closings about which nobody is asked. */
  countsUnasked: boolean;
}

/** The ways a survey can reach a customer, as named by `--delivery`. */
export const deliveries = {
  outbox: {
    carrier: 'disk',
    addressKind: 'email',
    lane: 'trial',
    publicUrl: 'stand_in',
    repeatable: true,
    gladlyRequests: 0,
    sender: 'optional',
    reminds: true,
    countsUnasked: false,
  },
  smtp: {
    carrier: 'mail_server',
    addressKind: 'email',
    lane: 'live',
    publicUrl: 'required',
    repeatable: false,
    gladlyRequests: 0,
    sender: 'required',
    reminds: true,
    countsUnasked: false,
  },
  'gladly-email': {
    carrier: 'gladly',
    addressKind: 'email',
    lane: 'live',
    publicUrl: 'required',
    repeatable: false,
    gladlyRequests: 1,
    sender: 'required',
    reminds: true,
    countsUnasked: false,
  },
  'gladly-sms': {
    carrier: 'gladly',
    addressKind: 'mobile',
    lane: 'live',
    publicUrl: 'required',
    repeatable: false,
    gladlyRequests: 1,
    sender: 'required',
    reminds: true,
    countsUnasked: false,
  },
  medallia: {
    carrier: 'agent_connect',
    addressKind: 'email',
    lane: 'live',
    publicUrl: 'unused',
    repeatable: false,
    gladlyRequests: 0,
    sender: 'unused',
    reminds: false,
    countsUnasked: true,
  },
} as const satisfies Record<string, DeliveryTraits>;

export type DeliveryName = keyof typeof deliveries;

/** Sends nothing, so it is used until somebody chooses a delivery. */
export const defaultDelivery: DeliveryName = 'outbox';

export const deliveryNames = Object.keys(deliveries) as DeliveryName[];

export function traitsOf(delivery: DeliveryName): DeliveryTraits {
  return deliveries[delivery];
}
