import { apiPath } from '../http/path.ts';
import type { Requests } from '../http/requests.ts';
import { sendOnce, type SendOutcome } from './communication.ts';

export interface Sms {
  /** A mobile number in E.164 form. Gladly reaches the home country only, unless its support has enabled others. */
  to: string;
  /** A number that is configured in Gladly. */
  from: string;
  /** Billed by the segment. */
  text: string;
}

/** Sends one SMS, once (sendSMS). */
export async function sendSms(
  requests: Requests,
  { to, from, text }: Sms,
  leaving: () => Promise<void>,
): Promise<SendOutcome> {
  const json = { customer: { mobileNumber: to }, from, body: text };
  return sendOnce(requests, { operation: 'sendSMS', path: apiPath`/communications/sms`, json }, leaving);
}
