import type { ItemBody } from './world/story.ts';

/** That an item was put on a customer's timeline or taken away from it. */
export interface Activity {
  /** ISO 8601, UTC. */
  at: string;
  action: 'created' | 'deleted';
  item: ItemBody;
}

export interface Activities {
  add(activity: Activity): void;
  /** Oldest first. */
  ofCustomer(customerId: string): Activity[];
}

const longest = 20_000;

/** Remembers the last 20,000 of them, as Gladly does not: an item that was deleted leaves no trace there. */
export function activitiesOf(): Activities {
  let activities: Activity[] = [];
  return {
    add: (activity) => {
      activities.push(activity);
      if (activities.length >= 2 * longest) activities = activities.slice(-longest);
    },
    ofCustomer: (customerId) => activities.filter(({ item }) => item.customerId === customerId),
  };
}
