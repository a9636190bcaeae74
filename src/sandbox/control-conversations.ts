import { isObject } from '../domain/values/json.ts';
import type { Reply } from './reply.ts';
import { channels, type Channel } from './world/channels.ts';
import { problem, Refusal } from './errors.ts';
import { eventBody } from './events.ts';
import { jsonBody, type JsonObject, type Request, type Route } from './exchange.ts';
import { placeFor } from './world/everyday.ts';
import { currentConversation } from './items.ts';
import { agentOf, customerOfStory, narrate, rules, sidekick } from './world/narrator.ts';
import { continueNow } from './routes/changes.ts';
import type { Sandbox } from './server.ts';
import { closingsUntil, emptyStory, type Communicator, type Story } from './world/story.ts';
import { day, minute, withMillis } from './time.ts';
import type { World } from './world/world.ts';

/** New conversations are numbered above the day's everyday ones and below its special ones. */
const newNumbers = 0xe000_0000;

/** More at once would block the sandbox for too long. */
const mostAtOnce = 2000;

function bad(detail: string): Refusal {
  return new Refusal(400, [problem('invalid', detail)]);
}

/** The agent with this id, email address or name; the first agent if none is given. */
function agentNamed(world: World, name: unknown): Communicator {
  const { agents } = world.setting.directory;
  const found = agents.find(
    ({ id, emailAddress, name: fullName }) =>
      name === undefined || name === id || name === emailAddress || name === fullName,
  );
  if (found === undefined) throw bad(`there is no agent ${JSON.stringify(name)}`);
  return agentOf(found.id);
}

/** Who closes a conversation: the agent who answered, unless the request names another agent, a rule, or a program. */
function closerOf(world: World, { closedBy, agent }: JsonObject): Communicator {
  if (closedBy === 'rule') return rules;
  if (closedBy === 'api') return { id: world.setting.directory.apiUserId, type: 'API' };
  return agentNamed(world, closedBy ?? agent);
}

function authorOf(world: World, story: Story, message: JsonObject, fallbackAgent: unknown): Communicator {
  switch (message.from) {
    case 'customer':
      return customerOfStory(story);
    case 'agent':
      return agentNamed(world, message.agent ?? fallbackAgent);
    case 'ai':
      return sidekick;
    case 'api':
      return { id: world.setting.directory.apiUserId, type: 'API' };
    default:
      throw bad('messages[].from must be customer, agent, ai or api');
  }
}

const defaultMessages: readonly JsonObject[] = [
  { from: 'customer', text: 'Hello, where is my parcel?' },
  { from: 'agent', text: 'It arrives tomorrow before noon.' },
];

function channelOf(body: JsonObject): Channel {
  const channel = channels.find((one) => one === (body.channel ?? 'email'));
  if (channel === undefined || channel === 'voice')
    throw bad(`channel must be one of ${channels.filter((one) => one !== 'voice').join(', ')}`);
  return channel;
}

/** When a message was sent: at the given time, or by default one minute apart and the last a minute ago. */
function timeOf(message: JsonObject, index: number, count: number, now: number): number {
  const minutesAgo = message.minutesAgo ?? count - index;
  if (typeof minutesAgo !== 'number' || !Number.isFinite(minutesAgo) || minutesAgo < 0)
    throw bad('messages[].minutesAgo must be a number of at least 0');
  return now - minutesAgo * minute;
}

/** Tells a new conversation as the request describes it. */
function tellNew(world: World, body: JsonObject, number: number): Story {
  const { directory, identifiers } = world.setting;
  const now = world.now();
  const customer = isObject(body.customer) ? body.customer : {};
  const email = typeof customer.email === 'string' ? customer.email : `visitor.${number}@example.org`;
  const name = typeof customer.name === 'string' ? customer.name : undefined;
  const profile = world.customers.findOrCreate(
    typeof customer.phone === 'string' ? { phone: customer.phone } : { email },
    name,
    now,
  );
  const story = emptyStory(identifiers, Math.floor(now / day), newNumbers + number, profile.id);
  const place = placeFor(profile, channelOf(body), 'A question', story.nextId('session'));
  const narrator = narrate(story, place);
  const messages = body.messages ?? defaultMessages;
  if (!Array.isArray(messages) || messages.length === 0 || !messages.every(isObject))
    throw bad('messages must be a list of {from, text, agent?, minutesAgo?}');
  const inbox = directory.inboxes.find(
    ({ id, name: inboxName }) => body.inbox === undefined || body.inbox === id || body.inbox === inboxName,
  );
  if (inbox === undefined) throw bad(`there is no inbox ${JSON.stringify(body.inbox)}`);
  const topics = body.topics ?? ['Where is my order'];
  if (!Array.isArray(topics)) throw bad('topics must be a list of names');
  let at = 0;
  messages.forEach((message: JsonObject, index) => {
    at = Math.max(at, timeOf(message, index, messages.length, now));
    const author = authorOf(world, story, message, body.agent);
    if (index === 0) narrator.open(at, author, inbox.id);
    narrator.message(at, author, typeof message.text === 'string' ? message.text : 'Hello.');
  });
  for (const topic of topics) {
    const found = directory.topics.find((one) => one.name === topic);
    if (found === undefined) throw bad(`there is no topic ${String(topic)}`);
    narrator.topic(at, agentNamed(world, body.agent), { add: found.id });
  }
  if (body.close === true) narrator.close(now, closerOf(world, body));
  return story;
}

function publish(world: World, story: Story): void {
  world.stories.keep(story);
  world.news.follow(story, 0);
}

/** Tells as many conversations as requested, each with a new customer. */
function tellMany(world: World, body: JsonObject): Reply {
  const { count } = body;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > mostAtOnce)
    throw bad(`count must be a whole number from 1 to ${mostAtOnce}`);
  if (body.customer !== undefined) throw bad('customer and count cannot both be given');
  const stories = Array.from({ length: count }, () => tellNew(world, body, world.newNumber()));
  for (const story of stories) publish(world, story);
  const conversations = stories.map(({ id, customerId }) => ({ conversationId: id, customerId }));
  return { status: 201, json: { count, conversations } };
}

function optionalBody(request: Request): JsonObject {
  return request.body.length === 0 ? {} : jsonBody(request);
}

/** The conversation, its last event as webhooks send it, and who really answered last at each closing. */
function described(world: World, story: Story): Record<string, unknown> {
  const now = world.now();
  const last = story.events.filter(({ at, type }) => at <= now && type.startsWith('CONVERSATION/')).at(-1);
  return {
    conversationId: story.id,
    customerId: story.customerId,
    conversation: currentConversation(story, now) ?? null,
    closings: closingsUntil(story, now).map(({ closedAt, lastResponse }) => ({
      closedAt: withMillis(closedAt),
      lastResponder: lastResponse?.agentId ?? null,
      lastResponseItemId: lastResponse?.itemId ?? null,
    })),
    lastEvent: last === undefined ? null : eventBody(last),
  };
}

function change(tell: (world: World, story: Story, body: JsonObject) => void): Route<Sandbox>['handle'] {
  return ({ world }, request, { conversationId = '' }): Reply => {
    const story = world.stories.find(conversationId);
    if (story === undefined) return { status: 404 };
    tell(world, story, optionalBody(request));
    return { status: 200, json: described(world, story) };
  };
}

/** Shows, makes, closes and reopens conversations. */
export const controlConversationRoutes: readonly Route<Sandbox>[] = [
  {
    method: 'GET',
    pattern: '/_sandbox/conversations',
    handle: ({ world }, { query }) => ({
      status: 200,
      json: world.traps
        .filter(({ name }) => !query.has('trap') || query.get('trap') === name)
        .map(({ name, story, what, deviates }) => ({
          trap: name,
          what,
          deviates,
          ...described(world, story),
        })),
    }),
  },
  {
    method: 'GET',
    pattern: '/_sandbox/conversations/:conversationId',
    handle: change(() => undefined),
  },
  {
    method: 'POST',
    pattern: '/_sandbox/conversations',
    handle: ({ world }, request) => {
      const body = optionalBody(request);
      if (body.count !== undefined) return tellMany(world, body);
      const story = tellNew(world, body, world.newNumber());
      publish(world, story);
      return { status: 201, json: described(world, story) };
    },
  },
  {
    method: 'POST',
    pattern: '/_sandbox/conversations/:conversationId/close',
    handle: change((world, story, body) => {
      if (currentConversation(story, world.now())?.status === 'CLOSED')
        throw new Refusal(409, [problem('invalid_state', 'the conversation is closed')]);
      continueNow(world, story).close(world.now(), closerOf(world, body));
    }),
  },
  {
    method: 'POST',
    pattern: '/_sandbox/conversations/:conversationId/reopen',
    handle: change((world, story, body) => {
      if (currentConversation(story, world.now())?.status !== 'CLOSED')
        throw new Refusal(409, [problem('invalid_state', 'the conversation is not closed')]);
      const narrator = continueNow(world, story);
      narrator.reopen(world.now(), customerOfStory(story));
      if (typeof body.text === 'string') narrator.message(world.now(), customerOfStory(story), body.text);
    }),
  },
];
