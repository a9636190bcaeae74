import { addressKey } from '../../domain/eligibility/addresses.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import type { ClosingsTable } from './tables.ts';

/** The keys that find a customer's closings, however the addresses are written. */
export function customerKeys(
  customer: Pick<NonNullable<Closing['customer']>, 'email' | 'phone'> | null,
): Pick<ClosingsTable, 'email_key' | 'phone_key'> {
  return { email_key: keyOf(customer?.email), phone_key: keyOf(customer?.phone) };
}

function keyOf(address: string | null | undefined): string | null {
  return address === null || address === undefined ? null : addressKey(address);
}
