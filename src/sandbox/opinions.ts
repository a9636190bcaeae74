import type { MailboxMessage } from './mailbox.ts';
import { randomFrom } from './random.ts';
import { hour, minute } from './time.ts';
import { closingsUntil, stateAt } from './world/story.ts';
import type { World } from './world/world.ts';

/** What a customer will do about a survey. */
export interface Opinion {
  /** Milliseconds after the message; null: it is never opened. */
  opensAfter: number | null;
  /** Milliseconds after the message, later than it is opened; null: it is not answered. */
  answersAfter: number | null;
  rating: number;
  resolved: boolean | null;
  comment: string | null;
  /** Where in the list of reasons for a low rating the customer picks one, 0 to 1; null: the customer picks none. */
  reasonAt: number | null;
  /** Whether they would recommend the company, 0 to 10; null: they do not say. */
  recommends: number | null;
}

/** How many of a hundred customers are satisfied, before the points of the agent and the topics are added. */
const usualSatisfaction = 84;
/** Points by the agent's place in the list, so that a report has something to find. */
const agentPoints: Readonly<Record<number, number>> = { 1: 9, 5: -30, 8: 8 };
const topicPoints: Readonly<Record<string, number>> = {
  'Double charge': -26,
  'Damaged on arrival': -14,
  Sizing: 6,
};
/** How many of a hundred customers open the survey, by the channel of the conversation. */
const openings: Readonly<Record<string, number>> = { chat: 52, email: 66, sms: 58, voice: 40 };
const usualOpenings = 50;
const answersOfOpened = 80;

const kind = [
  'Quick and kind.',
  'Solved within minutes, thank you!',
  'Could not be better.',
  'Very patient with my many questions',
  'Danke, alles gut gelöst 👍',
  'Finally somebody who reads the whole mail.',
  null,
  null,
  null,
  null,
];
const middling = ['It took three days.', 'Fine in the end, but I had to ask twice.', null, null];
const unhappy = [
  'Still waiting for my parcel.',
  'I was told three different things.',
  '- no refund yet\n- nobody called back',
  '=the same answer twice. Did anybody read what I wrote?',
  'The tent is still broken, and now the return label has expired too, so that I am back where I was two weeks ago.',
  'Too slow.',
  'Asked for a person, got a robot',
  null,
];

/**
 * What the customer of this message thinks of their newest conversation that closed before it. The opinion depends on
 * the last responder and the topics, and is the same for the same seed. Null: there is no such conversation.
 */
export function opinionOf(world: World, seed: number, message: MailboxMessage): Opinion | null {
  const at = Date.parse(message.sentAt);
  const { directory } = world.setting;
  const story = world.stories
    .ofCustomer(message.customerId, at)
    .filter((one) => closingsUntil(one, at).length > 0)
    .at(-1);
  if (story === undefined) return null;
  const random = randomFrom(seed, 'opinion', story.id);
  const agentId = closingsUntil(story, at).at(-1)?.lastResponse?.agentId;
  const place = directory.agents.findIndex(({ id }) => id === agentId);
  const topics = directory.topics.filter(({ id }) => stateAt(story, at)?.topicIds.includes(id));
  const points = topics.reduce(
    (sum, { name }) => sum + (topicPoints[name] ?? 0),
    usualSatisfaction + (agentPoints[place] ?? 0),
  );
  const opens = random.chance((openings[channelOf(story.items)] ?? usualOpenings) / 100);
  const opensAfter = opens ? random.integer(2 * minute, 20 * hour) : null;
  const answersAfter =
    opensAfter !== null && random.chance(answersOfOpened / 100)
      ? opensAfter + random.integer(20_000, 5 * minute)
      : null;
  if (random.chance(points / 100)) {
    const rating = random.pick([5, 5, 5, 4]);
    return {
      opensAfter,
      answersAfter,
      rating,
      resolved: random.pick([true, true, null]),
      comment: random.pick(kind),
      reasonAt: null,
      recommends: random.pick([10, 10, 9, 9, 8, 7, null]),
    };
  }
  const rating = random.pick([3, 2, 2, 1, 1]);
  return {
    opensAfter,
    answersAfter,
    rating,
    resolved: random.pick([false, false, true, null]),
    comment: random.pick(rating === 3 ? middling : unhappy),
    reasonAt: random.pick([0, 0, 0, 0.3, 0.3, 0.6, 0.9, null]),
    recommends: random.pick(rating === 3 ? [7, 6, 5, null] : [0, 1, 2, 3, 4, null]),
  };
}

const channelsOfTypes: Readonly<Record<string, string>> = {
  CHAT_MESSAGE: 'chat',
  EMAIL: 'email',
  SMS: 'sms',
  PHONE_CALL: 'voice',
};

/** The channel of the first message or call. */
function channelOf(items: readonly { body: { content: Record<string, unknown> | null } }[]): string {
  const type = items.map(({ body }) => body.content?.['type']).find((one) => typeof one === 'string');
  return channelsOfTypes[String(type)] ?? 'other';
}
