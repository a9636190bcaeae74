import { isZeroTime, parseGladlyTime, type Instant } from '../values/instant.ts';
import { idOf, numberOf, objectOf, storableId, wordOf } from '../values/json.ts';
import { nameKey } from '../values/name-key.ts';

/** Channel names as Gladly spells them in its report filter; `custom` stands for every custom channel. */
export const channels = [
  'chat',
  'email',
  'sms',
  'fbMessenger',
  'instagramDirect',
  'whatsapp',
  'twitter',
  'voice',
  'custom',
] as const;

export type Channel = (typeof channels)[number];

/** Whether a list of channels may contain this name: Gladly's name for a channel, or the type of its items. */
export function isChannelName(name: string): boolean {
  const wanted = nameKey(name);
  const names = [...Object.entries(messageChannels).flat(), 'voice', 'PHONE_CALL', 'custom'];
  return names.some((known) => nameKey(known) === wanted);
}

/** What an item means for attribution. */
export type ItemKind =
  | 'message'
  | 'call'
  | 'voicemail'
  | 'voice_ai'
  | 'note'
  | 'topic_change'
  | 'status_change'
  | 'customer_activity'
  | 'task'
  | 'unknown';

export interface Participant {
  id: string | null;
  /** AGENT, API, AUTOMATION, CUSTOMER, INTERNAL, EXTERNAL, SYSTEM, or a new one. */
  type: string | null;
}

export interface Recording {
  itemId: string;
  status: string | null;
  durationSeconds: number | null;
  /** Expected size of Gladly's single-channel 32 kbit/s MP3; null when the duration is unknown. */
  bytes: number | null;
}

/** One item of a conversation's timeline. None of Gladly's fields is trusted to be there. */
export interface TimelineItem {
  id: string | null;
  kind: ItemKind;
  /** Gladly's own `content.type`; `UNREADABLE` if there is none. */
  type: string;
  channel: Channel | null;
  timestamp: Instant | null;
  initiator: Participant | null;
  responder: Participant | null;
  /** For a call or a voicemail. */
  startedAt: Instant | null;
  answeredAt: Instant | null;
  /** The call was answered, but the time cannot be read. */
  answeredUnreadably: boolean;
  completedAt: Instant | null;
  deliveryFailed: boolean;
  /** The new status, for a CONVERSATION_STATUS_CHANGE. */
  newStatus: string | null;
  recording: Recording | null;
}

const messageChannels: Record<string, Channel> = {
  CHAT_MESSAGE: 'chat',
  EMAIL: 'email',
  SMS: 'sms',
  FACEBOOK_MESSAGE: 'fbMessenger',
  INSTAGRAM_DIRECT: 'instagramDirect',
  WHATSAPP: 'whatsapp',
  TWITTER: 'twitter',
};

const otherKinds: Record<string, ItemKind> = {
  PHONE_CALL: 'call',
  VOICEMAIL: 'voicemail',
  VOICE_AI_MESSAGE: 'voice_ai',
  CONVERSATION_NOTE: 'note',
  TOPIC_CHANGE: 'topic_change',
  CONVERSATION_STATUS_CHANGE: 'status_change',
  CUSTOMER_ACTIVITY: 'customer_activity',
  TASK: 'task',
};

const recordingBytesPerSecond = 32_000 / 8;

/**
 * Reads what `GET /conversations/{id}/items` returned. Total: any list gives one item per entry, in the same order. An
 * unreadable field is null, and an entry that is not an item has the kind `unknown`.
 */
export function readTimeline(entries: readonly unknown[]): TimelineItem[] {
  return entries.map(readItem);
}

function readItem(entry: unknown): TimelineItem {
  const item = objectOf(entry);
  const content = objectOf(item['content']);
  const id = idOf(item['id']);
  const type = idOf(content['type']);
  const { kind, channel } = classify(type, content);
  return {
    id,
    kind,
    type: type ?? 'UNREADABLE',
    channel,
    timestamp: parseGladlyTime(item['timestamp']),
    initiator: readParticipant(item['initiator']),
    responder: readParticipant(item['responder']),
    startedAt: parseGladlyTime(content['startedAt']),
    answeredAt: parseGladlyTime(content['answeredAt']),
    answeredUnreadably: isUnreadableTime(content['answeredAt']),
    completedAt: parseGladlyTime(content['completedAt']),
    deliveryFailed: deliveryStatus(content) === 'FAILED',
    newStatus: kind === 'status_change' ? idOf(content['status']) : null,
    recording: readRecording(id, content),
  };
}

/**
 * Only `customChannelId` identifies a message of a custom channel: its `type` is TEXT or FILES and names no channel.
 */
function classify(
  type: string | null,
  content: Record<string, unknown>,
): { kind: ItemKind; channel: Channel | null } {
  const channel = type === null ? undefined : own(messageChannels, type);
  if (channel !== undefined) return { kind: 'message', channel };
  const kind = type === null ? undefined : own(otherKinds, type);
  if (kind !== undefined) return { kind, channel: kind === 'call' ? 'voice' : null };
  if (idOf(content['customChannelId']) !== null) return { kind: 'message', channel: 'custom' };
  return { kind: 'unknown', channel: null };
}

/** Custom channels have `status: {value}`; plain text is read, too. */
function deliveryStatus(content: Record<string, unknown>): string | null {
  return idOf(content['status']) ?? idOf(objectOf(content['status'])['value']);
}

function readRecording(itemId: string | null, content: Record<string, unknown>): Recording | null {
  const status = idOf(content['recordingStatus']);
  if (itemId === null || (status === null && idOf(content['recordingUrl']) === null)) return null;
  // The contract's schema has an integer, its example a text.
  const durationSeconds = numberOf(content['recordingDuration']);
  const bytes = durationSeconds === null ? null : Math.round(durationSeconds * recordingBytesPerSecond);
  return { itemId, status, durationSeconds, bytes };
}

function isUnreadableTime(value: unknown): boolean {
  return idOf(value) !== null && !isZeroTime(value) && parseGladlyTime(value) === null;
}

/**
 * Who did something, as any source gives it; null if it gives neither id nor type. The id can be stored, the type is a
 * word.
 */
export function participantOf(value: unknown): Participant | null {
  const { id, type } = objectOf(value);
  const read = { id: storableId(id), type: wordOf(storableId(type)) };
  return read.id === null && read.type === null ? null : read;
}

function readParticipant(value: unknown): Participant | null {
  const participant = objectOf(value);
  const id = idOf(participant['id']);
  const type = idOf(participant['type']);
  return id === null && type === null ? null : { id, type };
}

function own<Value>(table: Record<string, Value>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
