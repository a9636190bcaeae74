import type { Route } from '../exchange.ts';
import type { Faults } from '../faults.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import type { World } from '../world/world.ts';
import { changeRoutes } from './changes.ts';
import { communicationRoutes } from './communications.ts';
import { conversationRoutes } from './conversations.ts';
import { customerRoutes } from './customers.ts';
import { directoryRoutes } from './directory.ts';
import { eventRoutes } from './events.ts';
import { exportRoutes } from './exports.ts';
import { itemRoutes } from './items.ts';
import { mediaRoutes } from './media.ts';
import { missingRoutes } from './missing.ts';
import { reportRoutes } from './reports.ts';
import { webhookRoutes } from './webhooks.ts';

/** Every operation of the contract, the missing ones included. */
export function apiRoutes(around: {
  origin: () => string;
  faults: () => Faults;
  webhooks: Webhooks;
}): Route<World>[] {
  return [
    ...conversationRoutes,
    ...changeRoutes,
    ...itemRoutes,
    ...mediaRoutes,
    ...customerRoutes,
    ...directoryRoutes(around.origin),
    ...communicationRoutes,
    ...eventRoutes(around.faults),
    ...exportRoutes(around.faults),
    ...reportRoutes(around.faults),
    ...webhookRoutes(around.webhooks),
    ...missingRoutes,
  ];
}
