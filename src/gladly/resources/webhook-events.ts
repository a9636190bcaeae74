import { participantOf, type Participant } from '../../domain/attribution/timeline.ts';
import { isObject, objectOf, storableId } from '../../domain/values/json.ts';
import { oneLine } from '../../domain/values/one-line.ts';
import { Failure } from '../../failure.ts';
import { readTime } from './fields.ts';

/** What a webhook request says, as far as surveys need it. `at`: RFC 3339 in UTC with milliseconds. */
export type WebhookEvent =
  | { type: 'PING' }
  | {
      type: 'CONVERSATION/CLOSED' | 'CONVERSATION/REOPENED';
      /** The contract does not state whether a repeated event keeps its id. */
      id: string | null;
      conversationId: string;
      customerId: string | null;
      initiator: Participant | null;
      /** The time of recording; null when it cannot be read. */
      at: string | null;
    }
  | { type: 'other'; name: string };

/**
 * Reads the body of a webhook request (Webhooks, Events). Reads only the fields that are used, so new properties and
 * types do no harm.
 *
 * @throws Failure of kind contract when it is not an event, or a closing or reopening that names no conversation
 */
export function readWebhookEvent(body: unknown): WebhookEvent {
  if (!isObject(body)) throw invalid('it is not a JSON object');
  const { type } = body;
  if (typeof type !== 'string' || type === '') throw invalid('it has no type');
  if (type === 'PING') return { type };
  if (type !== 'CONVERSATION/CLOSED' && type !== 'CONVERSATION/REOPENED') {
    return { type: 'other', name: oneLine(type, 100) };
  }
  const content = objectOf(body['content']);
  const conversationId = storableId(content['conversationId']);
  if (conversationId === null) throw invalid(`the ${type} names no conversation`);
  return {
    type,
    id: storableId(body['id']),
    conversationId,
    customerId: storableId(content['customerId']),
    initiator: participantOf(body['initiator']),
    at: readTime(body['timestamp']),
  };
}

function invalid(why: string): Failure {
  const message = `The webhook request is not a Gladly event: ${why}`;
  return new Failure('contract', 'webhook_event_invalid', message, {
    hint: 'Check that it is a Gladly webhook that calls this address; if so, report this.',
  });
}
