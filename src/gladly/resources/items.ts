import type { components } from '../contract.ts';
import { readJson, readNothing, readOptionalJson } from '../http/body.ts';
import { apiPath } from '../http/path.ts';
import type { Requests } from '../http/requests.ts';
import { followMerges, movedBy, type Moved } from './customers.ts';
import { identifier, optional, read, text } from './fields.ts';
import { nullAt } from './lookup.ts';

type CustomerActivity = components['schemas']['CustomerActivityContent'];

/** An item for a customer's timeline. We choose its id, which makes posting it safe to repeat. */
export interface NewItem {
  /** URL-safe, at most 49 characters. */
  id: string;
  content: Omit<CustomerActivity, 'expandByDefault' | 'receivedAt'> & { expandByDefault?: boolean };
}

export const createdItemShape = optional({ id: identifier, timestamp: text }, [
  'content',
  'customerId',
  'initiator',
  'responder',
]);

/** Null when Gladly does not know the id, and for an item whose type the API does not support. */
export async function getItem(requests: Requests, id: string): Promise<unknown> {
  return requests.ask<unknown>(
    {
      operation: 'getItem',
      about: { noun: 'item', id },
      method: 'GET',
      path: apiPath`/conversation-items/${id}`,
    },
    readJson,
    nullAt([400, 404]),
  );
}

/**
 * Posts an item. `taken`: an item with this id already exists, perhaps from an earlier try (createCustomerItem).
 * `customerId`: the customer who has the item, after any merges.
 */
export async function createCustomerItem(
  requests: Requests,
  customerId: string,
  item: NewItem,
): Promise<{ created: 'created' | 'taken'; customerId: string }> {
  const { result, id } = await followMerges(requests, customerId, (current) =>
    requests.ask<{ created: 'created' | 'taken' } | Moved>(
      {
        operation: 'createCustomerItem',
        about: { noun: 'customer', id: current },
        method: 'POST',
        path: apiPath`/customers/${current}/conversation-items`,
        json: item,
      },
      async (answer, subject) => {
        const body = await readOptionalJson(answer, subject);
        // All that matters is that it is an item: its content is what we sent.
        if (body !== null) read(createdItemShape, body, subject);
        return { created: 'created' };
      },
      (problem) => (problem.isAnswered(409) ? { created: 'taken' } : movedBy(problem.refusal)),
    ),
  );
  return { created: result.created, customerId: id };
}

export async function deleteCustomerItem(
  requests: Requests,
  customerId: string,
  itemId: string,
): Promise<'deleted' | 'absent'> {
  const { result } = await followMerges(requests, customerId, (current) =>
    requests.ask<{ outcome: 'deleted' | 'absent' } | Moved>(
      {
        operation: 'deleteCustomerItem',
        about: { noun: 'item', id: itemId },
        method: 'DELETE',
        path: apiPath`/customers/${current}/conversation-items/${itemId}`,
      },
      async (answer, subject) => {
        await readNothing(answer, subject);
        return { outcome: 'deleted' };
      },
      (problem) => (problem.isAnswered(404) ? { outcome: 'absent' } : movedBy(problem.refusal)),
    ),
  );
  return result.outcome;
}

/** Deletes an item by its own id: a merge moves items to another customer. */
export async function deleteItem(requests: Requests, itemId: string): Promise<'deleted' | 'absent'> {
  return requests.ask<'deleted' | 'absent'>(
    {
      operation: 'deleteItem',
      about: { noun: 'item', id: itemId },
      method: 'DELETE',
      path: apiPath`/conversation-items/${itemId}`,
    },
    async (answer, subject) => {
      await readNothing(answer, subject);
      return 'deleted';
    },
    (problem) => (problem.isAnswered(404) ? 'absent' : undefined),
  );
}
