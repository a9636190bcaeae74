import { apiPath } from '../http/path.ts';
import type { Requests } from '../http/requests.ts';
import { sendOnce, type SendOutcome } from './communication.ts';

export interface Mail {
  to: { email: string; name?: string };
  /** An address that is configured in Gladly. */
  from: string;
  /** Fewer than 1000 characters. */
  subject: string;
  html: string;
  text: string;
}

/** Sends one mail, once (sendEmail). */
export async function sendEmail(
  requests: Requests,
  { to, from, subject, html, text }: Mail,
  leaving: () => Promise<void>,
): Promise<SendOutcome> {
  const json = { to: [to], from, subject, body: { html, text } };
  return sendOnce(requests, { operation: 'sendEmail', path: apiPath`/communications/email`, json }, leaving);
}
