import type { Setting } from './everyday.ts';
import { inventCustomer, numberOfEmail, numberOfPhone, type Customer } from './people.ts';
import { withMillis } from '../time.ts';

/** Finds and makes customer profiles. */
export interface Customers {
  /** The profile, or the id that it was merged into; undefined for an unknown id. */
  find(customerId: string): Customer | { mergedInto: string } | undefined;
  /** The profile that remains after all merges. */
  resolve(customerId: string): Customer | undefined;
  byEmail: (email: string) => Customer[];
  byPhone: (phone: string) => Customer[];
  byExternalId: (id: string) => Customer[];
  add(customer: Customer): void;
  /** The first profile with that address, or a new one. */
  findOrCreate(
    address: { email: string } | { phone: string },
    name: string | undefined,
    now: number,
  ): Customer;
}

export function isProfile(found: Customer | { mergedInto: string } | undefined): found is Customer {
  return found !== undefined && !('mergedInto' in found);
}

const emailOf = ({ normalized, original }: { normalized?: string; original: string }): string =>
  (normalized ?? original).toLowerCase();

export function customersOf(
  setting: Setting,
  special: readonly Customer[],
  merged: ReadonlyMap<string, string>,
  onCreated: (customerId: string, number: number, at: number) => void,
): Customers {
  const kept = new Map<string, Customer>();
  /** The kept profiles by normalized email address or phone number. */
  const reachable = new Map<string, Customer[]>();
  let created = 0;

  const keep = (customer: Customer): void => {
    kept.set(customer.id, customer);
    const addresses = [
      ...(customer.emails ?? []).map(emailOf),
      ...(customer.phones ?? []).map(({ normalized }) => normalized ?? ''),
    ];
    for (const address of new Set(addresses))
      reachable.set(address, [...(reachable.get(address) ?? []), customer]);
  };
  for (const customer of special) keep(customer);

  const everyday = (number: number | undefined): Customer | undefined =>
    number === undefined || number >= setting.population
      ? undefined
      : inventCustomer(setting.seed, setting.identifiers, number);

  const find = (customerId: string): Customer | { mergedInto: string } | undefined => {
    const mergedInto = merged.get(customerId);
    if (mergedInto !== undefined) return { mergedInto };
    const known = kept.get(customerId);
    if (known !== undefined) return known;
    const origin = setting.identifiers.read(customerId);
    return origin?.kind === 'customer' && origin.day === 0 ? everyday(origin.number) : undefined;
  };

  const newestFirst = (customers: readonly Customer[]): Customer[] =>
    customers.toSorted((one, other) => (other.updatedAt ?? '').localeCompare(one.updatedAt ?? ''));
  const reachedAt = (address: string, candidate: Customer | undefined): Customer[] =>
    newestFirst([...(reachable.get(address) ?? []), ...(candidate === undefined ? [] : [candidate])]);

  const byEmail = (email: string): Customer[] => {
    const wanted = email.toLowerCase();
    const candidate = everyday(numberOfEmail(wanted));
    const fits = (candidate?.emails ?? []).some((one) => emailOf(one) === wanted);
    return reachedAt(wanted, fits ? candidate : undefined);
  };
  const byPhone = (phone: string): Customer[] => {
    const candidate = everyday(numberOfPhone(phone));
    const fits = (candidate?.phones ?? []).some(({ normalized }) => normalized === phone);
    return reachedAt(phone, fits ? candidate : undefined);
  };

  return {
    find,
    byEmail,
    byPhone,
    byExternalId: (id) =>
      newestFirst([...kept.values()].filter(({ externalCustomerId }) => externalCustomerId === id)),
    resolve: (customerId) => {
      let found = find(customerId);
      while (found !== undefined && 'mergedInto' in found) found = find(found.mergedInto);
      return found;
    },
    add: keep,
    findOrCreate: (address, name, now) => {
      const [known] = 'email' in address ? byEmail(address.email) : byPhone(address.phone);
      if (known !== undefined) return known;
      created += 1;
      const customer: Customer = {
        id: setting.identifiers.make({ kind: 'customer', day: 1, number: created, part: 0 }),
        ...(name === undefined ? {} : { name }),
        emails:
          'email' in address
            ? [{ normalized: address.email.toLowerCase(), original: address.email, primary: true }]
            : [],
        phones:
          'phone' in address
            ? [
                {
                  normalized: address.phone,
                  original: address.phone,
                  regionCode: 'US',
                  primary: true,
                  smsPreference: 'ON',
                  type: 'MOBILE',
                },
              ]
            : [],
        createdAt: withMillis(now),
        updatedAt: withMillis(now),
      };
      keep(customer);
      onCreated(customer.id, created, now);
      return customer;
    },
  };
}
