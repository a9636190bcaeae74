import type { Setting } from './everyday.ts';
import { customerOf, numberOfEmail, numberOfPhone, type Customer } from './people.ts';
import { withMillis } from '../time.ts';

/** All customer profiles, made and found. */
export interface Customers {
  /** A profile; the id that it was merged into; undefined when there never was one. */
  find(customerId: string): Customer | { mergedInto: string } | undefined;
  /** The profile that remains after all merges. */
  resolve(customerId: string): Customer | undefined;
  byEmail: (email: string) => Customer[];
  byPhone: (phone: string) => Customer[];
  byExternalId: (id: string) => Customer[];
  add(customer: Customer): void;
  /** The first profile with that address; a new one if there is none. */
  findOrCreate(
    address: { email: string } | { phone: string },
    name: string | undefined,
    now: number,
  ): Customer;
}

export function isProfile(found: Customer | { mergedInto: string } | undefined): found is Customer {
  return found !== undefined && !('mergedInto' in found);
}

export function customersOf(
  setting: Setting,
  special: readonly Customer[],
  merged: ReadonlyMap<string, string>,
): Customers {
  const kept = new Map(special.map((customer) => [customer.id, customer]));
  let created = 0;

  const everyday = (number: number | undefined): Customer | undefined =>
    number === undefined || number >= setting.population
      ? undefined
      : customerOf(setting.seed, setting.identifiers, number);

  const find = (customerId: string): Customer | { mergedInto: string } | undefined => {
    const mergedInto = merged.get(customerId);
    if (mergedInto !== undefined) return { mergedInto };
    const known = kept.get(customerId);
    if (known !== undefined) return known;
    const origin = setting.identifiers.read(customerId);
    return origin?.kind === 'customer' && origin.day === 0 ? everyday(origin.number) : undefined;
  };

  const matching = (candidate: Customer | undefined, fits: (customer: Customer) => boolean): Customer[] =>
    [...kept.values(), ...(candidate === undefined ? [] : [candidate])]
      .filter(fits)
      .sort((one, other) => (other.updatedAt ?? '').localeCompare(one.updatedAt ?? ''));

  const byEmail = (email: string): Customer[] => {
    const wanted = email.toLowerCase();
    return matching(everyday(numberOfEmail(wanted)), ({ emails }) =>
      (emails ?? []).some((one) => (one.normalized ?? one.original).toLowerCase() === wanted),
    );
  };
  const byPhone = (phone: string): Customer[] =>
    matching(everyday(numberOfPhone(phone)), ({ phones }) =>
      (phones ?? []).some((one) => one.normalized === phone),
    );

  return {
    find,
    byEmail,
    byPhone,
    byExternalId: (id) => matching(undefined, ({ externalCustomerId }) => externalCustomerId === id),
    resolve: (customerId) => {
      let found = find(customerId);
      while (found !== undefined && 'mergedInto' in found) found = find(found.mergedInto);
      return found;
    },
    add: (customer) => {
      kept.set(customer.id, customer);
    },
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
      kept.set(customer.id, customer);
      return customer;
    },
  };
}
