import { customerNumberOf, everydayStory, longestStory, type Setting } from './everyday.ts';
import { stateAt, type Story, type StoryItem } from './story.ts';
import { day } from '../time.ts';

/** All conversations. An everyday one is made anew each time it is needed, until something changes it. */
export interface Stories {
  find(conversationId: string): Story | undefined;
  /** Keeps a story from now on, because it is about to change. */
  keep(story: Story): void;
  findItem(itemId: string, now: number): { story: Story; item: StoryItem } | undefined;
  /** Every conversation that may have events between the two times (epoch milliseconds). */
  during(from: number, until: number): Iterable<Story>;
  /** The customer's conversations at that moment, ascending by creation. */
  ofCustomer(customerId: string, now: number): Story[];
}

export interface Calendar {
  /** First and last day with everyday conversations, in days since 1970-01-01. */
  firstDay: number;
  lastDay: number;
  /** The number of conversations on all these days together. */
  size: number;
}

export function storiesOf(setting: Setting, calendar: Calendar, special: readonly Story[]): Stories {
  const kept = new Map(special.map((story) => [story.id, story]));
  const days = calendar.lastDay - calendar.firstDay + 1;
  const numberOn = (onDay: number): number => {
    const index = onDay - calendar.firstDay;
    if (index < 0 || index >= days) return 0;
    return Math.floor(((index + 1) * calendar.size) / days) - Math.floor((index * calendar.size) / days);
  };
  const idOf = (onDay: number, number: number): string =>
    setting.identifiers.make({ kind: 'conversation', day: onDay, number, part: 0 });

  const everydayBehind = (onDay: number, number: number): Story | undefined =>
    number < numberOn(onDay) ? everydayStory(setting, onDay, number) : undefined;

  const find = (conversationId: string): Story | undefined => {
    const known = kept.get(conversationId);
    if (known !== undefined) return known;
    const origin = setting.identifiers.read(conversationId);
    return origin?.kind === 'conversation' ? everydayBehind(origin.day, origin.number) : undefined;
  };

  return {
    find,
    keep: (story) => {
      kept.set(story.id, story);
    },
    findItem: (itemId, now) => {
      const itemOf = (story: Story): StoryItem | undefined =>
        story.items.find(({ at, body }) => at <= now && body.id === itemId);
      for (const story of kept.values()) {
        const item = itemOf(story);
        if (item !== undefined) return { story, item };
      }
      const origin = setting.identifiers.read(itemId);
      if (origin?.kind !== 'item' || kept.has(idOf(origin.day, origin.number))) return undefined;
      const story = everydayBehind(origin.day, origin.number);
      const item = story === undefined ? undefined : itemOf(story);
      return story === undefined || item === undefined ? undefined : { story, item };
    },
    *during(from, until) {
      yield* kept.values();
      const first = Math.max(calendar.firstDay, Math.floor((from - longestStory) / day));
      const last = Math.min(calendar.lastDay, Math.floor(until / day));
      for (let onDay = first; onDay <= last; onDay += 1) {
        for (let number = 0; number < numberOn(onDay); number += 1) {
          if (!kept.has(idOf(onDay, number))) yield everydayStory(setting, onDay, number);
        }
      }
    },
    ofCustomer: (customerId, now) => {
      const found = [...kept.values()].filter((story) => story.customerId === customerId);
      const origin = setting.identifiers.read(customerId);
      if (origin?.kind === 'customer' && origin.day === 0) {
        for (let onDay = calendar.firstDay; onDay <= calendar.lastDay; onDay += 1) {
          for (let number = 0; number < numberOn(onDay); number += 1) {
            if (customerNumberOf(setting, onDay, number) !== origin.number) continue;
            if (!kept.has(idOf(onDay, number))) found.push(everydayStory(setting, onDay, number));
          }
        }
      }
      const createdAt = (story: Story): number => story.changes[0]?.at ?? 0;
      return found
        .filter((story) => stateAt(story, now) !== undefined)
        .sort((one, other) => createdAt(one) - createdAt(other));
    },
  };
}
