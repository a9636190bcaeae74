import type { Output } from './output.ts';
import { clean } from './text.ts';

interface ReceivedMessage {
  to: string;
  /** Null for an SMS. */
  subject: string | null;
  text: string | null;
}

/** Messages in the embedded sandbox's mailbox, as an extra paragraph; empty without messages. */
export function mailboxView(messages: readonly ReceivedMessage[], { paint }: Pick<Output, 'paint'>): string {
  if (messages.length === 0) return '';
  const lines = messages.map(
    ({ to, subject, text }) =>
      `${paint.dim('Mailbox'.padEnd(13))} to ${clean(to)}: “${clean(subject ?? text ?? '')}” arrived`,
  );
  // The sandbox ends with this command, and so do its links.
  const next = `${paint.dim('Next'.padEnd(13))} \`gcsat serve --sandbox\` shows such an email in a browser, with stars that link to the survey page`;
  return `\n${[...lines, next].join('\n')}`;
}
