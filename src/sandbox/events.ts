import type { StoryEvent } from './world/story.ts';
import { withMillis } from './time.ts';
import type { World } from './world/world.ts';

/** An event as the Events API and the webhooks send it. */
export function eventBody({ id, type, at, initiator, content }: StoryEvent): Record<string, unknown> {
  return { id, type, timestamp: withMillis(at), initiator, content };
}

/** Events recorded at or after `from` and before `until` (epoch milliseconds), in order of time. */
export function eventsBetween(world: World, from: number, until: number): StoryEvent[] {
  const events: StoryEvent[] = [];
  for (const story of world.stories.during(from, until)) {
    for (const event of story.events) if (event.at >= from && event.at < until) events.push(event);
  }
  for (const event of world.customerEvents) if (event.at >= from && event.at < until) events.push(event);
  return events.sort((one, other) => one.at - other.at);
}
