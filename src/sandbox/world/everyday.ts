import type { Place } from './channels.ts';
import type { Identifiers } from '../identifiers.ts';
import { agentOf, narrate, rules, sidekick, type Narrator } from './narrator.ts';
import type { Directory } from './organization.ts';
import { inventCustomer, type Customer } from './people.ts';
import { randomFrom, type Random } from '../random.ts';
import { assistantLines, notes, reopenings, scripts, thanks, type Script } from './scripts.ts';
import { emptyStory, type Communicator, type Story } from './story.ts';
import { day, hour, minute } from '../time.ts';

/** What all stories of a sandbox share. */
export interface Setting {
  seed: number;
  identifiers: Identifiers;
  directory: Directory;
  /** The number of customers. */
  population: number;
}

/** No everyday conversation lasts longer, so a stretch of time needs the stories of only a few days. */
export const longestStory = 3 * day;

/** The customer of an everyday conversation. Cheap to find, so listing a customer's conversations needs no stories. */
export function customerNumberOf(setting: Setting, onDay: number, number: number): number {
  return randomFrom(setting.seed, 'whose', onDay, number).integer(0, setting.population - 1);
}

export function placeFor(
  customer: Customer,
  channel: Place['channel'],
  subject: string,
  sessionId: string,
): Place {
  return {
    channel,
    subject,
    sessionId,
    customerEmail: customer.emails?.[0]?.original ?? 'unknown@example.org',
    customerPhone: customer.phones?.[0]?.normalized ?? '+12015550199',
  };
}

/** The hours (UTC) in which conversations begin: mostly from the European morning to the Californian afternoon. */
const visitHours = [
  0, 1, 2, 5, 6, 7, 8, 8, 9, 9, 10, 10, 11, 12, 13, 13, 14, 14, 15, 15, 16, 16, 17, 17, 18, 19, 20, 21, 22,
  23,
];

const channelMix = [
  'chat',
  'chat',
  'chat',
  'email',
  'email',
  'email',
  'sms',
  'sms',
  'voice',
  'voice',
  'facebook',
  'instagram',
  'whatsapp',
] as const;

/** One everyday conversation: who, what and when follow from the seed, the day and the number alone. */
export function everydayStory(setting: Setting, onDay: number, number: number): Story {
  const { directory, identifiers, seed } = setting;
  const random = randomFrom(seed, 'story', onDay, number);
  const customer = inventCustomer(seed, identifiers, customerNumberOf(setting, onDay, number));
  const story = emptyStory(identifiers, onDay, number, customer.id);
  const script = random.pick(scripts);
  const channel = random.pick(channelMix);
  const place = placeFor(customer, channel, script.subject, story.nextId('session'));
  const start = onDay * day + random.pick(visitHours) * hour + random.integer(0, hour - 1);
  const narrator = narrate(story, place);
  const inboxId = (directory.inboxes[script.inbox] ?? directory.inboxes[0])?.id ?? '';
  const owner = random.pick(directory.agents).id;

  const cast: Cast = { random, directory, script, owner, customer: { id: customer.id, type: 'CUSTOMER' } };
  const end =
    channel === 'voice'
      ? tellCall(narrator, cast, inboxId, start)
      : tellMessages(narrator, cast, inboxId, start, channel === 'email' ? 40 * minute : 3 * minute);
  tellEnding(narrator, cast, end);
  return story;
}

interface Cast {
  random: Random;
  directory: Directory;
  script: Script;
  owner: string;
  customer: Communicator;
}

/** Messages back and forth, up to the last one before the ending. Returns its time. */
function tellMessages(
  narrator: Narrator,
  { random, directory, script, owner, customer }: Cast,
  inboxId: string,
  start: number,
  pace: number,
): number {
  let at = start;
  const later = (): number => (at += Math.round(pace * (0.4 + 2 * random.next())));
  const outboundOnly = random.chance(0.02);
  narrator.open(at, outboundOnly ? agentOf(owner) : customer, inboxId);
  if (outboundOnly) {
    narrator.message(at, agentOf(owner), 'A short note about your order: one item ships a day later.');
    narrator.topic(later(), agentOf(owner), { add: directory.topicNamed(script.topic) });
    return at;
  }
  narrator.message(at, customer, random.pick(script.openings));
  if (script.topic === 'Damaged on arrival') attachPhoto(narrator);
  if (random.chance(0.16)) {
    narrator.message(later(), sidekick, assistantLines[0]);
    narrator.message(later(), customer, `It is HR-${random.integer(10_000, 99_999)}.`);
    narrator.message(later(), sidekick, assistantLines[1]);
    if (random.chance(0.2)) {
      narrator.topic(later(), sidekick, { add: directory.topicNamed(script.topic) });
      return at;
    }
  }
  narrator.assign(later(), rules, { agentId: owner }, 'AUTOMATED_ASSIGNMENT');
  narrator.message(later(), agentOf(owner), random.pick(script.answers));
  narrator.topic(later(), agentOf(owner), { add: directory.topicNamed(script.topic) });
  if (random.chance(0.06))
    narrator.topic(later(), agentOf(owner), {
      add: directory.topicNamed(random.pick(['do_not_send_stella', 'Legal dispute', 'Press inquiry'])),
    });
  if (random.chance(0.75)) narrator.message(later(), customer, random.pick(script.replies));
  const helper = random.chance(0.15) ? random.pick(directory.agents).id : owner;
  if (helper !== owner) {
    const elsewhere = random.chance(0.5) ? { inboxId: random.pick(directory.inboxes).id } : {};
    narrator.assign(later(), agentOf(owner), { agentId: helper, ...elsewhere }, 'MANUAL');
  }
  narrator.message(later(), agentOf(helper), random.pick(script.solutions));
  if (random.chance(0.4)) narrator.message(later(), customer, random.pick(thanks));
  return at;
}

/** Adds a photo of the damage to the last message. */
function attachPhoto({ story }: Narrator): void {
  const content = story.items.at(-1)?.body.content;
  if (content === undefined || content === null || 'customChannelId' in content) return;
  const id = story.nextId('created');
  content.attachments = [{ id, filename: 'damage.png', contentType: 'image/png', fileSize: 68 }];
}

/** A phone call, or a voicemail with a callback or a written answer. Returns its end. */
function tellCall(
  narrator: Narrator,
  { random, directory, script, owner, customer }: Cast,
  inboxId: string,
  start: number,
): number {
  const topicId = directory.topicNamed(script.topic);
  narrator.open(start, customer, inboxId);
  const ring = random.integer(4, 40) * 1000;
  const talk = random.integer(40, 900) * 1000;
  if (random.chance(0.75)) {
    const answeredAt = start + ring;
    const completedAt = answeredAt + talk;
    const recording = random.chance(0.8) ? 'AVAILABLE' : random.pick(['DELETED', 'ERROR'] as const);
    const times = { startedAt: start, answeredAt, completedAt };
    narrator.call({ direction: 'inbound', agentId: owner, ...times, recording });
    narrator.topic(completedAt + 20_000, agentOf(owner), { add: topicId });
    return completedAt + minute;
  }
  narrator.call({
    direction: 'inbound',
    agentId: owner,
    startedAt: start,
    answeredAt: null,
    completedAt: start + ring,
  });
  narrator.voicemail(start + ring + 2000, random.integer(8, 60), 'AVAILABLE');
  const back = start + ring + random.integer(20, 180) * minute;
  const picksUp = random.chance(0.7);
  narrator.call({
    direction: 'outbound',
    agentId: owner,
    startedAt: back,
    answeredAt: picksUp ? back + 9000 : null,
    completedAt: back + (picksUp ? 9000 + talk : 30_000),
    ...(picksUp ? { recording: 'AVAILABLE' as const } : {}),
  });
  const after = back + 31_000 + talk;
  narrator.topic(after, agentOf(owner), { add: topicId });
  if (!picksUp) narrator.message(after + minute, agentOf(owner), random.pick(script.solutions));
  return after + 2 * minute;
}

/** Notes, the closing, perhaps a reopening and a second closing. */
function tellEnding(narrator: Narrator, { random, directory, owner, customer }: Cast, from: number): void {
  let at = from;
  const later = (shortest: number, longest: number): number => (at += random.integer(shortest, longest));
  if (random.chance(0.25))
    narrator.note(later(minute, hour), agentOf(random.pick(directory.agents).id), random.pick(notes));
  if (random.chance(0.06)) return;
  const someone = (): Communicator =>
    random.chance(0.1) ? rules : agentOf(random.chance(0.8) ? owner : random.pick(directory.agents).id);
  narrator.close(later(minute, 20 * hour), someone());
  if (!random.chance(0.09)) return;
  narrator.reopen(later(10 * minute, 12 * hour), customer);
  narrator.message(at, customer, random.pick(reopenings));
  if (random.chance(0.2)) return;
  const second = random.chance(0.5) ? owner : random.pick(directory.agents).id;
  narrator.message(later(5 * minute, 3 * hour), agentOf(second), 'All sorted now, I have checked it twice.');
  narrator.close(later(minute, 4 * hour), agentOf(second));
}
