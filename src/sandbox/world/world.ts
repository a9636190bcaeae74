import { customersOf, type Customers } from './customers.ts';
import type { Setting } from './everyday.ts';
import { identifiersFor } from '../identifiers.ts';
import { newsOf, type News } from '../news.ts';
import { type Mailbox, mailboxOf } from '../mailbox.ts';
import { recent, type Recent } from '../recent.ts';
import { makeDirectory } from './organization.ts';
import { emptyStage, type Trap } from './stage.ts';
import { storiesOf, type Stories } from './stories.ts';
import type { ItemBody, StoryEvent } from './story.ts';
import { day } from '../time.ts';
import { setTraps } from './traps.ts';

/** Days of conversations, today included. */
const days = 31;

/** An item that belongs to a customer but to no conversation. */
export interface LooseItem {
  body: ItemBody;
  /** Tasks can be created but not read. */
  readable: boolean;
}

/** An item that was added to a customer's timeline or removed from it. */
export interface Activity {
  /** ISO 8601, UTC. */
  at: string;
  action: 'created' | 'deleted';
  item: ItemBody;
}

const activitiesRemembered = 20_000;

/** Everything in the sandbox. */
export interface World {
  setting: Setting;
  /** Epoch milliseconds. */
  now: () => number;
  stories: Stories;
  customers: Customers;
  looseItems: Map<string, LooseItem>;
  /** Gladly does not keep these: a deleted item leaves no trace there. */
  activities: Recent<Activity>;
  mailbox: Mailbox;
  news: News;
  traps: readonly Trap[];
  /** Merges of customers, and new profiles: the events that belong to no conversation. */
  customerEvents: readonly StoryEvent[];
  /** Counts the objects that are made while the sandbox runs. */
  newNumber: () => number;
  /** An id for an object that is made while the sandbox runs. */
  newId: () => string;
}

/**
 * A sandbox world. The everyday conversations of a day follow from the seed and the day, so two starts with the same
 * seed agree about every day that both have. Most special conversations lie within the two days before the start.
 */
export function makeWorld(options: { seed: number; size: number; now: () => number }): World {
  const { seed, size, now } = options;
  const anchor = Math.floor(now() / day) * day;
  const identifiers = identifiersFor(seed);
  const population = Math.max(20, Math.round((size * 2) / 3));
  const setting: Setting = { seed, identifiers, directory: makeDirectory(identifiers), population };
  const stage = emptyStage(setting, anchor);
  setTraps(stage);
  const today = Math.floor(anchor / day);
  let made = 0;
  const news = newsOf();
  const customerEvents = [...stage.merges];
  const tellOfProfile = (customerId: string, number: number, at: number): void => {
    const event: StoryEvent = {
      at,
      id: identifiers.make({ kind: 'event', day: 1, number, part: 0 }),
      type: 'CUSTOMER_PROFILE/CREATED',
      initiator: { id: setting.directory.apiUserId, type: 'API' },
      content: { customerId },
    };
    customerEvents.push(event);
    news.tell(event);
  };
  const newNumber = (): number => (made += 1);
  return {
    setting,
    now,
    stories: storiesOf(
      setting,
      { firstDay: today - days + 1, lastDay: today, size },
      stage.traps.map(({ story }) => story),
    ),
    customers: customersOf(setting, stage.customers, stage.merged, tellOfProfile),
    looseItems: new Map(),
    activities: recent(activitiesRemembered),
    mailbox: mailboxOf(),
    news,
    traps: stage.traps,
    customerEvents,
    newNumber,
    newId: () => identifiers.make({ kind: 'created', day: today, number: newNumber(), part: 0 }),
  };
}
