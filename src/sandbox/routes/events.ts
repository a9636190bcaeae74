import { problem } from '../errors.ts';
import { eventBody, eventsBetween } from '../events.ts';
import type { Route } from '../exchange.ts';
import type { Faults } from '../faults.ts';
import { refuse } from '../reply.ts';
import { day, readTime } from '../time.ts';
import type { World } from '../world/world.ts';

const entityTypes = [
  'AGENT_AVAILABILITY',
  'AGENT_STATUS',
  'CONTACT',
  'CONVERSATION',
  'CUSTOMER',
  'CUSTOMER_PROFILE',
  'PAYMENT_REQUEST',
  'TASK',
];

/** The stream is this far behind real time. */
const behind = 15_000;

/** The contract describes assignment events but no entity for them, so they come with the conversations. */
function entityOf(type: string): string {
  const [entity = ''] = type.split('/');
  return entity === 'CONVERSATION_ASSIGNEE' ? 'CONVERSATION' : entity;
}

function* bodies(world: World, from: number, until: number, entities: readonly string[]): Iterable<string> {
  for (const event of eventsBetween(world, from, until)) {
    if (entities.includes(entityOf(event.type))) yield `${JSON.stringify(eventBody(event))}\n`;
  }
}

/** GET /events: the last 24 hours, 15 seconds behind, as lines of JSON. */
export const eventRoutes = (faults: () => Faults): readonly Route<World>[] => [
  {
    method: 'GET',
    pattern: '/api/v1/events',
    handle: (world, { query }) => {
      const now = world.now();
      const startAt = query.get('startAt');
      const endAt = query.get('endAt');
      const entities = query.getAll('entities');
      if (startAt === null || startAt === '')
        return refuse(400, problem('blank', 'startAt cannot be blank', 'startAt'));
      const from = readTime(startAt);
      const until = endAt === null ? now : readTime(endAt);
      if (from === undefined) return refuse(400, problem('invalid', 'startAt must be ISO 8601', 'startAt'));
      if (until === undefined) return refuse(400, problem('invalid', 'endAt must be ISO 8601', 'endAt'));
      if (from < now - day)
        return refuse(400, problem('invalid', 'startAt must be within the last 24 hours', 'startAt'));
      if (until <= from) return refuse(400, problem('invalid', 'endAt must occur after startAt', 'startAt'));
      if (entities.length === 0) return refuse(400, problem('blank', 'entities cannot be blank', 'entities'));
      const unknown = entities.find((entity) => !entityTypes.includes(entity));
      if (unknown !== undefined)
        return refuse(400, problem('invalid', `${unknown} is not an entity type`, 'entities'));
      return {
        status: 200,
        headers: { 'Content-Type': 'application/x-jsonlines' },
        lines: bodies(world, from, Math.min(until, now - (faults().eventLagMs ?? behind)), entities),
      };
    },
  },
];
