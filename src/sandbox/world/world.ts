import { customersOf, type Customers } from './customers.ts';
import type { Setting } from './everyday.ts';
import { activitiesOf, type Activities } from '../activities.ts';
import { identifiersFor } from '../identifiers.ts';
import { newsOf, type News } from '../news.ts';
import type { Mailbox } from '../mailbox.ts';
import { mailboxOf } from '../mailbox.ts';
import { makeDirectory } from './organization.ts';
import { emptyStage, type Trap } from './stage.ts';
import { storiesOf, type Stories } from './stories.ts';
import type { ItemBody, StoryEvent } from './story.ts';
import { day } from '../time.ts';
import { setTraps } from './traps.ts';

/** Days of conversations, today included. */
const days = 31;

/** An item that belongs to a customer and to no conversation. */
export interface LooseItem {
  body: ItemBody;
  /** Tasks can be made but not read. */
  readable: boolean;
}

/** Everything that the sandbox knows. */
export interface World {
  setting: Setting;
  /** Epoch milliseconds. */
  now: () => number;
  stories: Stories;
  customers: Customers;
  looseItems: Map<string, LooseItem>;
  activities: Activities;
  mailbox: Mailbox;
  news: News;
  traps: readonly Trap[];
  /** That one customer was merged into another: the only events outside of a conversation. */
  merges: readonly StoryEvent[];
  /** Counts what is made while the sandbox is running. */
  newNumber: () => number;
  /** An id for something that was made while the sandbox was running. */
  newId: () => string;
}

/**
 * A sandbox world. Conversations of a day follow from seed and day, so that two starts with one seed agree about
 * every day that both of them show; what is special lies within the two days before the day of the start.
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
  const newNumber = (): number => (made += 1);
  return {
    setting,
    now,
    stories: storiesOf(
      setting,
      { firstDay: today - days + 1, lastDay: today, size },
      stage.traps.map(({ story }) => story),
    ),
    customers: customersOf(setting, stage.customers, stage.merged),
    looseItems: new Map(),
    activities: activitiesOf(),
    mailbox: mailboxOf(),
    news: newsOf(),
    traps: stage.traps,
    merges: stage.merges,
    newNumber,
    newId: () => identifiers.make({ kind: 'created', day: today, number: newNumber(), part: 0 }),
  };
}
