import type { Channel, Place } from './channels.ts';
import { placeFor, type Setting } from './everyday.ts';
import { agentOf, narrate, type Narrator } from './narrator.ts';
import type { Customer } from './people.ts';
import { emptyStory, type Communicator, type Story, type StoryEvent } from './story.ts';
import { day, hour, minute, withMillis } from '../time.ts';

/** A special conversation that a client may stumble over. Its name says what is special. */
export interface Trap {
  name: string;
  story: Story;
  /** One sentence for a person. */
  what: string;
  /** Its items deliberately break the contract's schema, as real data does. */
  deviates: boolean;
}

export interface SceneOptions {
  channel?: Channel;
  /** Changes to the customer's profile. Pass the whole profile of another scene to use that customer again. */
  customer?: Partial<Customer>;
  deviates?: boolean;
  /** How many hours before the start of today (UTC) the conversation begins. */
  hoursAgo?: number;
}

/** One conversation while it is told. Times are in minutes after its start. */
export interface Scene {
  narrator: Narrator;
  story: Story;
  place: Place;
  profile: Customer;
  customer: Communicator;
  /** Owner, helper and closer are three different agents. */
  owner: Communicator;
  helper: Communicator;
  closer: Communicator;
  at: (minutes: number) => number;
  /** Opens it: the customer asks, the owner is assigned and responds after 10 minutes, a topic is added. */
  askAndAnswer: () => void;
}

export interface Stage {
  setting: Setting;
  /** The start of the current day in epoch milliseconds. The scenes are over by then. */
  anchor: number;
  traps: Trap[];
  customers: Customer[];
  /** Old customer id to the id that it was merged into. */
  merged: Map<string, string>;
  merges: StoryEvent[];
  scene(name: string, what: string, options?: SceneOptions): Scene;
  profile(name: string, changes?: Partial<Customer>): Customer;
}

/** Special conversations are numbered above the everyday ones of the same day. */
const specialNumbers = 0xf000_0000;
/** Keeps the ids of special customers apart from everyday ones (day 0) and new ones (day 1). */
const specialCustomerDay = 2;

export function emptyStage(setting: Setting, anchor: number): Stage {
  const today = Math.floor(anchor / day);
  const { directory, identifiers } = setting;
  const traps: Trap[] = [];
  const customers: Customer[] = [];

  const profile: Stage['profile'] = (name, changes = {}) => {
    const number = customers.length;
    const address = `${name.replaceAll('_', '.')}.${today}-${number}@example.com`;
    const customer: Customer = {
      id: identifiers.make({
        kind: 'customer',
        day: specialCustomerDay,
        number: today * 4096 + number,
        part: 0,
      }),
      name: `Petra ${name.replaceAll('_', ' ')}`,
      emails: [{ normalized: address, original: address, primary: true }],
      phones: [
        {
          normalized: `+1987555${String(100 + (number % 100)).padStart(4, '0')}`,
          original: `987555${String(100 + (number % 100)).padStart(4, '0')}`,
          regionCode: 'US',
          primary: true,
          smsPreference: 'ON',
          type: 'MOBILE',
        },
      ],
      createdAt: withMillis(anchor - 90 * day),
      updatedAt: withMillis(anchor - 40 * day),
      ...changes,
    };
    if (!customers.some(({ id }) => id === customer.id)) customers.push(customer);
    return customer;
  };

  const scene: Stage['scene'] = (name, what, options = {}) => {
    const number = traps.length;
    const known = customers.find(({ id }) => id === options.customer?.id);
    const customer = known ?? profile(name, options.customer);
    const story = emptyStory(identifiers, today, specialNumbers + number, customer.id);
    const place = placeFor(customer, options.channel ?? 'email', 'A question', story.nextId('session'));
    const narrator = narrate(story, place);
    const start = anchor - (options.hoursAgo ?? 20 + (number % 10)) * hour + number * 997;
    const at = (minutes: number): number => start + Math.round(minutes * minute);
    const agent = (offset: number): Communicator =>
      agentOf(directory.agents[(number + offset) % directory.agents.length]?.id ?? '');
    const [owner, helper, closer] = [agent(0), agent(1), agent(2)];
    const asker: Communicator = { id: customer.id, type: 'CUSTOMER' };
    traps.push({ name, story, what, deviates: options.deviates ?? false });
    return {
      narrator,
      story,
      place,
      profile: customer,
      customer: asker,
      owner,
      helper,
      closer,
      at,
      askAndAnswer: () => {
        narrator.open(at(0), asker, directory.inboxes[number % directory.inboxes.length]?.id ?? '');
        narrator.message(at(0), asker, 'Hello, can somebody help me with my order, please?');
        narrator.assign(
          at(2),
          { id: 'RULES', type: 'SYSTEM' },
          { agentId: owner.id },
          'AUTOMATED_ASSIGNMENT',
        );
        narrator.message(at(10), owner, 'Of course. I have looked it up and it is on its way.');
        narrator.topic(at(11), owner, { add: directory.topicNamed('Where is my order') });
      },
    };
  };

  return { setting, anchor, traps, customers, merged: new Map(), merges: [], scene, profile };
}
