/** A message that Gladly would have sent. */
export interface MailboxMessage {
  /** Counts from 1. */
  number: number;
  kind: 'email' | 'sms';
  /** ISO 8601, UTC. */
  sentAt: string;
  from: string;
  to: string;
  toName: string | null;
  /** Null for an SMS. */
  subject: string | null;
  html: string | null;
  text: string | null;
  customerId: string;
  conversationItemId: string;
}

export interface Mailbox {
  put(message: Omit<MailboxMessage, 'number'>): void;
  messages(): MailboxMessage[];
  numbered(number: number): MailboxMessage | undefined;
}

export function mailboxOf(): Mailbox {
  const messages: MailboxMessage[] = [];
  return {
    put: (message) => {
      messages.push({ number: messages.length + 1, ...message });
    },
    messages: () => [...messages],
    numbered: (number) => messages[number - 1],
  };
}
