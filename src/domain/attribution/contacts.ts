import { isResponse, type Attribution, type ConsideredItem, type Response } from './credit.ts';
import { formatInstant, toMilliseconds, type Instant } from '../values/instant.ts';
import type { Channel } from './timeline.ts';

/**
 * An event of one of the conversation's contacts, as both `GET /events` (entity CONTACT) and the
 * ContactTimestampsReport give it. A second source for the responder when the timeline is cut.
 */
export interface ContactEvent {
  /** CONTACT/MESSAGE_SENT, CONTACT/OFFER_ACCEPTED, CONTACT/STARTED, CONTACT/ENDED; others are ignored. */
  type: string;
  at: Instant;
  contactId: string | null;
  /** CHAT, EMAIL, FB_MESSENGER, INSTAGRAM_DIRECT, PHONE_CALL, SMS, VOICEMAIL, WHATSAPP. */
  channel: string | null;
  initiator: { id: string | null; type: string | null };
  /** The agent who accepted the offer; null when the source does not say. */
  acceptedBy: string | null;
  /** CONTACT/ENDED only: ANSWERED, UNANSWERED, ABANDONED, UNKNOWN; null when the source does not say. */
  status: string | null;
  messageId: string | null;
}

export type ContactFinding =
  | { responder: Response }
  /** The last response is a call, and no source names its agent. */
  | { unnamed: Instant }
  | null;

/** What the timeline calls the channels of contacts. */
const channels: ReadonlyMap<string | null, { channel: Channel; itemType: string }> = new Map([
  ['CHAT', { channel: 'chat', itemType: 'CHAT_MESSAGE' }],
  ['EMAIL', { channel: 'email', itemType: 'EMAIL' }],
  ['FB_MESSENGER', { channel: 'fbMessenger', itemType: 'FACEBOOK_MESSAGE' }],
  ['INSTAGRAM_DIRECT', { channel: 'instagramDirect', itemType: 'INSTAGRAM_DIRECT' }],
  ['PHONE_CALL', { channel: 'voice', itemType: 'PHONE_CALL' }],
  ['SMS', { channel: 'sms', itemType: 'SMS' }],
  ['WHATSAPP', { channel: 'whatsapp', itemType: 'WHATSAPP' }],
]);

/** The last response before the closing that these events prove. Their order does not matter. */
export function lastContactResponse(
  events: readonly ContactEvent[],
  closedAt: Instant | null,
  isExcluded: (agentId: string) => boolean,
): ContactFinding {
  const inTime = events
    .filter(({ at }) => closedAt === null || toMilliseconds(at) <= toMilliseconds(closedAt))
    .toSorted((one, other) => Number(one.at - other.at));
  const responses = inTime
    .flatMap((event) => responseOf(event, inTime))
    .filter(({ agentId }) => agentId === null || !isExcluded(agentId));
  const last = responses.at(-1);
  if (last === undefined) return null;
  if (last.agentId === null) return { unnamed: last.event.at };
  const known = channels.get(last.event.channel);
  return {
    responder: {
      agentId: last.agentId,
      itemId: last.event.messageId,
      itemType: known?.itemType ?? last.event.channel ?? 'UNKNOWN',
      channel: known?.channel ?? null,
      respondedAt: formatInstant(last.event.at),
    },
  };
}

interface ContactResponse {
  event: ContactEvent;
  agentId: string | null;
}

function responseOf(event: ContactEvent, all: readonly ContactEvent[]): ContactResponse[] {
  if (event.type === 'CONTACT/MESSAGE_SENT') {
    return event.initiator.type === 'AGENT' ? [{ event, agentId: event.initiator.id }] : [];
  }
  if (event.type !== 'CONTACT/ENDED' || event.channel !== 'PHONE_CALL') return [];
  if (event.status === 'UNANSWERED' || event.status === 'ABANDONED') return [];
  const call = all.filter(({ contactId }) => contactId !== null && contactId === event.contactId);
  const accepted = call.filter(({ type }) => type === 'CONTACT/OFFER_ACCEPTED').at(-1);
  if (accepted !== undefined) return [{ event, agentId: agentOfOffer(accepted) }];
  const start = call.find(({ type }) => type === 'CONTACT/STARTED');
  const caller = start?.initiator.type === 'AGENT' ? start.initiator : null;
  if (event.status === 'ANSWERED') return [{ event, agentId: caller?.id ?? null }];
  // An inbound call without an accepted offer reached no agent. An outbound call, or one whose start is missing, may
  // have been answered: then there was a response, and no source names its agent.
  return caller !== null || start === undefined ? [{ event, agentId: null }] : [];
}

function agentOfOffer({ acceptedBy, initiator }: ContactEvent): string | null {
  return acceptedBy ?? (initiator.type === 'AGENT' ? initiator.id : null);
}

/** Every source gives a message or a call about the same time; a report may cut it to the minute. */
const sameMomentMs = 5000;
const minute = 60_000;

function isSameMoment(event: number, item: number): boolean {
  const isWholeMinute = event % minute === 0 && item >= event && item < event + minute;
  return isWholeMinute || Math.abs(event - item) <= sameMomentMs;
}

const timeOf = ({ at }: ConsideredItem): number => Date.parse(at ?? '');
const reportedTypes = new Set([...channels.values()].map(({ itemType }) => itemType));

/**
 * Whether the event is this item of the timeline. Only `GET /events` gives ids of messages, and no source gives the id
 * of a call.
 */
function isOf(event: ContactEvent, item: ConsideredItem): boolean {
  if (event.messageId !== null && item.itemId !== null) return event.messageId === item.itemId;
  // The contact ends when the agent is done with it, some time after the call.
  if (item.type === 'PHONE_CALL')
    return event.channel === 'PHONE_CALL' && toMilliseconds(event.at) >= timeOf(item) - sameMomentMs;
  const isBySame = item.agentId === null || event.initiator.id === item.agentId;
  return (
    event.type === 'CONTACT/MESSAGE_SENT' && isBySame && isSameMoment(toMilliseconds(event.at), timeOf(item))
  );
}

/** Leaves out the messages that the timeline rules out: contact events do not report failed deliveries. */
export function withoutRefused(events: readonly ContactEvent[], { considered }: Attribution): ContactEvent[] {
  const [shown, refused] = [considered.filter(isResponse), considered.filter((item) => !isResponse(item))];
  const ids = new Set(refused.map(({ itemId }) => itemId));
  const failed = refused.filter(({ why, type }) => why === 'delivery failed' && reportedTypes.has(type));
  return events.filter((event) =>
    event.messageId === null
      ? !failed.some((item) => isOf(event, item)) || shown.some((item) => isOf(event, item))
      : !ids.has(event.messageId),
  );
}

/**
 * The last response in a cut timeline that is later than what the source found and that the source should have but
 * lacks. The source is then incomplete, and its finding does not count. Responses of excluded agents are checked, too.
 * Null if the source lacks nothing.
 *
 * @param events everything that the source gave, from `since` (epoch milliseconds) on
 */
export function lacking(
  { considered }: Attribution,
  { events, since }: { events: readonly ContactEvent[]; since: number },
  finding: ContactFinding,
): ConsideredItem | null {
  const found = finding === null ? since : Math.max(since, foundAt(finding));
  const expected = considered.filter(
    (item) => isResponse(item) && reportedTypes.has(item.type) && timeOf(item) > found + sameMomentMs,
  );
  const last = (among: readonly ConsideredItem[]): ConsideredItem[] =>
    among.toSorted((one, other) => timeOf(one) - timeOf(other)).slice(-1);
  // Both, because a later response of an excluded agent would hide that the one that counts is missing.
  const needed = [...last(expected), ...last(expected.filter(({ counts }) => counts))];
  return needed.find((item) => !events.some((event) => isOf(event, item))) ?? null;
}

function foundAt(finding: NonNullable<ContactFinding>): number {
  return 'unnamed' in finding ? toMilliseconds(finding.unnamed) : Date.parse(finding.responder.respondedAt);
}

/**
 * The later of two responses: the last one visible in a cut timeline, and the one that the other source proves. Null
 * when the other source proves none: a cut timeline alone never names the responder.
 *
 * @param finding from a source that lacks nothing that the timeline shows
 */
export function solveTruncated(visible: Attribution, finding: ContactFinding): Response | null {
  if (finding === null) return null;
  const shown = visible.response;
  if (shown === null) return 'unnamed' in finding ? null : finding.responder;
  const [toldAt, shownAt] = [foundAt(finding), Date.parse(shown.respondedAt)];
  if ('unnamed' in finding) return shownAt > toldAt ? shown : null;
  const { responder } = finding;
  if (shown.itemId !== null && shown.itemId === responder.itemId) return shown;
  const isVisible = visible.considered.some(
    (item) => item.counts && item.agentId === responder.agentId && isSameMoment(toldAt, timeOf(item)),
  );
  // Hidden items come after the visible ones, however coarse the source's times are.
  if (!isVisible && isSameMoment(toldAt, shownAt)) return responder;
  return shownAt >= toldAt ? shown : responder;
}
