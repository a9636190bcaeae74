/** Timeline items as Gladly sends them, with the fewest possible fields. */
interface Parts {
  id?: string;
  at?: string;
  initiator?: unknown;
  responder?: unknown;
  content?: Record<string, unknown>;
}

export const agent = (id: string): { id: string; type: string } => ({ id, type: 'AGENT' });
export const customer = { id: 'customer-1', type: 'CUSTOMER' };

let counter = 0;

export function item(type: string, parts: Parts = {}): Record<string, unknown> {
  counter += 1;
  return {
    id: parts.id ?? `item-${counter}`,
    customerId: 'customer-1',
    conversationId: 'conversation-1',
    timestamp: parts.at ?? '2026-11-22T10:00:00Z',
    ...(parts.initiator === undefined ? {} : { initiator: parts.initiator }),
    ...(parts.responder === undefined ? {} : { responder: parts.responder }),
    content: { type, ...parts.content },
  };
}

/** `HH:MM` of one day. */
export const at = (time: string): string => `2026-11-22T${time}:00.000Z`;
