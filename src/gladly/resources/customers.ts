import { readCreatedItem, readCustomer } from './answers.ts';
import type { Customer } from './answers.ts';
import type { components } from '../contract.ts';
import { failureAbout, plain } from '../http/errors.ts';
import type { Refusal } from '../http/errors.ts';
import { apiPath } from '../http/path.ts';
import { readAnyJson, readJson, readNothing } from '../http/requests.ts';
import type { Call, Requests } from '../http/requests.ts';

type CustomerActivity = components['schemas']['CustomerActivityContent'];

/** An item for a customer's timeline; its id is ours, which is what makes posting it safe to repeat. */
export interface NewItem {
  /** URL-safe, at most 49 characters. */
  id: string;
  content: Omit<CustomerActivity, 'expandByDefault' | 'receivedAt'> & { expandByDefault?: boolean };
}

/** A chain of merges longer than this is no chain that people made. */
const mostHops = 5;

interface Moved {
  movedTo: string;
}

export async function getCustomer(
  requests: Requests,
  id: string,
): Promise<{ customer: Customer; mergedFrom: string[] }> {
  const { result, mergedFrom } = await followMerges(requests, id, (current) => {
    const call: Call = {
      operation: 'getCustomer',
      about: { noun: 'customer', id: current },
      method: 'GET',
      path: apiPath`/customer-profiles/${current}`,
    };
    return requests.ask<{ customer: Customer } | Moved>(
      call,
      async (answer, asked) => ({ customer: readCustomer(await readJson(answer, asked), asked, current) }),
      ({ refusal }) => movedBy(refusal),
    );
  });
  return { customer: result.customer, mergedFrom };
}

/** Posts an item. `taken`: an item of this id is there already, perhaps from an earlier try (createCustomerItem). */
export async function createCustomerItem(
  requests: Requests,
  customerId: string,
  item: NewItem,
): Promise<{ created: 'created' | 'taken'; customerId: string }> {
  const { result, id } = await followMerges(requests, customerId, (current) => {
    const call: Call = {
      operation: 'createCustomerItem',
      about: { noun: 'customer', id: current },
      method: 'POST',
      path: apiPath`/customers/${current}/conversation-items`,
      json: item,
    };
    return requests.ask<{ created: 'created' | 'taken' } | Moved>(
      call,
      async (answer, asked) => {
        readCreatedItem(await readAnyJson(answer, asked), asked);
        return { created: 'created' };
      },
      ({ refusal }) => (refusal?.status === 409 ? { created: 'taken' } : movedBy(refusal)),
    );
  });
  return { created: result.created, customerId: id };
}

export async function deleteCustomerItem(
  requests: Requests,
  customerId: string,
  itemId: string,
): Promise<'deleted' | 'absent'> {
  const { result } = await followMerges(requests, customerId, (current) => {
    const call: Call = {
      operation: 'deleteCustomerItem',
      about: { noun: 'item', id: itemId },
      method: 'DELETE',
      path: apiPath`/customers/${current}/conversation-items/${itemId}`,
    };
    return requests.ask<{ outcome: 'deleted' | 'absent' } | Moved>(
      call,
      async (answer, asked) => {
        await readNothing(answer, asked);
        return { outcome: 'deleted' };
      },
      ({ refusal }) => (refusal?.status === 404 ? { outcome: 'absent' } : movedBy(refusal)),
    );
  });
  return result.outcome;
}

export async function deleteItem(requests: Requests, itemId: string): Promise<'deleted' | 'absent'> {
  const call: Call = {
    operation: 'deleteItem',
    about: { noun: 'item', id: itemId },
    method: 'DELETE',
    path: apiPath`/conversation-items/${itemId}`,
  };
  return requests.ask<'deleted' | 'absent'>(
    call,
    async (answer, asked) => {
      await readNothing(answer, asked);
      return 'deleted';
    },
    ({ refusal }) => (refusal?.status === 404 ? 'absent' : undefined),
  );
}

/** Goes from a merged customer to the one who lives on; every step is asked of our own origin. */
async function followMerges<T extends object>(
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

function movedBy(refusal: Refusal | null): Moved | undefined {
  if (refusal?.status !== 301) return undefined;
  const named = refusal.errors.find((error) => error.movedTo !== null && error.movedTo !== '')?.movedTo;
  const movedTo = named ?? customerIn(refusal.location);
  return movedTo === null ? undefined : { movedTo };
}

/** The customer id in a `Location`; its host is of no interest, nothing is ever sent there. */
function customerIn(location: string | null): string | null {
  const segment = /\/(?:customers|customer-profiles)\/([^/?#]+)/.exec(location ?? '')?.[1];
  if (segment === undefined) return null;
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

function endlessMerge(requests: Requests, id: string): Error {
  const asked = requests.asked({
    operation: 'getCustomer',
    about: { noun: 'customer', id },
    method: 'GET',
    path: '',
  });
  const message = `The merges of customer ${plain(id, 80)} at ${asked.host} lead nowhere: a loop, or more than ${mostHops}`;
  return failureAbout(
    asked,
    'contract',
    'merge_loop',
    message,
    'Look the customer up in Gladly and report this.',
  );
}
