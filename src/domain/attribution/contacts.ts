import type { Attribution, Response } from './credit.ts';
import { formatInstant, parseInstant, toMilliseconds, type Instant } from '../values/instant.ts';
import type { Channel } from './timeline.ts';

/**
 * What happened to a contact of the conversation, as `GET /events` (entity CONTACT) and the
 * ContactTimestampsReport both tell it. A second source for the last responder where the timeline is cut.
 */
export interface ContactEvent {
  /** CONTACT/MESSAGE_SENT, CONTACT/OFFER_ACCEPTED, CONTACT/STARTED, CONTACT/ENDED; others are passed over. */
  type: string;
  at: Instant;
  contactId: string | null;
  /** CHAT, EMAIL, FB_MESSENGER, INSTAGRAM_DIRECT, PHONE_CALL, SMS, VOICEMAIL, WHATSAPP. */
  channel: string | null;
  initiator: { id: string | null; type: string | null };
  /** The agent an offer was accepted by, where the source says so. */
  acceptedBy: string | null;
  /** CONTACT/ENDED only: ANSWERED, UNANSWERED, ABANDONED, UNKNOWN; null where the source does not say. */
  status: string | null;
  messageId: string | null;
}

export type ContactFinding =
  | { responder: Response }
  /** The last response is a call and no source names its agent. */
  | { unnamed: Instant }
  | null;

const channels: Record<string, { channel: Channel; itemType: string }> = {
  CHAT: { channel: 'chat', itemType: 'CHAT_MESSAGE' },
  EMAIL: { channel: 'email', itemType: 'EMAIL' },
  FB_MESSENGER: { channel: 'fbMessenger', itemType: 'FACEBOOK_MESSAGE' },
  INSTAGRAM_DIRECT: { channel: 'instagramDirect', itemType: 'INSTAGRAM_DIRECT' },
  PHONE_CALL: { channel: 'voice', itemType: 'PHONE_CALL' },
  SMS: { channel: 'sms', itemType: 'SMS' },
  WHATSAPP: { channel: 'whatsapp', itemType: 'WHATSAPP' },
};

/** The last response before the closing that these events prove. They may come in any order. */
export function lastContactResponse(
  events: readonly ContactEvent[],
  closedAt: Instant | null,
  isExcluded: (agentId: string) => boolean,
): ContactFinding {
  const inTime = events
    .filter(({ at }) => closedAt === null || toMilliseconds(at) <= toMilliseconds(closedAt))
    .toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  const responses = inTime
    .flatMap((event) => responseOf(event, inTime))
    .filter(({ agentId }) => agentId === null || !isExcluded(agentId));
  const last = responses.at(-1);
  if (last === undefined) return null;
  if (last.agentId === null) return { unnamed: last.event.at };
  const known = Object.hasOwn(channels, last.event.channel ?? '') ? channels[last.event.channel ?? ''] : null;
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
  // An inbound call that nobody accepted reached nobody. Whether an outbound one was answered, or one whose beginning
  // is not shown, stays open where no source says so: there may have been a response that nobody can name.
  return caller !== null || start === undefined ? [{ event, agentId: null }] : [];
}

function agentOfOffer({ acceptedBy, initiator }: ContactEvent): string | null {
  return acceptedBy ?? (initiator.type === 'AGENT' ? initiator.id : null);
}

/**
 * Joins what the cut timeline shows with what the other source proves: the later of the two. Null where the other
 * source names nobody: a cut timeline alone never names the last responder.
 */
export function solveTruncated(visible: Attribution, finding: ContactFinding): Response | null {
  if (finding === null) return null;
  const shown = visible.response;
  const shownAt = shown === null ? null : parseInstant(shown.respondedAt);
  if ('unnamed' in finding) {
    return shownAt !== null && shownAt > finding.unnamed ? shown : null;
  }
  const { responder } = finding;
  const provedAt = parseInstant(responder.respondedAt);
  const isSameItem = shown !== null && shown.itemId !== null && shown.itemId === responder.itemId;
  const shownIsLater = shownAt !== null && provedAt !== null && shownAt >= provedAt;
  return shown !== null && (isSameItem || shownIsLater) ? shown : responder;
}
