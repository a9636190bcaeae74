import { parseInstant, type Instant } from '../values/instant.ts';

/** Channel names as Gladly spells them in its report filter; `custom` stands for every custom channel. */
export type Channel =
  'chat' | 'email' | 'sms' | 'fbMessenger' | 'instagramDirect' | 'whatsapp' | 'twitter' | 'voice' | 'custom';

/** Every way to write a channel on a list: Gladly's name of it, or the type of its items. */
export function isChannelName(name: string): boolean {
  const wanted = name.trim().toLowerCase();
  const names = [...Object.entries(messageChannels).flat(), 'voice', 'PHONE_CALL', 'custom'];
  return names.some((known) => known.toLowerCase() === wanted);
}

/** What an item is to attribution. */
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
  /** AGENT, API, AUTOMATION, CUSTOMER, INTERNAL, EXTERNAL, SYSTEM; new ones may come. */
  type: string | null;
}

export interface Recording {
  itemId: string;
  status: string | null;
  durationSeconds: number | null;
  /** Expected size of Gladly's single-channel 32 kbit/s MP3; null when the duration is unknown. */
  bytes: number | null;
}

/** One item of a conversation's timeline, read without trusting any of it. */
export interface TimelineItem {
  id: string | null;
  kind: ItemKind;
  /** Gladly's own `content.type`; `UNREADABLE` where there is none. */
  type: string;
  channel: Channel | null;
  timestamp: Instant | null;
  initiator: Participant | null;
  responder: Participant | null;
  /** Of a call or a voicemail. */
  startedAt: Instant | null;
  answeredAt: Instant | null;
  /** The call was answered, at a time that cannot be read. */
  answeredUnreadably: boolean;
  completedAt: Instant | null;
  deliveryFailed: boolean;
  /** Status that a CONVERSATION_STATUS_CHANGE changed to. */
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
 * Reads the answer of `GET /conversations/{id}/items`. Total: any JSON array gives one item per entry, in the
 * same order; what cannot be read is null, and an entry that is no item at all has the kind `unknown`.
 */
export function readTimeline(entries: readonly unknown[]): TimelineItem[] {
  return entries.map(readItem);
}

function readItem(entry: unknown): TimelineItem {
  const item = asObject(entry);
  const content = asObject(item['content']);
  const id = asText(item['id']);
  const type = asText(content['type']);
  const { kind, channel } = classify(type, content);
  return {
    id,
    kind,
    type: type ?? 'UNREADABLE',
    channel,
    timestamp: parseInstant(item['timestamp']),
    initiator: readParticipant(item['initiator']),
    responder: readParticipant(item['responder']),
    startedAt: parseInstant(content['startedAt']),
    answeredAt: parseInstant(content['answeredAt']),
    answeredUnreadably:
      asText(content['answeredAt']) !== null && parseInstant(content['answeredAt']) === null,
    completedAt: parseInstant(content['completedAt']),
    deliveryFailed: deliveryStatus(content) === 'FAILED',
    newStatus: kind === 'status_change' ? asText(content['status']) : null,
    recording: readRecording(id, content),
  };
}

/**
 * A custom channel's message is known by its `customChannelId` alone: its `type` is TEXT or FILES and names no
 * channel.
 */
function classify(
  type: string | null,
  content: Record<string, unknown>,
): { kind: ItemKind; channel: Channel | null } {
  const channel = type === null ? undefined : own(messageChannels, type);
  if (channel !== undefined) return { kind: 'message', channel };
  const kind = type === null ? undefined : own(otherKinds, type);
  if (kind !== undefined) return { kind, channel: kind === 'call' ? 'voice' : null };
  if (asText(content['customChannelId']) !== null) return { kind: 'message', channel: 'custom' };
  return { kind: 'unknown', channel: null };
}

/** Custom channels carry `status: {value}`; a plain text is read as well. */
function deliveryStatus(content: Record<string, unknown>): string | null {
  return asText(content['status']) ?? asText(asObject(content['status'])['value']);
}

function readRecording(itemId: string | null, content: Record<string, unknown>): Recording | null {
  const status = asText(content['recordingStatus']);
  if (itemId === null || (status === null && asText(content['recordingUrl']) === null)) return null;
  // An integer in the contract's schema, a text in its own example.
  const duration = Number(asText(content['recordingDuration']) ?? Number.NaN);
  const durationSeconds = Number.isFinite(duration) && duration >= 0 ? duration : null;
  const bytes = durationSeconds === null ? null : Math.round(durationSeconds * recordingBytesPerSecond);
  return { itemId, status, durationSeconds, bytes };
}

function readParticipant(value: unknown): Participant | null {
  const participant = asObject(value);
  const id = asText(participant['id']);
  const type = asText(participant['type']);
  return id === null && type === null ? null : { id, type };
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** A non-empty text; a number is taken as text, because odd JSON writers send ids so. */
function asText(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

function own<Value>(table: Record<string, Value>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
