import type { Story, StoryEvent } from './world/story.ts';

/** What has just happened, and no webhook has heard of yet. */
export interface News {
  /** What the story tells from now on is news; from its beginning with `known` 0. */
  follow(story: Story, known?: number): void;
  /** The news in order of time, once. */
  take(): StoryEvent[];
}

export function newsOf(): News {
  const followed = new Map<Story, number>();
  return {
    follow: (story, known = story.events.length) => {
      if (!followed.has(story)) followed.set(story, known);
    },
    take: () => {
      const events = [...followed].flatMap(([story, known]) => story.events.slice(known));
      followed.clear();
      return events.sort((one, other) => one.at - other.at);
    },
  };
}
