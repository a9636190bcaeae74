import * as z from 'zod';
import { readJson } from '../http/body.ts';
import { apiPath } from '../http/path.ts';
import type { Requests } from '../http/requests.ts';
import { followMerges, movedBy, type Moved } from './customers.ts';
import { isObject } from '../../domain/values/json.ts';
import { notAnAnswer } from '../http/errors.ts';
import { decisiveIds, identifier, readList, readOne, requiredId, time } from './fields.ts';
import { isLimited } from './limits.ts';

export interface Conversation {
  id: string;
  customerId: string;
  /** The agent assigned now, who may never have written anything. */
  agentId: string | null;
  inboxId: string | null;
  topicIds: string[];
  /** OPEN, WAITING, CLOSED, or a new one. */
  status: string;
  createdAt: string | null;
  /** Only while the conversation is closed. */
  closedAt: string | null;
}

export const conversationShape = z.object({
  id: requiredId,
  customerId: requiredId,
  agentId: identifier,
  inboxId: identifier,
  topicIds: decisiveIds,
  status: requiredId.transform((status) => status.toUpperCase()),
  createdAt: time,
  closedAt: time,
});

/**
 * The most items that Gladly gives of a timeline. One of exactly this length may have been cut (getConversationItems).
 */
const mostItems = 1000;

export async function getConversation(requests: Requests, id: string): Promise<Conversation> {
  return requests.ask(
    {
      operation: 'getConversation',
      // Otherwise the queue would read sixteen conversations before it sends the first message.
      begins: true,
      about: { noun: 'conversation', id },
      method: 'GET',
      path: apiPath`/conversations/${id}`,
    },
    async (answer, subject) => {
      const found = readOne(conversationShape, await readJson(answer, subject), subject, id);
      // A cache in between mixed up two answers: the survey would go to the wrong customer.
      if (found.id.toLowerCase() !== id.trim().toLowerCase())
        throw notAnAnswer(subject, 'another conversation');
      return found;
    },
  );
}

/**
 * The conversations of one customer, after any merges; at most 100. Entries that cannot be read are left out
 * (getConversations).
 */
export async function getCustomerConversations(
  requests: Requests,
  customerId: string,
): Promise<Conversation[]> {
  const { result } = await followMerges(requests, customerId, (current) =>
    requests.ask<{ conversations: Conversation[] } | Moved>(
      {
        operation: 'getConversations',
        about: { noun: 'customer', id: current },
        method: 'GET',
        path: apiPath`/customers/${current}/conversations`,
      },
      async (answer, subject) => ({
        conversations: readList(await readJson(answer, subject), subject).flatMap(
          (entry) => conversationShape.safeParse(entry).data ?? [],
        ),
      }),
      ({ refusal }) => movedBy(refusal),
    ),
  );
  return result.conversations;
}

/** The timeline, ascending by time. `limited`: its end may be missing. */
export async function getConversationItems(
  requests: Requests,
  id: string,
): Promise<{ items: unknown[]; limited: boolean }> {
  return requests.ask(
    {
      operation: 'getConversationItems',
      about: { noun: 'conversation', id },
      method: 'GET',
      path: apiPath`/conversations/${id}/items`,
    },
    async (answer, subject) => {
      const items = readList(await readJson(answer, subject), subject);
      if (items.length > 0 && !items.some(isObject))
        throw notAnAnswer(subject, 'a list without a single object');
      return { items, limited: isLimited(answer) || items.length === mostItems };
    },
  );
}
