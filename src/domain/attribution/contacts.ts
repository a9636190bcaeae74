import type { Attribution, Response } from './credit.ts';
import { formatInstant, parseInstant, toMilliseconds, type Instant } from '../values/instant.ts';
import type { Channel } from './timeline.ts';

/**
 * An event of one of the conversation's contacts, as both `GET /events` (entity CONTACT) and the ContactTimestampsReport
 * give it. A second source for the responder of a cut timeline.
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
  /** The last response is a call whose agent no source names. */
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

/** The last response before the closing that these events prove, in whatever order they come. */
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
  // An inbound call without an accepted offer reached no agent. An outbound call, or one whose start is missing, may have
  // been answered: then there was a response, and no source names its agent.
  return caller !== null || start === undefined ? [{ event, agentId: null }] : [];
}

function agentOfOffer({ acceptedBy, initiator }: ContactEvent): string | null {
  return acceptedBy ?? (initiator.type === 'AGENT' ? initiator.id : null);
}

/**
 * The later of the last visible response of a cut timeline and the one that the other source proves. Null when the other
 * source proves none: a cut timeline alone never names the responder.
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
