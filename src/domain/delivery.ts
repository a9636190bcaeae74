/** The ways a survey can reach a customer, as named by `--delivery`. */
export const deliveryNames = ['outbox', 'smtp', 'gladly-email', 'gladly-sms', 'medallia'] as const;

/** Those that this version can use; the others are accepted as names, and refused when they are needed. */
export const usableDeliveries = deliveryNames.filter((name) => name !== 'medallia');

export type DeliveryName = (typeof deliveryNames)[number];

/** The kind of address that a delivery writes to. */
export type AddressKind = 'email' | 'mobile';

export function addressKindOf(delivery: DeliveryName): AddressKind {
  return delivery === 'gladly-sms' ? 'mobile' : 'email';
}

/** `outbox` is for trying: what it wrote never suppresses or blocks a real delivery. */
export function isTrial(delivery: DeliveryName): boolean {
  return delivery === 'outbox';
}

/** Whose queue a closing is in that nobody has decided on: null for that of the real deliveries, also of an unnamed one. */
export function queueFor(delivery: DeliveryName | undefined): DeliveryName | null {
  return delivery !== undefined && isTrial(delivery) ? delivery : null;
}

/** Whether a survey was tried; what left by an unknown way may have reached the customer. */
export function wasTrial({ provider }: { provider: DeliveryName | null }): boolean {
  return provider !== null && isTrial(provider);
}
