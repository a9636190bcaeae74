import { problem } from '../errors.ts';
import type { Route } from '../exchange.ts';
import { refuse } from '../reply.ts';
import type { World } from '../world/world.ts';

/** Operations of the contract that the sandbox does not have. */
const missing: readonly [method: string, pattern: string, operation: string][] = [
  [
    'POST',
    '/api/v1/customer-history/:customerId/conversations/:conversationId/custom-attributes',
    'changeFreeformTopics',
  ],
  ['GET', '/api/v1/custom-attributes/:customAttributeId', 'getCustomAttribute'],
  ['PATCH', '/api/v1/customer-profiles/:customerId', 'updateCustomer'],
  ['POST', '/api/v1/reports/work-session-events', 'generateWorkSessionReport'],
];

/** 501 with the operation's name: a client must not take it for an unknown id. */
export const missingRoutes: readonly Route<World>[] = missing.map(([method, pattern, operation]) => ({
  method,
  pattern,
  handle: () => refuse(501, problem('not_implemented', `the sandbox does not support ${operation}`)),
}));
