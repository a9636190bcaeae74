import { parseGladlyTime, type Instant } from '../domain/values/instant.ts';
import { idOf, objectOf, storableId } from '../domain/values/json.ts';
import type { Conversation } from '../gladly/resources/conversations.ts';
import type { Customer } from '../gladly/resources/customers.ts';
import { readTime } from '../gladly/resources/fields.ts';
import type { UsableJob } from './export-jobs.ts';

/** A conversation as the files show it. `conversation` has no inbox and no assignee, which exports lack. */
export interface ExportedConversation {
  conversation: Conversation;
  /** Items as Gladly's API gives them, without their texts, ascending by time. */
  items: unknown[];
}

/** What was read from export files: customers and, with `keepsItems`, conversations. */
export interface ExportArchive {
  readonly keepsItems: boolean;
  /** Objects read from files of items. */
  items: number;
  /** Lines that are not objects, and objects that are neither items nor customers. */
  unreadable: number;
  /** Files that were read, in full or in part. */
  files: number;
  /** The jobs that were read, in order of time. */
  jobs: readonly UsableJob[];
  /** When the oldest file begins. */
  since: string | null;
  until: string | null;
  /** False when the item has no readable time: then the files do not tell the whole conversation. */
  addItem(item: Record<string, unknown>): boolean;
  addCustomer(customer: Record<string, unknown>): void;
  /** Null when the files do not have all of it: then Gladly must be asked. */
  conversation(id: string): ExportedConversation | null;
  customer(id: string): Customer | null;
}

interface KeptItem {
  at: Instant;
  id: string | null;
  customerId: string | null;
  item: Record<string, unknown>;
}

/**
 * A first item this soon after the oldest file begins may not be the conversation's real first item. Only a
 * conversation that rests for longer than this is mistaken for a new one.
 */
export const restMs = 24 * 3_600_000;

/** What attribution, recordings, and topics need of an item's content. Texts would fill the memory. */
const contentNames = [
  'type',
  'status',
  'customChannelId',
  'startedAt',
  'answeredAt',
  'completedAt',
  'recordingStatus',
  'recordingUrl',
  'recordingDuration',
  'addedTopicIds',
  'removedTopicIds',
] as const;

/** The types of items that a conversation cannot begin with. */
const notFirst = new Set(['CONVERSATION_STATUS_CHANGE', 'TOPIC_CHANGE', 'CONVERSATION_NOTE']);

export function exportArchive({ keepsItems }: { keepsItems: boolean }): ExportArchive {
  const conversations = new Map<string, KeptItem[]>();
  /** Conversations with an undated item, which may belong anywhere in them, such as at their end. */
  const undated = new Set<string>();
  const customers = new Map<string, Customer>();
  const archive: ExportArchive = {
    keepsItems,
    items: 0,
    unreadable: 0,
    files: 0,
    jobs: [],
    since: null,
    until: null,
    addItem(item) {
      const conversationId = storableId(item['conversationId']);
      const at = parseGladlyTime(item['timestamp']);
      // A customer's activities belong to no conversation.
      if (!keepsItems || conversationId === null) return true;
      if (at === null) {
        undated.add(conversationId);
        return false;
      }
      const kept = conversations.get(conversationId) ?? [];
      if (kept.length === 0) conversations.set(conversationId, kept);
      kept.push({ at, id: idOf(item['id']), customerId: idOf(item['customerId']), item: withoutTexts(item) });
      return true;
    },
    addCustomer(found) {
      const id = idOf(found['id']);
      if (id === null) archive.unreadable += 1;
      else customers.set(id, customerIn(id, found));
    },
    conversation(id) {
      const items = conversations.get(id);
      return items === undefined || undated.has(id) ? null : conversationOf(id, joined(items), archive.since);
    },
    customer: (id) => customers.get(id) ?? null,
  };
  return archive;
}

function withoutTexts(item: Record<string, unknown>): Record<string, unknown> {
  const content = objectOf(item['content']);
  const kept = Object.fromEntries(
    contentNames.flatMap((name) => (content[name] === undefined ? [] : [[name, content[name]]])),
  );
  const { id, timestamp, initiator, responder } = item;
  return { id, timestamp, initiator, responder, content: kept };
}

/** In order of time; an item that several jobs have is kept once. */
function joined(items: readonly KeptItem[]): KeptItem[] {
  const byId = new Map(items.map((kept, index) => [kept.id ?? `without an id ${index}`, kept]));
  return [...byId.values()].sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
}

function conversationOf(
  id: string,
  items: readonly KeptItem[],
  since: string | null,
): ExportedConversation | null {
  const [first] = items;
  const customerId = items.findLast((kept) => kept.customerId !== null)?.customerId;
  if (first === undefined || customerId === undefined || customerId === null) return null;
  const createdAt = readTime(first.item['timestamp']);
  const isFirst = !notFirst.has(typeOf(first));
  if (since === null || createdAt === null || !isFirst) return null;
  if (Date.parse(createdAt) < Date.parse(since) + restMs) return null;
  const topicIds = new Set<string>();
  let status = 'OPEN';
  let closedAt: string | null = null;
  for (const { item } of items) {
    const content = objectOf(item['content']);
    for (const topic of idsOf(content['addedTopicIds'])) topicIds.add(topic);
    for (const topic of idsOf(content['removedTopicIds'])) topicIds.delete(topic);
    if (content['type'] !== 'CONVERSATION_STATUS_CHANGE') continue;
    status = idOf(content['status'])?.toUpperCase() ?? status;
    closedAt = status === 'CLOSED' ? readTime(item['timestamp']) : null;
  }
  const conversation = { id, customerId, agentId: null, inboxId: null, topicIds: [...topicIds] };
  return {
    conversation: { ...conversation, status, createdAt, closedAt },
    items: items.map(({ item }) => item),
  };
}

function typeOf({ item }: KeptItem): string {
  return idOf(objectOf(item['content'])['type']) ?? '';
}

function idsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.flatMap((id) => idOf(id) ?? []) : [];
}

/** Exports have plain lists of addresses and do not say which is the primary one (ExportedCustomer). */
function customerIn(id: string, found: Record<string, unknown>): Customer {
  const unknown = { primary: false, type: null, smsPreference: null };
  return {
    id,
    name: typeof found['name'] === 'string' ? found['name'] : null,
    emails: idsOf(found['emailAddresses']).map((original) => ({
      original,
      normalized: null,
      primary: false,
    })),
    phones: idsOf(found['phoneNumbers']).map((normalized) => ({ ...unknown, original: null, normalized })),
  };
}
