import type { Route } from '../exchange.ts';
import { currentConversation, limitedData, timelineOf } from '../items.ts';
import { notFound } from '../reply.ts';
import type { World } from '../world/world.ts';

/** Reads of conversations and of their timelines. */
export const conversationRoutes: readonly Route<World>[] = [
  {
    method: 'GET',
    pattern: '/api/v1/conversations/:conversationId',
    handle: (world, _request, { conversationId = '' }) => {
      const conversation = currentConversation(world.stories.find(conversationId), world.now());
      return conversation === undefined ? notFound : { status: 200, json: conversation };
    },
  },
  {
    method: 'GET',
    pattern: '/api/v1/conversations/:conversationId/items',
    handle: (world, request, { conversationId = '' }) => {
      const now = world.now();
      const story = world.stories.find(conversationId);
      if (story === undefined || currentConversation(story, now) === undefined) return notFound;
      const { items, limited } = timelineOf(story, now, request.query.get('sessionId'));
      return { status: 200, json: items, headers: limitedData(limited) };
    },
  },
];
