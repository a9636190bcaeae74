import * as z from 'zod';
import type { EmailEntry, PhoneEntry } from '../../domain/eligibility/addresses.ts';
import { oneLine } from '../../domain/values/one-line.ts';
import { readJson } from '../http/body.ts';
import { failureAbout } from '../http/errors.ts';
import { apiPath, idInLocation } from '../http/path.ts';
import type { Refusal } from '../http/refusal.ts';
import type { Requests } from '../http/requests.ts';
import { decisiveList, flag, identifier, optional, readOne, text } from './fields.ts';

export interface Customer {
  id: string;
  name: string | null;
  emails: EmailEntry[];
  phones: PhoneEntry[];
}

const spellings = ['original', 'normalized'] as const;

export const customerShape = optional(
  {
    id: identifier,
    name: text,
    emails: decisiveList(z.object({ original: text, normalized: text, primary: flag }), spellings),
    phones: decisiveList(
      z.object({ original: text, normalized: text, primary: flag, type: text, smsPreference: text }),
      spellings,
    ),
  },
  ['image', 'address', 'externalCustomerId', 'externalCustomerIds', 'createdAt', 'updatedAt'],
);

/** People do not make a longer chain of merges than this. */
const mostHops = 5;

/** Since a merge, the customer has another id. */
export interface Moved {
  movedTo: string;
}

/** `mergedFrom`: the ids that led to the customer, the requested id first. */
export async function getCustomer(
  requests: Requests,
  id: string,
): Promise<{ customer: Customer; mergedFrom: string[] }> {
  const { result, mergedFrom } = await followMerges(requests, id, (current) =>
    requests.ask<{ customer: Customer } | Moved>(
      {
        operation: 'getCustomer',
        about: { noun: 'customer', id: current },
        method: 'GET',
        path: apiPath`/customer-profiles/${current}`,
      },
      async (answer, subject) => ({
        customer: readOne(customerShape, await readJson(answer, subject), subject, current),
      }),
      ({ refusal }) => movedBy(refusal),
    ),
  );
  return { customer: result.customer, mergedFrom };
}

/** Follows merges to the customer that remains. Every request goes to our own origin. */
export async function followMerges<T extends object>(
  requests: Requests,
  id: string,
  attempt: (id: string) => Promise<T | Moved>,
): Promise<{ result: T; id: string; mergedFrom: string[] }> {
  const mergedFrom: string[] = [];
  let current = id;
  for (;;) {
    const result = await attempt(current);
    if (!('movedTo' in result)) return { result, id: current, mergedFrom };
    mergedFrom.push(current);
    current = result.movedTo;
    if (mergedFrom.includes(current) || mergedFrom.length > mostHops) throw endlessMerge(requests, id);
  }
}

/** The new id in the answer for a merged customer (301); undefined for any other refusal. */
export function movedBy(refusal: Refusal | null): Moved | undefined {
  if (refusal?.status !== 301) return undefined;
  const named = refusal.errors.find(({ movedTo }) => movedTo !== null && movedTo !== '')?.movedTo;
  const movedTo = named ?? idInLocation(refusal.location, 'customers', 'customer-profiles');
  return movedTo === null ? undefined : { movedTo };
}

function endlessMerge(requests: Requests, id: string): Error {
  const about = { noun: 'customer', id };
  const subject = requests.subject({ operation: 'getCustomer', about, method: 'GET', path: null });
  const message = `The merges of customer ${oneLine(id, 80)} at ${subject.host} form a loop, or a chain of more than ${mostHops}`;
  const hint = 'Look the customer up in Gladly and report this.';
  return failureAbout(subject, 'contract', 'merge_loop', message, hint);
}
