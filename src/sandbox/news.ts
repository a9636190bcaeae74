import type { Story, StoryEvent } from './world/story.ts';

/** Events that have just happened and have not been sent to the webhooks yet. */
export interface News {
  /** The story's events from now on are news; with `known` 0, all of its events are. */
  follow(story: Story, known?: number): void;
  /** One event that belongs to no conversation. */
  tell(event: StoryEvent): void;
  /** The news in order of time. Each event is taken once. */
  take(): StoryEvent[];
}

export function newsOf(): News {
  const followed = new Map<Story, number>();
  let single: StoryEvent[] = [];
  return {
    follow: (story, known = story.events.length) => {
      if (!followed.has(story)) followed.set(story, known);
    },
    tell: (event) => {
      single.push(event);
    },
    take: () => {
      const events = [...single, ...[...followed].flatMap(([story, known]) => story.events.slice(known))];
      followed.clear();
      single = [];
      return events.sort((one, other) => one.at - other.at);
    },
  };
}
