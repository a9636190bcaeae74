import { randomBytes } from 'node:crypto';
import { timeAt } from '../../domain/values/instant.ts';

export const sampleKinds = ['ping', 'closed', 'reopened', 'other'] as const;
export type SampleKind = (typeof sampleKinds)[number];

export interface SampleSubject {
  /** Made up when null, like the customer. */
  conversationId: string | null;
  customerId: string | null;
  /** Epoch milliseconds. */
  at: number;
}

/** An event as Gladly's webhooks send it (Webhooks, Events). `other`: one that surveys do not need. */
export function sampleEvent(
  kind: SampleKind,
  { conversationId, customerId, at }: SampleSubject,
): Record<string, unknown> {
  if (kind === 'ping') return { type: 'PING' };
  const names = { closed: 'CONVERSATION/CLOSED', reopened: 'CONVERSATION/REOPENED', other: 'TASK/CREATED' };
  const customer = customerId ?? madeUpId();
  return {
    id: madeUpId(),
    type: names[kind],
    timestamp: timeAt(at),
    initiator: { id: madeUpId(), type: 'AGENT' },
    content:
      kind === 'other'
        ? { taskId: madeUpId(), customerId: customer }
        : {
            customerId: customer,
            conversationId: conversationId ?? madeUpId(),
            context: { assignee: { inboxId: madeUpId(), agentId: madeUpId() } },
          },
  };
}

/** Gladly's ids have 22 characters of base64url, which is 16 bytes. */
function madeUpId(): string {
  return randomBytes(16).toString('base64url');
}
