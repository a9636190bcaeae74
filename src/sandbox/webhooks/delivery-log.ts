/** One try to tell a webhook of one event. */
export interface LoggedDelivery {
  /** ISO 8601, UTC. */
  at: string;
  webhookId: string;
  /** Null for a PING, like the conversation. */
  eventId: string | null;
  type: string;
  conversationId: string | null;
  /** Counts from 1. */
  attempt: number;
  /**
   * `accepted` and `failed` were sent; `dropped` never was, because of a fault; `given_up` was not sent again,
   * because the webhook is disabled or gone.
   */
  outcome: 'accepted' | 'failed' | 'dropped' | 'given_up';
  /** Null when no answer came. */
  status: number | null;
}

export interface DeliveryLog {
  add(entry: LoggedDelivery): void;
  entries(): LoggedDelivery[];
}

const longest = 20_000;

export function deliveryLog(): DeliveryLog {
  let entries: LoggedDelivery[] = [];
  return {
    add: (entry) => {
      entries.push(entry);
      if (entries.length >= 2 * longest) entries = entries.slice(-longest);
    },
    entries: () => entries.slice(-longest),
  };
}
