import { isMobileNumber } from '../../domain/eligibility/addresses.ts';
import { refuse, type Reply } from '../reply.ts';
import { isProfile } from '../world/customers.ts';
import { problem } from '../errors.ts';
import type { Route } from '../exchange.ts';
import { emailPattern } from '../email-address.ts';
import { conversationsLimit, currentConversation, limitedData } from '../items.ts';
import type { World } from '../world/world.ts';

const profilesLimit = 50;
const identifierNames = ['email', 'phoneNumber', 'externalCustomerId'] as const;

/** The answer for a merged customer: the new id in meta, no Location. */
export function moved(oldId: string, newId: string): Reply {
  return {
    status: 301,
    json: {
      errors: [
        {
          ...problem('moved', 'customer id has changed', 'customerId'),
          meta: { old: oldId, new: newId },
        },
      ],
    },
  };
}

/** Customer profiles and their conversations. */
export const customerRoutes: readonly Route<World>[] = [
  {
    method: 'GET',
    pattern: '/api/v1/customer-profiles',
    handle: ({ customers }, { query }) => {
      const given = identifierNames.filter((name) => query.has(name));
      const [name] = given;
      if (name === undefined || given.length > 1 || query.getAll(name).length > 1) {
        return refuse(
          400,
          problem('invalid', 'exactly one of email, phoneNumber, externalCustomerId must be present'),
        );
      }
      const value = query.get(name) ?? '';
      if (value.trim() === '') return refuse(400, problem('blank', `${name} cannot be blank`, name));
      if (name === 'email' && !emailPattern.test(value))
        return refuse(400, problem('invalid', 'invalid email address', name));
      if (name === 'phoneNumber' && !isMobileNumber(value))
        return refuse(400, problem('invalid', 'phoneNumber must be in E.164 format', name));
      const find = {
        email: customers.byEmail,
        phoneNumber: customers.byPhone,
        externalCustomerId: customers.byExternalId,
      }[name];
      return { status: 200, json: find(value).slice(0, profilesLimit) };
    },
  },
  {
    method: 'GET',
    pattern: '/api/v1/customer-profiles/:customerId',
    handle: ({ customers }, _request, { customerId = '' }) => {
      const found = customers.find(customerId);
      if (isProfile(found)) return { status: 200, json: found };
      if (found !== undefined) return moved(customerId, found.mergedInto);
      // The contract shows a single object here, where every other error has a list.
      return {
        status: 404,
        json: { errors: problem('not_exist', `customer profile [${customerId}] does not exist`) },
      };
    },
  },
  {
    method: 'GET',
    pattern: '/api/v1/customers/:customerId/conversations',
    handle: ({ customers, stories, now }, _request, { customerId = '' }) => {
      const found = customers.find(customerId);
      if (found === undefined) return refuse(404, problem('not_exist', 'does not exist'));
      if (!isProfile(found)) return moved(customerId, found.mergedInto);
      const at = now();
      const all = stories.ofCustomer(customerId, at).map((story) => currentConversation(story, at));
      return {
        status: 200,
        json: all.slice(0, conversationsLimit),
        headers: limitedData(all.length > conversationsLimit),
      };
    },
  },
];
