import type { components } from '../gladly/contract.ts';
import type { Faults } from './faults.ts';
import { day, hour, withMillis } from './time.ts';
import type { Customer } from './world/people.ts';
import type { ItemBody } from './world/story.ts';
import type { World } from './world/world.ts';

/** `files` may be missing, although the contract gives it a default. */
export type ExportJob = Omit<components['schemas']['ExportJob'], 'files'> & { id: string; files?: string[] };

/** Jobs and files are gone after this many days. */
export const daysKept = 14;

/** The job is done in the night after its day. */
const usualLag = 4 * hour;

/** The days that have a job now, in days since 1970-01-01, oldest first. */
export function jobDays(world: World, faults: Faults): number[] {
  const now = world.now();
  const lag = faults.exportLagMs ?? usualLag;
  const today = Math.floor(now / day);
  return Array.from({ length: daysKept + 2 }, (_, index) => today - daysKept - 1 + index).filter((onDay) => {
    const doneAt = (onDay + 1) * day + lag;
    return doneAt <= now && doneAt > now - daysKept * day;
  });
}

/** The job of one UTC day. */
export function jobOf(world: World, faults: Faults, onDay: number): ExportJob {
  const { identifiers } = world.setting;
  const failed = Math.floor(world.now() / day) - (onDay + 1) === faults.exportGapDay;
  return {
    id: identifiers.make({ kind: 'job', day: onDay, number: 0, part: 0 }),
    scheduleId: scheduleId(world),
    status: failed ? 'FAILED' : 'COMPLETED',
    updatedAt: withMillis((onDay + 1) * day + (faults.exportLagMs ?? usualLag)),
    parameters: {
      type: 'CONVERSATIONS',
      startAt: withMillis(onDay * day),
      endAt: withMillis((onDay + 1) * day),
    },
    ...(failed ? {} : { files: Object.keys(exportFiles) }),
  };
}

export function scheduleId({ setting }: World): string {
  return setting.identifiers.make({ kind: 'job', day: 0, number: 1, part: 0 });
}

/** The types that the contract describes for exported items. */
const exportedTypes = new Set([
  'CHAT_MESSAGE',
  'CONVERSATION_STATUS_CHANGE',
  'CUSTOMER_ACTIVITY',
  'EMAIL',
  'FACEBOOK_MESSAGE',
  'CONVERSATION_NOTE',
  'PHONE_CALL',
  'SMS',
  'TOPIC_CHANGE',
  'VOICEMAIL',
  'INSTAGRAM_DIRECT',
  'WHATSAPP',
]);

/** The export lacks channels that the contract does not describe, and may lack rules' automatic replies (getFile). */
function isExported({ content, initiator }: ItemBody): boolean {
  const type = content?.type;
  if (typeof type !== 'string' || !exportedTypes.has(type)) return false;
  const isAutomatic = initiator?.type === 'SYSTEM' || initiator?.type === 'AUTOMATION';
  return !(isAutomatic && (type === 'EMAIL' || type === 'SMS'));
}

function* itemsOf(world: World, from: number, until: number): Iterable<ItemBody> {
  const isIn = (at: number): boolean => at >= from && at < until && at <= world.now();
  for (const story of world.stories.during(from, until)) {
    for (const { at, body } of story.items) if (isIn(at) && isExported(body)) yield body;
  }
  for (const { body, readable } of world.looseItems.values()) {
    if (readable && isIn(Date.parse(body.timestamp)) && isExported(body)) yield body;
  }
}

function* itemLines(world: World, from: number, until: number, faults: Faults): Iterable<string> {
  let broken = faults.exportBrokenLines;
  for (const item of itemsOf(world, from, until)) {
    const line = JSON.stringify({ ...item, sessionId: undefined });
    if (broken > 0) yield `${line.slice(0, line.length / 2)}\n`;
    else yield `${line}\n`;
    broken -= 1;
  }
}

function exportedCustomer(customer: Customer): components['schemas']['ExportedCustomer'] {
  const { id, name, emails = [], phones = [], address, externalCustomerId } = customer;
  return {
    id,
    ...(name === undefined ? {} : { name }),
    ...(address === undefined ? {} : { address }),
    emailAddresses: emails.map(({ original }) => original),
    phoneNumbers: phones.flatMap(({ normalized }) => normalized ?? []),
    ...(externalCustomerId === undefined ? {} : { externalCustomerId }),
  };
}

function* customerLines(world: World, from: number, until: number): Iterable<string> {
  const given = new Set<string>();
  for (const { customerId } of itemsOf(world, from, until)) {
    const customer = world.customers.resolve(customerId);
    if (customer === undefined || given.has(customer.id)) continue;
    given.add(customer.id);
    yield `${JSON.stringify(exportedCustomer(customer))}\n`;
  }
}

function linesOf(objects: readonly unknown[]): string[] {
  return objects.map((object) => `${JSON.stringify(object)}\n`);
}

type Lines = (world: World, from: number, until: number, faults: Faults) => Iterable<string>;

/** The files of a job, by name. */
export const exportFiles: Readonly<Record<string, Lines>> = {
  'agents.jsonl': ({ setting: { directory } }) =>
    // As on the days before one of the agents was deleted.
    linesOf([...directory.agents, ...directory.deactivatedAgents, directory.deletedAgent]),
  'conversation_items.jsonl': itemLines,
  'customers.jsonl': customerLines,
  'topics.jsonl': ({ setting: { directory } }) => linesOf(directory.topics),
};
