import { normalizeTime } from '../../domain/values/instant.ts';
import { Failure } from '../../failure.ts';
import { plain } from '../http/errors.ts';

/** What a request of a webhook tells, as far as surveys care. `at`: RFC 3339 in UTC with milliseconds. */
export type WebhookEvent =
  | { type: 'PING' }
  | {
      type: 'CONVERSATION/CLOSED' | 'CONVERSATION/REOPENED';
      /** Whether a repeat keeps it is not stated. */
      id: string | null;
      conversationId: string;
      customerId: string | null;
      /** The time of recording; null where it is none that can be read. */
      at: string | null;
    }
  | { type: 'other'; name: string };

/** Any text may be an id; what is longer than this would only fill the ledger. */
const longestId = 4096;

/**
 * Reads the body of a webhook request (Webhooks, Events). Only what is used is looked at, so that properties and types
 * which come later do no harm.
 *
 * @throws Failure kind contract when it is no event, or closes or reopens no conversation.
 */
export function readWebhookEvent(body: unknown): WebhookEvent {
  if (!isRecord(body)) throw invalid('it is no JSON object');
  const { type } = body;
  if (typeof type !== 'string' || type === '') throw invalid('it has no type');
  if (type === 'PING') return { type };
  if (type !== 'CONVERSATION/CLOSED' && type !== 'CONVERSATION/REOPENED') {
    return { type: 'other', name: plain(type, 100) };
  }
  const content = isRecord(body['content']) ? body['content'] : {};
  const conversationId = identifier(content['conversationId']);
  if (conversationId === null) throw invalid(`the ${type} names no conversation`);
  return {
    type,
    id: identifier(body['id']),
    conversationId,
    customerId: identifier(content['customerId']),
    at: timeOf(body['timestamp']),
  };
}

function identifier(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text === '' || text.length > longestId) return null;
  // Neither can stand in a path, so Gladly cannot have given such an id.
  return text.includes('\0') || !isWellFormed(text) ? null : text;
}

function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** A time without an offset is taken as UTC, the zone of all times that Gladly sends. */
function timeOf(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 64) return null;
  return normalizeTime(value) ?? normalizeTime(`${value}Z`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(why: string): Failure {
  return new Failure(
    'contract',
    'webhook_event_invalid',
    `The webhook request is no event of Gladly: ${why}`,
    {
      hint: "Check that it is Gladly's webhook that calls this address; if it is, please report it.",
    },
  );
}
