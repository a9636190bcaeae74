import { isMobileNumber } from '../../domain/eligibility/addresses.ts';
import { isObject } from '../../domain/values/json.ts';
import { notFound, refuse, type Reply } from '../reply.ts';
import { isProfile } from '../world/customers.ts';
import { problem, Refusal } from '../errors.ts';
import { jsonBody, type JsonObject, type Route } from '../exchange.ts';
import { newItemProblems } from '../new-item.ts';
import type { ItemBody } from '../world/story.ts';
import { readTime, withMillis } from '../time.ts';
import type { World } from '../world/world.ts';

/** The item with this id, wherever it is. Future items do not exist yet. */
export function findItem(world: World, itemId: string): ItemBody | undefined {
  const loose = world.looseItems.get(itemId);
  if (loose !== undefined) return loose.body;
  return world.stories.findItem(itemId, world.now())?.item.body;
}

function createItem(world: World, body: JsonObject, customerId: string): Reply {
  const now = world.now();
  const id = typeof body.id === 'string' ? body.id : world.newId();
  if (findItem(world, id) !== undefined)
    return refuse(409, problem('taken', 'conversation item already exists', 'newConversationItems'));
  const content = isObject(body.content) ? body.content : {};
  const isActivity = content.type === 'CUSTOMER_ACTIVITY';
  const occurredAt = typeof content.occurredAt === 'string' ? readTime(content.occurredAt) : undefined;
  const item: ItemBody = {
    id,
    customerId,
    timestamp: withMillis(occurredAt ?? now),
    initiator: { id: world.setting.directory.apiUserId, type: 'API' },
    content: isActivity ? { ...content, receivedAt: withMillis(now) } : { ...content },
  };
  world.looseItems.set(id, { body: item, readable: isActivity });
  world.activities.add({ at: withMillis(now), action: 'created', item });
  return { status: 200, json: item };
}

function checkedBody(world: World, body: JsonObject): JsonObject {
  const problems = newItemProblems(body, world.now());
  if (problems.length > 0) throw new Refusal(400, problems);
  return body;
}

function deleteItem(world: World, itemId: string, customerId: string | null): Reply {
  const loose = world.looseItems.get(itemId);
  if (loose?.body.content?.type !== 'CUSTOMER_ACTIVITY') return notFound;
  if (customerId !== null && loose.body.customerId !== customerId) return notFound;
  world.looseItems.delete(itemId);
  world.activities.add({ at: withMillis(world.now()), action: 'deleted', item: loose.body });
  return { status: 204 };
}

/** Single items, and activities on the timeline of a customer. */
export const itemRoutes: readonly Route<World>[] = [
  {
    method: 'GET',
    pattern: '/api/v1/conversation-items/:itemId',
    handle: (world, _request, { itemId = '' }) => {
      if (world.looseItems.get(itemId)?.readable === false) {
        const detail = `Conversation item with id [${itemId}] exists but is not supported by the API.`;
        return refuse(400, problem('invalid', detail));
      }
      const item = findItem(world, itemId);
      return item === undefined ? notFound : { status: 200, json: item };
    },
  },
  {
    method: 'DELETE',
    pattern: '/api/v1/conversation-items/:itemId',
    handle: (world, _request, { itemId = '' }) => deleteItem(world, itemId, null),
  },
  {
    method: 'POST',
    pattern: '/api/v1/conversation-items',
    handle: (world, request) => {
      const body = checkedBody(world, jsonBody(request));
      const { customer } = body;
      if (!isObject(customer)) return refuse(400, problem('blank', 'customer cannot be blank', 'customer'));
      const { emailAddress, mobilePhone } = customer;
      if ((typeof emailAddress === 'string') === (typeof mobilePhone === 'string'))
        return refuse(400, problem('blank', 'one of emailAddress, mobilePhone must be present', 'customer'));
      const address =
        typeof emailAddress === 'string' ? { email: emailAddress } : { phone: String(mobilePhone) };
      if ('email' in address ? !address.email.includes('@') : !isMobileNumber(address.phone))
        return refuse(400, problem('invalid', 'the address of the customer is not valid', 'customer'));
      return createItem(world, body, world.customers.findOrCreate(address, undefined, world.now()).id);
    },
  },
  {
    method: 'POST',
    pattern: '/api/v1/customers/:customerId/conversation-items',
    handle: (world, request, { customerId = '' }) => {
      const found = world.customers.find(customerId);
      if (found === undefined) return notFound;
      if (!isProfile(found)) {
        const detail = `the customer id has changed from [${customerId}] to [${found.mergedInto}]`;
        const host = request.headers.host ?? 'localhost';
        return {
          status: 301,
          headers: {
            Location: `http://${host}/api/v1/customers/${encodeURIComponent(found.mergedInto)}/conversation-items`,
          },
          json: {
            errors: [
              {
                ...problem('moved', detail, 'customer id'),
                meta: { old: customerId, new: found.mergedInto },
              },
            ],
          },
        };
      }
      return createItem(world, checkedBody(world, jsonBody(request)), customerId);
    },
  },
  {
    method: 'DELETE',
    pattern: '/api/v1/customers/:customerId/conversation-items/:itemId',
    handle: (world, _request, { customerId = '', itemId = '' }) => deleteItem(world, itemId, customerId),
  },
];
